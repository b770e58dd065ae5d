"""The page that deletes a role, and moves what is in its way."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import policy
from ..core.errors import Invalid, Refused
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..services.role import delete_role
from .role_pages import RolePages


class RoleDeletion(RolePages):
    """Delete a role; moving its people and roles is offered in the same step (D9)."""

    confirm_template = "roles/admin/role_delete.html"

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting a role that nobody uses; say what stands in the way otherwise."""
        role = self._role(request, object_id)
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_delete_permission(request, role):
            raise PermissionDenied(policy.why_not_administer(request.user))
        refusal = self._delete(request, role) if request.method == "POST" else ""
        if refusal is None:
            messages.success(request, _("“%s” is deleted.") % role.name)
            return HttpResponseRedirect(reverse("admin:roles_role_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Delete “%s”") % role.name,
            "role": role,
            "refusal": refusal,
            "targets": Role.objects.exclude(code__in=[OWNER_CODE, role.code]).order_by("name"),
            **self._about(request, role),
        }
        return TemplateResponse(request, self.confirm_template, context)

    def _delete(self, request: HttpRequest, role: Role) -> str | None:
        """Delete the role, moving its people and roles if asked; give what stands against it."""
        target = None
        if code := request.POST.get("move_to"):
            target = Role.objects.filter(code=code).first()
            if target is None:
                return _("There is no role “%s” to move to.") % code
        try:
            delete_role(acting_user=request.user, role=role, move_to=target)
        except (Refused, Invalid) as refused:
            return str(refused)
        return None
