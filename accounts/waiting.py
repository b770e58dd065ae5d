"""Whoever waits for approval has the waiting page and their own profile, nothing else (R1, D12)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from roles.core.vocabulary import Standing
from roles.directory import get_directory


def is_waiting(user: Any) -> bool:
    """Tell whether somebody is signed in who still waits for approval."""
    return user.is_authenticated and get_directory().standing_of(user) is Standing.WAITING


def waiting_page(request: HttpRequest, status: int = 200) -> HttpResponse:
    """Say what happens next to somebody who waits."""
    context = admin.site.each_context(request) | {"title": _("Your account is nearly ready")}
    return render(request, "accounts/waiting.html", context, status=status)


def for_admitted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a page from whoever waits; what it is, and whether it exists, they do not learn."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_waiting(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
