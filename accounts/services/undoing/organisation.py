"""Undo changes of teams and departments."""

from typing import Any

from roles.models import AuditEntry
from roles.services.undoing import found, moved_on, undoes

from ...models import Department, Team, User
from .. import organisation


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
    parent = _parent(row["old"])
    organisation.move_department(acting_user=acting_user, department=department, parent=parent)


@undoes("team.created")
def _delete_team(acting_user: Any, entry: AuditEntry) -> None:
    team, made = _part(entry), _values(entry, "new")
    members = set(team.members.values_list("pk", flat=True))
    if team.name != made["name"] or members != set(made.get("members", ())):
        raise moved_on()
    organisation.delete_team(acting_user=acting_user, team=team)


@undoes("team.deleted")
def _create_team(acting_user: Any, entry: AuditEntry) -> None:
    gone = _values(entry, "old")
    _require_free(Team, gone["code"])
    members = User.objects.filter(pk__in=gone.get("members", ()), deleted_at=None)
    code, name = gone["code"], gone["name"]
    organisation.create_team(acting_user=acting_user, code=code, name=name, members=members)


@undoes("department.created")
def _delete_department(acting_user: Any, entry: AuditEntry) -> None:
    department, made = _part(entry), _values(entry, "new")
    if (department.name, department.parent_id) != (made["name"], made["parent"]):
        raise moved_on()
    organisation.delete_department(acting_user=acting_user, department=department)


@undoes("department.deleted")
def _create_department(acting_user: Any, entry: AuditEntry) -> None:
    gone = _values(entry, "old")
    if "parent" not in gone:  # an entry of before the log kept it
        raise moved_on()
    _require_free(Department, gone["code"])
    organisation.create_department(
        acting_user=acting_user,
        code=gone["code"],
        name=gone["name"],
        parent=_parent(gone["parent"]),
    )


def _part(entry: AuditEntry) -> Any:
    model = {"accounts.team": Team, "accounts.department": Department}[entry.subject_type]
    return found(model, entry.subject_id)


def _parent(key: Any) -> Department | None:
    return None if key is None else found(Department, key)


def _values(entry: AuditEntry, side: str) -> dict[str, Any]:
    return {row["field"]: row[side] for row in entry.changes}


def _require_free(model: Any, code: str) -> None:
    if model.objects.filter(code=code).exists():
        raise moved_on()
