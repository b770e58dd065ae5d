from django.contrib.auth.backends import ModelBackend

from roles.backends import RoleBackend


class SignIn(RoleBackend, ModelBackend):
    """Sign in by password as Django does; permissions and people are RoleBackend's."""
