"""Pages for what is refused: what, why, and what now."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.waiting import is_waiting, waiting_page
from roles import policy, snapshots
from roles.core.access import Access
from roles.core.vocabulary import OWNER_CODE
from roles.registry import registry
from roles.services.labels import label_of

from .theme import SCHEMES, theme_of

ACTIONS = {
    "changelist": ("view",),
    "add": ("view", "create"),
    "change": ("view", "edit"),
    "delete": ("view", "delete"),
}
"""What the pages of a model ask for, the first first."""


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; whoever waits sees the waiting page instead, whatever they asked for (R1)."""
    if is_waiting(request.user):
        return waiting_page(request, status=403)
    asked = asked_permissions(request)
    access = policy.access_for(request.user)
    context = {
        "exception": str(exception),
        "missing": _missing(access, asked),
        "elsewhere": bool(asked) and all(access.can(code) for code in asked),
    }
    return render(request, "403.html", _frame(request) | context, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, in the same words for what never was and what is out of reach (R23)."""
    return render(request, "404.html", _frame(request), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 without asking the database."""
    return _standing_alone(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database."""
    return _standing_alone(request, "500.html", 500)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer 405 to somebody who typed an address that only takes forms."""
    return _standing_alone(request, "405.html", 405)


def asked_permissions(request: HttpRequest) -> list[str]:
    """Give what a model's page asks for, the first first; nothing for any other page."""
    match = request.resolver_match
    page = getattr(match.func, "model_admin", None) if match else None
    module = registry.module_of(page.model) if page else None
    if module is None:
        return []
    kind = (match.url_name or "").rpartition("_")[2]
    return [f"{module.code}.{action}" for action in ACTIONS.get(kind, ("view",))]


def _missing(access: Access, asked: list[str]) -> str:
    """Name the permission that the person lacks; "" where it is none.

    A module that is switched off has left every page (R7), this one too: not even Owner has it.
    """
    all_there_is = snapshots.load_policy().access_of_codes([OWNER_CODE])
    return next((label_of(c) for c in asked if not access.can(c) and all_there_is.can(c)), "")


def _frame(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame shows to somebody who is let in, so that they can go on from here."""
    if not request.user.is_authenticated or is_waiting(request.user):
        return {}
    return admin.site.each_context(request)


def _standing_alone(request: HttpRequest, template: str, status: int) -> HttpResponse:
    theme = {"color_scheme": SCHEMES[theme_of(request)]}
    return HttpResponse(render_to_string(template, theme), status=status)
