"""What every page of a role asks and knows: who may do what here, and who stands on the role."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import ngettext

from .. import policy
from ..models import Role
from .governed import GovernedAdmin

PEOPLE_SHOWN = 10


class RolePages(GovernedAdmin):
    """The gates of the pages of roles, and what they tell of a role beside its own values."""

    # What is offered: what the services would accept

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for `create`, and for the name, without which no role can be (R17)."""
        names = "name" in policy.writable_of_roles(request.user, new=True)
        return names and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `delete`; system roles are never deleted (D8)."""
        if obj is not None and obj.is_system:
            return False
        return super().has_delete_permission(request, obj)

    def _role(self, request: HttpRequest, object_id: str) -> Role | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def _about(self, request: HttpRequest, role: Role) -> dict[str, Any]:
        """Give who holds the role and what stands on it."""
        held = policy.current_assignments().filter(role=role).select_related("user")
        return {
            "holders": held.order_by(f"user__{get_user_model().USERNAME_FIELD}")[:PEOPLE_SHOWN]
            if self._sees_people(request)
            else [],
            "holder_count": held.count(),
            "system_note": _system_note(policy.RoleAsRead(request.user, role)),
            "derived": self._heirs(request, role)
            if "base" in policy.readable_of_roles(request.user)
            else [],
        }

    def _heirs(self, request: HttpRequest, role: Role) -> list[policy.RoleAsRead]:
        """Give the roles based on it, by name."""
        heirs = [policy.RoleAsRead(request.user, one) for one in role.derived.all()]
        return sorted(heirs, key=lambda one: one.name)


def _system_note(role: policy.RoleAsRead) -> str:
    """Warn that a built-in role's grants reach many; Owner's never change (D8)."""
    if not role.is_system or role.is_owner:
        return ""
    affected = policy.affected_people(role.code)
    return ngettext(
        "%(role)s is a system role: what you change here reaches %(people)d person at once.",
        "%(role)s is a system role: what you change here reaches %(people)d people at once.",
        affected,
    ) % {"role": role.name, "people": affected}
