"""The site's settings for tests: both databases, quick passwords, nothing cached on disk."""

import os

from rbac_site.settings import *  # noqa: F403
from rbac_site.settings import DATABASES, STORAGES, env

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
if TEST_DATABASE_URL:
    DATABASES["default"] = env.db_url_config(TEST_DATABASE_URL)
else:
    DATABASES["default"] = env.db_url_config("sqlite://:memory:")
    DATABASES["default"]["OPTIONS"] = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["*"]
