"""With its own people: no user name, UUID keys, a directory, and Django's admin."""

from .settings import *  # noqa: F403

INSTALLED_APPS = [
    "roles",
    "shelf",
    "readers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
]
AUTH_USER_MODEL = "readers.Reader"
AUTHENTICATION_BACKENDS = ["readers.backends.SignIn"]
ROLES_DIRECTORY = "readers.directory.ReaderDirectory"
