"""Undo changes of people and of where they stand, and say what of them stays (D2, D3, D6a)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.models import AuditEntry
from roles.services.undoing import found, keeps, moved_on, rows_for, undoes

from ...models import Department, Team, User
from ...models.user import State
from .. import people, placing


@undoes("user.suspended")
def _restore(acting_user: Any, entry: AuditEntry) -> None:
    people.restore_person(acting_user=acting_user, person=_person(entry))


@undoes("user.restored")
def _suspend(acting_user: Any, entry: AuditEntry) -> None:
    people.suspend_person(acting_user=acting_user, person=_person(entry))


@undoes("user.created")
def _delete_new(acting_user: Any, entry: AuditEntry) -> None:
    person = _person(entry)
    untouched = person.state == State.ACTIVE and not person.role_assignments.exists()
    readable = policy.field_mask(acting_user, person).readable
    # What was left empty has no row of its own.
    empty = ({"field": name, "new": ""} for name in people.PERSONAL if name in readable)
    rows = {row["field"]: row for row in (*empty, *rows_for(acting_user, entry))}
    if not untouched or not _as_left(person, rows.values()):
        raise moved_on()
    people.delete_person(acting_user=acting_user, person=person)


@undoes("user.undeleted")
def _delete(acting_user: Any, entry: AuditEntry) -> None:
    people.delete_person(acting_user=acting_user, person=_person(entry))


@undoes("user.deleted")
def _undelete(acting_user: Any, entry: AuditEntry) -> None:
    people.undelete_person(acting_user=acting_user, person=_person(entry))


@undoes("user.changed")
def _change_back(acting_user: Any, entry: AuditEntry) -> None:
    person, rows = _person(entry), rows_for(acting_user, entry)
    if not _as_left(person, rows):
        raise moved_on()
    values = {row["field"]: row["old"] or "" for row in rows}
    people.edit_person(acting_user=acting_user, person=person, values=values)


@undoes("user.moved")
def _move_back(acting_user: Any, entry: AuditEntry) -> None:
    person, row = _person(entry), entry.changes[0]
    if row["field"] == "team":
        _change_membership(acting_user, person, row)
        return
    if getattr(person, f"{row['field']}_id") != row["new"]:
        raise moved_on()
    if row["field"] == "manager":
        manager = _stored(User, row["old"])
        placing.move_to_manager(acting_user=acting_user, person=person, manager=manager)
    else:
        department = _stored(Department, row["old"])
        placing.move_to_department(acting_user=acting_user, person=person, department=department)


def _change_membership(acting_user: Any, person: User, row: Any) -> None:
    team = Team.objects.filter(code=row["code"]).first()
    joined = row["new"] is not None
    if team is None or team.members.filter(pk=person.pk).exists() != joined:
        raise moved_on()
    move = placing.leave_team if joined else placing.join_team
    move(acting_user=acting_user, person=person, team=team)


def _as_left(person: User, rows: Iterable[Mapping[str, Any]]) -> bool:
    return all(getattr(person, row["field"]) == (row["new"] or "") for row in rows)


def _person(entry: AuditEntry) -> User:
    person: User = found(User, entry.subject_id)
    return person


def _stored(model: Any, key: Any) -> Any:
    return None if key is None else found(model, key)


# What stays

keeps(
    "user.password_reset",
    because=_(
        "A password that was reset cannot be brought back. They choose a new one by e-mail, on "
        "the sign-in page."
    ),
)
keeps(
    "user.password_changed",
    because=_(
        "A password that was replaced cannot be brought back: it is kept nowhere. Reset the new "
        "one if it is not to stand."
    ),
)
keeps(
    "user.second_factor_removed",
    "user.recovery_codes_made",
    because=_(
        "A second factor that was removed, and codes that were replaced, cannot be brought back: "
        "their secrets are kept nowhere. The person makes new ones."
    ),
)
keeps(
    "user.second_factor_added",
    because=_(
        "A second factor is the person's own. Who may reset passwords takes a lost one off, on the "
        "person's page."
    ),
)
