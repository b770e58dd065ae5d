"""The page of a role's history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from .history import history_of
from .role_pages import RolePages


class RoleHistory(RolePages):
    """Show who changed the role, when and how, and who was given it."""

    history_template = "roles/admin/role_history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one page of it, the newest first."""
        role = self._role(request, object_id)
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        asked = request.GET.get("page", "")
        page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
        history = history_of(role, with_people=self._sees_people(request), page=max(page, 1))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("History of “%s”") % role.name,
            "role": role,
            "history": history,
        }
        return TemplateResponse(request, self.history_template, context)
