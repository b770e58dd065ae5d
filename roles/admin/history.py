"""The log of one role in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import AuditEntry, Role
from .governed import NO_ACCESS
from .labels import ACTION_LABELS, label_of

ACTIONS = {
    "role.created": gettext_lazy("created the role"),
    "role.cloned": gettext_lazy("created the role as a clone"),
    "role.changed": gettext_lazy("changed the role"),
    "role.deleted": gettext_lazy("deleted the role"),
    "role.assigned": gettext_lazy("gave the role"),
    "role.unassigned": gettext_lazy("took the role back"),
}
VALUES = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "level": gettext_lazy("Level"),
    "base": gettext_lazy("Based on"),
    "cloned_from": gettext_lazy("Cloned from"),
    "valid_from": gettext_lazy("From"),
    "valid_until": gettext_lazy("Until"),
    "reason": gettext_lazy("Reason"),
}
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, who, what, and each change in words."""

    moment: datetime
    who: str
    what: str
    changes: list[str]


def history_of(role: Role, *, with_people: bool) -> list[Line]:
    """Give the newest entries about the role and about who holds it, the newest first.

    Without `with_people` no one is named, for a reader who may not see people (R23).
    """
    about = Q(subject_type="role", subject_id=role.code)
    if not with_people:
        entries = AuditEntry.objects.filter(about)[:SHOWN]
        return [replace(_line(entry), who=str(NO_ACCESS)) for entry in entries]
    held = Q(subject_type="assignment", subject_id__endswith=f":{role.code}")
    return [_line(entry) for entry in AuditEntry.objects.filter(about | held)[:SHOWN]]


def _line(entry: AuditEntry) -> Line:
    what = str(ACTIONS.get(entry.action, entry.action))
    if entry.subject_type == "assignment":
        what = f"{what}: {entry.subject_name.rpartition(':')[0]}"
    rows = [row for row in entry.changes if row["field"] != "role"]
    return Line(entry.moment, entry.actor_name, what, list(_in_words(rows)))


def _in_words(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    ticks: dict[bool, list[str]] = {True: [], False: []}
    for row in rows:
        if isinstance(row["new"], bool):
            ticks[row["new"]].append(label_of(row["field"].removeprefix("privilege:")))
        else:
            yield _("%(what)s: %(old)s → %(new)s") % {
                "what": _name_of(row["field"]),
                "old": _value(row["old"]),
                "new": _value(row["new"]),
            }
    for sentence, names in ((_("Added: %s"), ticks[True]), (_("Removed: %s"), ticks[False])):
        if names:
            yield sentence % ", ".join(names)


def _name_of(field: str) -> str:
    kind, _colon, rest = field.partition(":")
    module, _colon, name = rest.partition(":")
    if kind == "scope":
        action = ACTION_LABELS[name][0] if name in ACTION_LABELS else _("all actions")
        return _("Whose records, %(module)s, %(action)s") % {"module": module, "action": action}
    if kind == "field":
        return _("Field %(field)s of %(module)s") % {"module": module, "field": name}
    return str(VALUES.get(field, field))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "", -1) else str(value)
