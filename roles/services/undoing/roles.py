"""Undo changes of roles and of who holds them."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from ... import policy
from ...core.changes import RoleChanges, apply, inverse, unflatten
from ...core.errors import Refused
from ...core.specs import RoleSpec
from ...models import AuditEntry, Role, RoleAssignment
from ..assignment import assign_role, change_assignment, unassign_role
from ..loading import read_role
from ..role import change_role, create_role, delete_role
from .undo import found, moved_on, rows_for, undoes

# Roles


@undoes("role.changed")
def _change_back(acting_user: Any, entry: AuditEntry) -> None:
    role, made = _role_of(entry), unflatten(rows_for(acting_user, entry))
    current = read_role(role)
    _require_as_left(current, made)
    seen = policy.role_as_read(acting_user, role, current)
    change_role(acting_user=acting_user, role=role, changes=inverse(made), seen=seen)


@undoes("role.created", "role.cloned")
def _delete_again(acting_user: Any, entry: AuditEntry) -> None:
    role, made = _role_of(entry), _whole(acting_user, entry)
    begun = apply(made, RoleSpec(role.code, "", level=-1))
    if read_role(role).with_changes(is_system=False) != begun:
        raise moved_on()
    delete_role(acting_user=acting_user, role=role)


@undoes("role.deleted")
def _create_again(acting_user: Any, entry: AuditEntry) -> None:
    code = next((row["old"] for row in entry.changes if row["field"] == "code"), "")
    gone = _whole(acting_user, entry)
    create_role(acting_user=acting_user, wanted=apply(inverse(gone), RoleSpec(code, "", level=-1)))


def _role_of(entry: AuditEntry) -> Role:
    role: Role = found(Role, entry.subject_id)
    return role


def _whole(acting_user: Any, entry: AuditEntry) -> RoleChanges:
    """Give all that a role began or ended with; nobody makes one anew who may not read it (R16)."""
    if len(rows_for(acting_user, entry)) < len(entry.changes):
        raise Refused(_("You may not read all of what the role held. Ask an Owner to undo this."))
    return unflatten(entry.changes)


def _require_as_left(current: RoleSpec, made: RoleChanges) -> None:
    """Refuse where a thing that the change touched is no longer as the change left it."""
    if apply(made, apply(inverse(made), current)) != current:
        raise moved_on()


# Assignments


@undoes("role.assigned")
def _take_back(acting_user: Any, entry: AuditEntry) -> None:
    person, role = _person_beside(entry), _role_of(entry)
    held = RoleAssignment.objects.filter(user=person, role=role).first()
    if held is None or {name: getattr(held, name) for name in _MOMENTS} != _moments(entry, "new"):
        raise moved_on()
    unassign_role(acting_user=acting_user, user=person, role=role)


@undoes("role.unassigned")
def _give_again(acting_user: Any, entry: AuditEntry) -> None:
    person, role = _person_beside(entry), _role_of(entry)
    if RoleAssignment.objects.filter(user=person, role=role).exists():
        raise moved_on()
    reason = next((row["old"] for row in entry.changes if row["field"] == "reason"), "") or ""
    assign_role(
        acting_user=acting_user, user=person, role=role, reason=reason, **_moments(entry, "old")
    )


@undoes("role.assignment_changed")
def _change_terms_back(acting_user: Any, entry: AuditEntry) -> None:
    person, role = _person_beside(entry), _role_of(entry)
    held = RoleAssignment.objects.filter(user=person, role=role).first()
    left, before = (_terms(entry, side) for side in ("new", "old"))
    if held is None or any(getattr(held, name) != value for name, value in left.items()):
        raise moved_on()
    change_assignment(acting_user=acting_user, user=person, role=role, values=before)


def _terms(entry: AuditEntry, side: str) -> dict[str, Any]:
    moments = _moments(entry, side)
    return {row["field"]: moments.get(row["field"], row[side] or "") for row in entry.changes}


_MOMENTS = ("valid_from", "valid_until")


def _moments(entry: AuditEntry, side: str) -> dict[str, datetime | None]:
    rows = {row["field"]: row[side] for row in entry.changes}
    return {
        name: datetime.fromisoformat(rows[name]) if rows.get(name) else None for name in _MOMENTS
    }


def _person_beside(entry: AuditEntry) -> Any:
    people = get_user_model()
    if entry.beside_type != people._meta.label_lower:
        raise moved_on()
    return found(people, entry.beside_id)
