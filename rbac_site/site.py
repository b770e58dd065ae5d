"""The one admin site, at `/`, for everyone who may sign in; what they see is the policy's."""

from typing import Any

from allauth.account.views import logout
from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.joining.places import places_for
from accounts.reach import reach_in_words
from accounts.waiting import for_admitted, is_waiting, waiting_page
from roles import policy
from roles.core.specs import Module
from roles.registry import registry

ADMINISTRATION = "admin"
"""The module whose group is the administration area, which bears its name and comes last."""


class Site(AdminSite):
    """Let in whoever is signed in; `is_staff` decides nothing (R3)."""

    site_header = _("Sales CRM")
    site_title = _("Sales CRM")
    index_title = _("Home")
    site_url = None
    empty_value_display = "–"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever a session names; the backend gives nobody who is out (R1)."""
        return request.user.is_authenticated and request.user.is_active

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Keep every page but the first from whoever waits for approval (R1)."""
        is_first = getattr(view, "__func__", None) is Site.index
        return super().admin_view(view if is_first else for_admitted(view), cacheable)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the person's modules, or what happens next to whoever waits."""
        if is_waiting(request.user):
            return waiting_page(request)
        return super().index(request, extra_context)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the site's one sign-in page."""
        return redirect_to_login(request.GET.get("next") or "/", "account_login")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out as the site's one sign-out page does."""
        return logout(request)

    def get_urls(self) -> list[Any]:
        """Leave out what no module governs, whichever app registered it: nothing guards it."""
        for model in [m for m in self._registry if registry.module_of(m) is None]:
            self.unregister(model)
        # Not above: it stands on pages that register themselves here.
        from .search import search

        return [path("search/", self.admin_view(search), name="search"), *super().get_urls()]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the site's one page for a new password."""
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Offer nothing: no page asks, and the answers would name records by hidden fields."""
        raise PermissionDenied

    # What a person finds

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Give the person's models by the catalogue's groups, in its order.

        A model that no module governs has no place. Nothing here asks the database.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for app in self._build_app_dict(request, app_label).values():
            for entry in app["models"]:
                if module := registry.module_of(entry["model"]):
                    described = _described(entry, module, request)
                found.setdefault(module.code, []).append(described)
        for code, places in places_for(request.user).items() if app_label is None else ():
            found.setdefault(code, []).extend(places)
        areas: dict[str, dict[str, Any]] = {}
        for code, module in registry.catalogue.modules.items():
            if code in found:
                area = areas.setdefault(str(module.group), _area(module))
                area["models"] += found[code]
        return sorted(areas.values(), key=lambda area: area["is_administration"])

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: Any = None
    ) -> HttpResponse:
        """Name the page after the app: what it shows may lie in several groups."""
        title = capfirst(apps.get_app_config(app_label).verbose_name)
        return super().app_index(request, app_label, {"title": title, **(extra_context or {})})


def _area(module: Module) -> dict[str, Any]:
    """Give the area of the module's group, in the shape of Django's list of apps."""
    administration = registry.catalogue.modules.get(ADMINISTRATION)
    is_administration = administration is not None and administration.group == module.group
    slug = slugify(module.group)
    return {
        "name": administration.label if is_administration else module.group,
        "app_label": slug,
        "app_url": f"{reverse('admin:index')}#{slug}",
        "has_module_perms": True,
        "is_administration": is_administration,
        "models": [],
    }


def _described(entry: dict[str, Any], module: Module, request: HttpRequest) -> dict[str, Any]:
    """Add the module's words to Django's entry of a model, and whose records are seen."""
    options = entry["model"]._meta
    adding = gettext("Add %(name)s") % {"name": capfirst(options.verbose_name)}
    reach = reach_in_words(policy.access_for(request.user), module, "view")
    entry |= {"add_label": adding, "description": "", "reach": capfirst(reach)}
    if options.label == module.model:
        entry |= {"name": module.label, "description": capfirst(module.description)}
    return entry
