"""Whom and which roles a person may administer at all: section 6 as conditions on rows (R14).

People and roles are records too. What of section 6 a record alone can answer is answered here, so
that the list, the single check and the masks agree (R22); what a change does is asked elsewhere.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from .. import snapshots
from ..core import clock
from ..core.access import Access
from ..core.delegation import rank_as_target
from ..core.specs import Module
from ..core.vocabulary import OWNER_CODE
from ..directory import get_directory
from ..models import RoleAssignment
from .asking import access_for

PEOPLE, ROLES = "users", "roles"

MANAGING = {
    PEOPLE: frozenset(
        {"edit", "delete", "import", "users.approve", "passwords.manage", "groups.manage"}
    ),
    ROLES: frozenset({"create", "edit", "delete", "import"}),
}
"""What D3 is asked about: actions, and features of the module by their whole code."""

NOT_ONESELF = frozenset({"delete", "users.approve"})
"""What would change one's own active state or approval (D2)."""


def is_administration(module: Module) -> bool:
    """Tell whether the module's records are people or roles, for which section 6 speaks too."""
    return module.code in MANAGING


def administered_q(user: Any, module: Module, action: str) -> Q | None:
    """Give the condition that section 6 puts on records of people and roles, or `None`."""
    if action not in MANAGING.get(module.code, ()):
        return None
    access = access_for(user)
    if module.code == ROLES:
        return _roles_q(user, access, action)
    return _people_q(user, access, action)


def _roles_q(user: Any, access: Access, action: str) -> Q:
    """Keep the roles below the actor with all that is based on them (D3, D6); D8 for delete."""
    allowed = Q() if access.outranks_all else ~Q(code__in=_out_of_rank(user, access))
    return allowed & Q(is_system=False) if action == "delete" else allowed


def _out_of_rank(user: Any, access: Access) -> list[str]:
    """Give the roles at or above the actor's rank, and those below which such a one stands."""
    policy = snapshots.policy_of(user)
    compiled = [policy.role(code) for code in policy.roles]
    high = [role for role in compiled if role.is_owner or role.level >= access.rank]
    return sorted({layer.code for role in high for layer in role.chain})


def _people_q(user: Any, access: Access, action: str) -> Q:
    allowed = managed_q(access)
    if action in NOT_ONESELF:
        allowed &= ~Q(pk=user.pk)
    if action == "delete":
        another = lasting_owners().exclude(pk=OuterRef("pk"))
        allowed &= Q(Exists(another)) | ~Q(pk__in=lasting_owners().values("pk"))
    return allowed


def managed_q(access: Access) -> Q:
    """Keep the people whose rank lies strictly below (D3); an Owner manages all."""
    if access.outranks_all:
        return Q()
    if access.rank <= 0:
        return Q(pk__in=[])
    high = RoleAssignment.objects.not_ended(clock.now()).filter(
        Q(role__level__gte=access.rank) | Q(role__code=OWNER_CODE)
    )
    below = ~Q(pk__in=high.order_by().values("user_id"))
    return below & ~Q(is_superuser=True) if _has_superusers() else below


def _has_superusers() -> bool:
    return "is_superuser" in {field.name for field in get_user_model()._meta.get_fields()}


def rank_of(person: Any) -> int:
    """Give a person's rank as a target: all that has not ended, whatever their account (D3)."""
    held = RoleAssignment.objects.not_ended(clock.now()).filter(user=person.pk)
    roles = dict(held.values_list("role__code", "role__level"))
    stored = get_user_model()._base_manager.filter(pk=person.pk).first()
    above_all = OWNER_CODE in roles or bool(getattr(stored, "is_superuser", False))
    return rank_as_target(roles.values(), outranks_all=above_all)


def lasting_owners() -> Any:
    """Give the active people who hold Owner now and without an end (D7); superusers are none."""
    held = RoleAssignment.objects.current(clock.now()).filter(
        role__code=OWNER_CODE, valid_until=None
    )
    people = get_user_model()._base_manager.filter(get_directory().active_people())
    return people.filter(pk__in=held.order_by().values("user_id"))
