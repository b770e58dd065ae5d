"""The demonstration site as the browser tests serve it: real files, quick passwords."""

from rbac_site.settings import *  # noqa: F403
from rbac_site.settings import STORAGES

SECRET_KEY = "for tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
