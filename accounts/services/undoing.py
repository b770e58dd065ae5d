"""Undo changes of people and of the organisation, each by the service that does the opposite."""

from typing import Any

from roles.models import AuditEntry
from roles.services.undoing import moved_on, undoes

from ..models import Department, Team, User
from . import organisation, people, placing


@undoes("user.suspended")
def _restore(acting_user: Any, entry: AuditEntry) -> None:
    people.restore_person(acting_user=acting_user, person=_person(entry))


@undoes("user.restored")
def _suspend(acting_user: Any, entry: AuditEntry) -> None:
    people.suspend_person(acting_user=acting_user, person=_person(entry))


@undoes("user.deleted")
def _undelete(acting_user: Any, entry: AuditEntry) -> None:
    people.undelete_person(acting_user=acting_user, person=_person(entry))


@undoes("user.changed")
def _change_back(acting_user: Any, entry: AuditEntry) -> None:
    person = _person(entry)
    if any(getattr(person, row["field"]) != (row["new"] or "") for row in entry.changes):
        raise moved_on()
    values = {row["field"]: row["old"] or "" for row in entry.changes}
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


@undoes("team.renamed", "department.renamed")
def _rename_back(acting_user: Any, entry: AuditEntry) -> None:
    part, row = _part(entry), entry.changes[0]
    if part.name != row["new"]:
        raise moved_on()
    organisation.rename(acting_user=acting_user, part=part, name=row["old"])


@undoes("department.moved")
def _move_department_back(acting_user: Any, entry: AuditEntry) -> None:
    department, row = _part(entry), entry.changes[0]
    if department.parent_id != row["new"]:
        raise moved_on()
    parent = _stored(Department, row["old"])
    organisation.move_department(acting_user=acting_user, department=department, parent=parent)


@undoes("team.created")
def _delete_team(acting_user: Any, entry: AuditEntry) -> None:
    team = _part(entry)
    if team.members.exists():
        raise moved_on()
    organisation.delete_team(acting_user=acting_user, team=team)


@undoes("department.created")
def _delete_department(acting_user: Any, entry: AuditEntry) -> None:
    organisation.delete_department(acting_user=acting_user, department=_part(entry))


def _person(entry: AuditEntry) -> User:
    return _found(User, entry.subject_id)


def _part(entry: AuditEntry) -> Any:
    model = {"accounts.team": Team, "accounts.department": Department}[entry.subject_type]
    return _found(model, entry.subject_id)


def _stored(model: Any, key: Any) -> Any:
    return None if key is None else _found(model, key)


def _found(model: Any, key: Any) -> Any:
    found = model._default_manager.filter(pk=key).first()
    if found is None:
        raise moved_on()
    return found
