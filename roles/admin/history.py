"""The log of one role in sentences, in the words of the grid, by day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..core import clock
from ..core.vocabulary import EVERY_ACTION, EVERY_FIELD
from ..models import AuditEntry, Role
from ..models.access import FIELD_LEVELS
from ..registry import registry
from .effects import by_module
from .governed import NO_ACCESS
from .labels import ACTION_LABELS
from .moments import exact

ACTIONS = {
    "role.created": gettext_lazy("created the role"),
    "role.cloned": gettext_lazy("created the role as a clone"),
    "role.changed": gettext_lazy("changed the role"),
    "role.deleted": gettext_lazy("deleted the role"),
    "role.assigned": gettext_lazy("gave the role to %s"),
    "role.unassigned": gettext_lazy("took the role back from %s"),
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
PAGE = 200
FOLDED_FROM = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, who, what, and each change in words."""

    moment: datetime
    who: str
    what: str
    changes: list[str]

    @property
    def is_long(self) -> bool:
        """Whether the changes fold: the page is read for who and when first."""
        return len(self.changes) >= FOLDED_FROM


@dataclass(slots=True)
class Day:
    """The entries of one day, the newest first."""

    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class History:
    """One page of the log: its days, and whether older and newer pages exist."""

    days: list[Day]
    page: int
    has_older: bool


def history_of(role: Role, *, with_people: bool, page: int = 1) -> History:
    """Give the entries about the role and about who holds it, the newest first.

    Without `with_people` no one is named, for a reader who may not see people (R23).
    """
    begin = (page - 1) * PAGE
    entries = list(_entries(role, with_people)[begin : begin + PAGE + 1])
    in_words = _Words(role, with_people)
    days: list[Day] = []
    for entry in entries[:PAGE]:
        label = _day(timezone.localtime(entry.moment).date())
        if not days or days[-1].label != label:
            days.append(Day(label))
        days[-1].lines.append(in_words.line(entry))
    return History(days, page, has_older=len(entries) > PAGE)


def _entries(role: Role, with_people: bool) -> QuerySet[AuditEntry]:
    """Leave out what is older than the role: it is about an earlier one of the code (threat 22)."""
    about = Q(subject_type="role", subject_id=role.code)
    if with_people:
        about |= Q(subject_type="assignment", subject_id__endswith=f":{role.code}")
    return AuditEntry.objects.filter(about, moment__gte=role.created_at)


def _day(day: date) -> str:
    today = timezone.localtime(clock.now()).date()
    near = {0: _("Today"), 1: _("Yesterday")}
    return near.get((today - day).days) or date_format(day, "DATE_FORMAT")


class _Words:
    """What entries of one role say; names of other roles are read once."""

    def __init__(self, role: Role, with_people: bool) -> None:
        self._role, self._with_people = role, with_people
        self._names = dict(Role.objects.values_list("code", "name"))

    def line(self, entry: AuditEntry) -> Line:
        """Say who did what, and each change."""
        who = entry.actor_name if self._with_people else str(NO_ACCESS)
        what = str(ACTIONS.get(entry.action, entry.action))
        if "%s" in what:
            what %= _person_of(entry, self._role)
        rows = [row for row in entry.changes if row["field"] != "role"]
        return Line(entry.moment, who, what, list(self._changes(rows)))

    def _changes(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
        for row in rows:
            if not _is_tick(row):
                yield self._sentence(row["field"], row["old"], row["new"])
        for sentence, added in ((_("Added: %s"), True), (_("Removed: %s"), False)):
            names = [r["field"] for r in rows if _is_tick(r) and r["new"] is added]
            own = [name.removeprefix("privilege:") for name in names]
            if own:
                yield sentence % "; ".join(by_module(own))

    def _sentence(self, name: str, old: Any, new: Any) -> str:
        label, value = self._label(name), self._value_of(name)
        if old in (None, "", -1, []):
            return _("%(what)s: %(new)s") % {"what": label, "new": value(new)}
        words = {"what": label, "old": value(old), "new": value(new)}
        return _("%(what)s: %(old)s → %(new)s") % words

    def _label(self, name: str) -> str:
        kind, _colon, rest = name.partition(":")
        module, _colon, inner = rest.partition(":")
        if kind == "scope":
            return _scope_label(module, inner)
        if kind == "field":
            return _field_label(module, inner)
        return str(VALUES.get(name, name))

    def _value_of(self, name: str) -> Callable[[Any], str]:
        if name in ("base", "cloned_from"):
            return lambda code: self._names.get(code, code) if code else _("no other role")
        if name.startswith("scope:"):
            return _scopes
        if name.startswith("field:"):
            return lambda code: str(dict(FIELD_LEVELS).get(code, code)) if code else _("not set")
        return _moment if name in ("valid_from", "valid_until") else _plain


def _is_tick(row: Mapping[str, Any]) -> bool:
    return isinstance(row["new"], bool)


def _person_of(entry: AuditEntry, role: Role) -> str:
    """Give the person as they were called; the role's name then may hold a colon itself."""
    for suffix in (f": {role.name}", f":{role.code}"):
        if entry.subject_name.endswith(suffix):
            return entry.subject_name.removesuffix(suffix)
    return entry.subject_name.partition(": ")[0]


def _scope_label(code: str, action: str) -> str:
    words = {"module": _module(code), "action": ""}
    if action == EVERY_ACTION:
        return _("%(module)s: whose records") % words
    words["action"] = str(ACTION_LABELS.get(action, (action,))[0])
    return _("%(module)s: whose records for %(action)s") % words


def _field_label(code: str, name: str) -> str:
    if name == EVERY_FIELD:
        return _("%(module)s: all other fields") % {"module": _module(code)}
    module = registry.catalogue.modules.get(code)
    label = registry.fields_of(module).get(name, name) if module else name
    return _("%(module)s: field %(field)s") % {"module": _module(code), "field": label}


def _module(code: str) -> str:
    module = registry.catalogue.modules.get(code)
    return str(module.label) if module else code


def _scopes(codes: Any) -> str:
    known = registry.scopes
    named = [str(known[code].label) if code in known else str(code) for code in codes or ()]
    return ", ".join(named) or _("not set")


def _moment(text: Any) -> str:
    moment = parse_datetime(text) if text else None
    return exact(moment) if moment else _plain(text)


def _plain(value: Any) -> str:
    return "–" if value in (None, "", -1) else str(value)
