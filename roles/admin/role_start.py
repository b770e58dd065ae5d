"""The form of a new role, begun with another one (D10)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from .role_pages import RolePages
from .starting import left_out_in_words, missing_start, starting_point


class RoleStart(RolePages):
    """Say it where the role that a new one should begin with is not there."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form whatever the address asks for, and say what of it cannot be."""
        shown = request.method == "GET" and self.has_add_permission(request)
        if shown and (words := missing_start(request.GET, request.user)):
            messages.warning(request, words)
        if shown and (words := left_out_in_words(starting_point(request.GET, request.user))):
            messages.info(request, words)
        return super().add_view(request, form_url, extra_context)
