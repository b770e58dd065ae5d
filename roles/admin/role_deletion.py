"""The page that deletes a role, and moves what is in its way."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import policy
from ..core import clock
from ..core.errors import Invalid, Refused
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..services.delegation import why_not
from ..services.deletion import plan_deletion, targets_for
from ..services.role import Moved, delete_role
from .effects import effect_in_words
from .role_pages import PEOPLE_SHOWN, RolePages

_NO_TARGET = gettext_lazy("There is no role to which you could move them. Ask an Owner.")


class RoleDeletion(RolePages):
    """Delete a role; moving its people and roles is offered in the same step (D9)."""

    confirm_template = "roles/admin/role_delete.html"

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say who and what is in the way, and what moving it means; a post moves and deletes."""
        role = self._role(request, object_id)
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_delete_permission(request):
            raise PermissionDenied(why_not(request.user, "roles.delete"))
        if role.is_system:
            return self._delete_page(request, role, {}, status=403)
        if not self.has_delete_permission(request, role):
            raise PermissionDenied(why_not(request.user, "roles.delete", role))
        target, refusal = self._target(request, role)
        if request.method == "POST" and "look" not in request.POST and not refusal:
            refusal = self._delete(request, role, target)
            if not refusal:
                return HttpResponseRedirect(reverse("admin:roles_role_changelist"))
        words = self._moving_in_words(request, role, target) if target else {}
        read = policy.RoleAsRead(request.user, target) if target else None
        return self._delete_page(request, role, {"refusal": refusal, "target": read, **words})

    def _target(self, request: HttpRequest, role: Role) -> tuple[Role | None, str]:
        """Read the role to move to, or say why it is none."""
        asked = request.POST if request.method == "POST" else request.GET
        code = asked.get("move_to", "")
        if not code:
            missing = _("Choose the role to move to first.") if "look" in asked else ""
            return None, missing
        named = self.get_queryset(request).select_related("base").filter(code=code)
        target = None if "\x00" in code else named.first()
        if target is None:
            return None, _("There is no role “%s” to move to.") % code
        if code in (OWNER_CODE, role.code):
            return None, _("Choose another role than this one, and not Owner (R3).")
        return target, ""

    def _delete(self, request: HttpRequest, role: Role, target: Role | None) -> str:
        """Make the one call that deletes; give what it says against it."""
        name = policy.role_name(request.user, role)
        moved_to = policy.role_name(request.user, target) if target else ""
        try:
            moved = delete_role(acting_user=request.user, role=role, move_to=target)
        except (Refused, Invalid) as refused:
            return str(refused)
        messages.success(request, _deleted_in_words(name, moved_to, moved))
        return ""

    def _moving_in_words(self, request: HttpRequest, role: Role, target: Role) -> dict[str, Any]:
        plan = plan_deletion(role=role, target=target, asker=request.user)
        names = policy.role_names(request.user)
        return {
            "people_effect": effect_in_words(plan.people),
            "derived_effects": [
                (names[code], effect_in_words(marks)) for code, marks in plan.derived
            ],
            "forbidden": plan.because,
            "is_told": policy.reads_what_roles_give(request.user),
        }

    def _delete_page(
        self, request: HttpRequest, role: Role, more: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        read = policy.RoleAsRead(request.user, role)
        heirs = self._heirs(request, role)
        codes, immovable = targets_for(acting_user=request.user, role=role)
        targets = Role.objects.filter(code__in=codes)
        named = [(one.code, policy.named_with_level(request.user, one)) for one in targets]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "immovable": immovable or ("" if codes else _NO_TARGET),
            "title": _("Delete “%s”") % read.name,
            "role": read,
            "targets": sorted(named, key=lambda one: one[1]),
            "is_base": bool(heirs),
            "derived": heirs if "base" in policy.readable_of_roles(request.user) else [],
            **self._held(request, role),
            **more,
        }
        return TemplateResponse(request, self.confirm_template, context, status=status)

    def _held(self, request: HttpRequest, role: Role) -> dict[str, Any]:
        """Give who is in the way: everyone whose assignment has not ended (D9)."""
        held = policy.unended_assignments().filter(role=role).select_related("user")
        number = held.count()
        shown = held.order_by(f"user__{get_user_model().USERNAME_FIELD}")[:PEOPLE_SHOWN]
        people = list(shown) if self._sees_people(request) else []
        return {
            "holders": people,
            "holder_count": number,
            "unnamed_count": number - len(people) if people else 0,
            "later_count": held.filter(valid_from__gt=clock.now()).count(),
            "now": clock.now(),
        }


def _deleted_in_words(name: str, target: str, moved: Moved) -> str:
    """Say that it is gone, and how many went where."""
    deleted = _("“%s” is deleted.") % name
    parts = []
    if moved.people:
        parts.append(ngettext("%d person", "%d people", moved.people) % moved.people)
    if moved.roles:
        parts.append(ngettext("%d role", "%d roles", moved.roles) % moved.roles)
    if not parts or not target:
        return deleted
    went = _("%(what)s moved to “%(role)s”.")
    return f"{deleted} {went % {'what': _(' and ').join(parts), 'role': target}}"
