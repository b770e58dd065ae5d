"""The site's settings for measuring: its middleware, backends and database options as they are.

The database comes from `DATABASE_URL`, which `benchmarks.databases` sets to a temporary one.
"""

from rbac_site.settings import *  # noqa: F403
from rbac_site.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS += ["guardian", "benchmarks.peers"]
ANONYMOUS_USER_NAME = None
ROOT_URLCONF = "benchmarks.urls"
DEBUG = False
SECRET_KEY = "for measuring only"
ALLOWED_HOSTS = ["testserver"]
# Signing in is not what is measured, and the pages are served without collected files.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {}
