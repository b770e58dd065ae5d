"""The changes of a role in the words of the grid, for every door that tells of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..core.vocabulary import EVERY_ACTION, EVERY_FIELD
from ..models.access import FIELD_LEVELS
from ..registry import registry
from .labels import ACTION_LABELS, asked_for, by_module

Row = Mapping[str, Any]


class ChangeWords:
    """Say rows of `changes.flatten` in sentences; `names` are those of roles by code."""

    labels: ClassVar[Mapping[str, Any]] = {
        "name": gettext_lazy("Name"),
        "description": gettext_lazy("Description"),
        "level": gettext_lazy("Level"),
        "base": gettext_lazy("Based on"),
        "second_factor": gettext_lazy("Second factor"),
    }

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def sentences(self, rows: Iterable[Row]) -> Iterator[str]:
        """Write each change: “Level: 10 → 20”, and the ticks together."""
        rows = list(rows)
        for row in rows:
            if not _is_tick(row):
                yield self._sentence(row["field"], row["old"], row["new"])
        for sentence, added in ((_("Added: %s"), True), (_("Removed: %s"), False)):
            names = [r["field"] for r in rows if _is_tick(r) and r["new"] is added]
            own = [name.removeprefix("privilege:") for name in names]
            if own:
                yield sentence % "; ".join(by_module(own))

    def _sentence(self, name: str, old: Any, new: Any) -> str:
        label, value = self._label(name), self.value_of(name)
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
        return str(self.labels.get(name, name))

    def value_of(self, name: str) -> Callable[[Any], str]:
        """Give what writes a value of the field `name`."""
        if name == "base":
            return self.role_named
        if name == "second_factor":
            return asked_for
        if name.startswith("scope:"):
            return _scopes
        if name.startswith("field:"):
            return lambda code: str(dict(FIELD_LEVELS).get(code, code)) if code else _("not set")
        return plain

    def role_named(self, code: str | None) -> str:
        """Name the role of a code."""
        return self.names.get(code, code) if code else _("no other role")


def _is_tick(row: Row) -> bool:
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


def plain(value: Any) -> str:
    """Write a value as it stands, and a dash where there is none."""
    return "–" if value in (None, "", -1) else str(value)
