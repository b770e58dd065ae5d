"""With Django's own users, without the admin, and with Django's permissions left beside."""

from .settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "postings",
    "shelf",
    "roles",
]
AUTHENTICATION_BACKENDS = [
    "roles.backends.RoleBackend",
    "django.contrib.auth.backends.ModelBackend",
]
