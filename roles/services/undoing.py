"""Undo what the log tells of: a new change, checked like any other, or refused with a reason (D13).

What can be undone is registered by action, with the function that does the opposite through the
services; so whoever undoes needs what whoever makes that change needs, and `activities.undo`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from ..core.changes import RoleChanges, apply, inverse, unflatten
from ..core.errors import Blocked, Refused
from ..core.specs import RoleSpec
from ..models import AuditEntry, Role, RoleAssignment
from . import audit
from .assignment import assign_role, unassign_role
from .delegation import require
from .loading import read_role
from .role import change_role, create_role, delete_role

UNDO = "activities.undo"
Undoer = Callable[[Any, AuditEntry], None]
_undoers: dict[str, Undoer] = {}


def undoes(*actions: str) -> Callable[[Undoer], Undoer]:
    """Say which actions of the log a function undoes; it takes the actor and the entry."""

    def register(undoer: Undoer) -> Undoer:
        _undoers.update(dict.fromkeys(actions, undoer))
        return undoer

    return register


def can_be_undone(entry: AuditEntry) -> bool:
    """Tell whether there is an opposite to what the entry tells of; not whether it still fits."""
    return entry.action in _undoers


def undo(*, acting_user: Any, entry: AuditEntry) -> AuditEntry:
    """Do the opposite of what the entry tells of; give the entry that the log has of that."""
    require(acting_user, UNDO)
    if not AuditEntry.objects.accessible_by(acting_user).filter(pk=entry.pk).exists():
        raise Refused(_("There is no such activity."))
    undoer = _undoers.get(entry.action)
    if undoer is None:
        raise Blocked(_("A change of this kind cannot be undone."))
    with transaction.atomic(), audit.undoing(entry) as made:
        undoer(acting_user, entry)
        if not made:
            raise moved_on()
    return made[0]


def moved_on() -> Blocked:
    """Say that things are no longer as the change left them."""
    return Blocked(
        _("This cannot be undone: things have moved on since. Make the change that you want.")
    )


# Roles


@undoes("role.changed")
def _change_back(acting_user: Any, entry: AuditEntry) -> None:
    role, made = _role_of(entry), unflatten(entry.changes)
    current = read_role(role)
    _require_as_left(current, made)
    change_role(acting_user=acting_user, role=role, changes=inverse(made), seen=current)


@undoes("role.created", "role.cloned")
def _delete_again(acting_user: Any, entry: AuditEntry) -> None:
    role = _role_of(entry)
    begun = apply(unflatten(entry.changes), RoleSpec(role.code, "", level=-1))
    if read_role(role).with_changes(is_system=False) != begun:
        raise moved_on()
    delete_role(acting_user=acting_user, role=role)


@undoes("role.deleted")
def _create_again(acting_user: Any, entry: AuditEntry) -> None:
    code = next((row["old"] for row in entry.changes if row["field"] == "code"), "")
    gone = unflatten(entry.changes)
    create_role(acting_user=acting_user, wanted=apply(inverse(gone), RoleSpec(code, "", level=-1)))


def _role_of(entry: AuditEntry) -> Role:
    found = Role.objects.select_related("base").filter(pk=entry.subject_id)
    role: Role | None = found.first()
    if role is None:
        raise moved_on()
    return role


def _require_as_left(current: RoleSpec, made: RoleChanges) -> None:
    """Refuse where a thing that the change touched is no longer as the change left it."""
    if apply(made, apply(inverse(made), current)) != current:
        raise moved_on()
    records = (
        (pair[1], current.records.get(m, {}).get(a, frozenset()))
        for (m, a), pair in made.records.items()
    )
    fields = ((pair[1], current.fields.get(m, {}).get(f)) for (m, f), pair in made.fields.items())
    values = ((pair[1], getattr(current, name)) for name, pair in made.values.items())
    if any(left != now for left, now in (*records, *fields, *values)):
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
    person = people._default_manager.filter(pk=entry.beside_id).first()
    if person is None:
        raise moved_on()
    return person
