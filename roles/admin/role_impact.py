"""What the role page's script asks: the form as it stands, and what a save of it would do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import path

from ..services.delegation import why_not
from .forms import RoleForm
from .outlook import Outlook, problems_in
from .role_pages import RolePages


class RoleImpact(RolePages):
    """Answer for a posted form of a role; nothing is saved."""

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        ask = self.admin_site.admin_view(self.impact_view)
        return [
            path("add/impact/", ask, name="roles_role_add_impact"),
            path("<path:object_id>/impact/", ask, name="roles_role_impact"),
            *super().get_urls(),
        ]

    def impact_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Answer whoever may save the form, and nobody else."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        role = self._role(request, object_id) if object_id else None
        if object_id and role is None:
            raise Http404
        may = (
            self.has_change_permission(request, role) if role else self.has_add_permission(request)
        )
        if not may:
            raise PermissionDenied(
                why_not(request.user, "roles.edit" if role else "roles.create", role)
            )
        form = RoleForm(request.POST, role=role, asker=request.user)
        form.full_clean()
        outlook = Outlook.of(form)
        refused = form.refused_bases(outlook.wanted)
        return JsonResponse(outlook.as_json(problems_in(form), refused))
