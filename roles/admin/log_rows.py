"""The changes of a record in words: field, what stood there, and what stands there since."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import policy
from ..models.sharing import GIVES
from ..registry import registry
from .moments import exact
from .naming import NO_ACCESS, names_in_reach

EMPTY = (None, "", [])
NOTHING = "–"


class RecordWords:
    """What a page's entries about records say; the names that they refer to are read once."""

    def __init__(self, user: Any, page: Iterable[policy.Seen]) -> None:
        wanted: dict[Any, set[Any]] = {}
        for seen in page:
            for row in seen.changes:
                related = policy.reference_of(seen.subject.model, row["field"])
                if related is not None:
                    keys = (policy.keys_in(related, row[side]) for side in ("old", "new"))
                    wanted.setdefault(related, set()).update(*keys)
        self._names = {
            related: {str(pk): name for pk, name in names_in_reach(user, related, keys).items()}
            for related, keys in wanted.items()
        }

    def changes(self, seen: policy.Seen) -> list[str]:
        """Write each change: “Phone: 1 → 2”; of what was empty only what came."""
        return [self._sentence(seen, row) for row in seen.changes]

    def _sentence(self, seen: policy.Seen, row: Mapping[str, Any]) -> str:
        if row["field"] == "shares":
            return _share(row)
        label = _label(seen, row["field"])
        old, new = (self._value(seen, row["field"], row[side]) for side in ("old", "new"))
        if row["old"] in EMPTY:
            return _("%(what)s: %(new)s") % {"what": label, "new": new}
        return _("%(what)s: %(old)s → %(new)s") % {"what": label, "old": old, "new": new}

    def _value(self, seen: policy.Seen, name: str, value: Any) -> str:
        if value in EMPTY:
            return NOTHING
        related = policy.reference_of(seen.subject.model, name)
        if related is None:
            return _plain(_field(seen, name), value)
        names = self._names[related]
        keys = value if isinstance(value, list) else [value]
        return ", ".join(names.get(str(key), str(NO_ACCESS)) for key in keys)


def _share(row: Mapping[str, Any]) -> str:
    """Say with whom it was shared, where the reader may know them (R24)."""
    receiver = row.get("user") or row.get("team") or _("Somebody")
    old, new = (GIVES.get(row[side], _("no more")) for side in ("old", "new"))
    if row["old"] is None:
        return _("%(who)s: %(new)s") % {"who": receiver, "new": new}
    return _("%(who)s: %(old)s → %(new)s") % {"who": receiver, "old": old, "new": new}


def _label(seen: policy.Seen, name: str) -> str:
    labels = registry.fields_of(seen.module) if seen.module else {}
    return capfirst(str(labels.get(name, name)))


def _field(seen: policy.Seen, name: str) -> Any:
    model = seen.subject.model
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    return fields.get(name)


def _plain(field: Any, value: Any) -> str:
    """Write a value as its field's pages do; one that fits no field any more, as the log has it."""
    if field is None:
        return str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    try:
        value = field.to_python(value)
    except (ValidationError, ValueError, TypeError):
        return str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, models.DateTimeField):
        return exact(value)
    if isinstance(field, models.DateField):
        return date_format(value, "DATE_FORMAT")
    if isinstance(field, models.DecimalField):
        return number_format(value, field.decimal_places, force_grouping=True)
    return str(value)
