"""The one admin site, at `/`, for everyone who may sign in; what they see is the policy's."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class Site(AdminSite):
    """Let in whoever is signed in; `is_staff` decides nothing (R3)."""

    site_header = _("Sales CRM")
    site_title = _("Sales CRM")
    index_title = _("Home")
    site_url = None
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever a session names; the backend gives nobody who is out (R1)."""
        return request.user.is_authenticated and request.user.is_active

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the site's one sign-in page."""
        return redirect_to_login(request.GET.get("next") or "/", "account_login")
