"""The changes of a role in the words of the grid."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..core.vocabulary import EVERY_ACTION, EVERY_FIELD
from ..models import Role
from ..models.access import FIELD_LEVELS
from ..registry import registry
from ..services.labels import ACTION_LABELS
from .effects import by_module
from .moments import exact
from .second_factor import CHOICES, choice_of

VALUES = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "level": gettext_lazy("Level"),
    "base": gettext_lazy("Based on"),
    "second_factor": gettext_lazy("Second factor"),
    "cloned_from": gettext_lazy("Cloned from"),
    "valid_from": gettext_lazy("From"),
    "valid_until": gettext_lazy("Until"),
    "reason": gettext_lazy("Reason"),
}


class RoleWords:
    """What entries about roles say; the names of roles are read once, if at all."""

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return dict(Role.objects.values_list("code", "name"))

    def changes(self, seen: policy.Seen) -> list[str]:
        """Write each change in the words of the grid; the role itself is in the sentence."""
        return list(self._changes([row for row in seen.changes if row["field"] != "role"]))

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
        if name == "second_factor":
            return lambda asked: str(dict(CHOICES)[choice_of(asked)]).lower()
        if name.startswith("scope:"):
            return _scopes
        if name.startswith("field:"):
            return lambda code: str(dict(FIELD_LEVELS).get(code, code)) if code else _("not set")
        return _moment if name in ("valid_from", "valid_until") else _plain


def _is_tick(row: Mapping[str, Any]) -> bool:
    return isinstance(row["new"], bool) and row["field"] != "second_factor"


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
