"""The server's door (ASGI)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rbac_site.settings")
application = get_asgi_application()

from rbac_site.guard import refuse_unsafe_start  # noqa: E402 (Django must be set up first)

refuse_unsafe_start()
