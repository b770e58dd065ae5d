"""The changes of a record in words: field, what stood there, and what stands there since."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..models.sharing import GIVES
from ..registry import registry
from ..services.labels import label_of
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
    """Name a field as its pages do: by a role's words for it, else by the model's."""
    labels = registry.fields_of(seen.module) if seen.module else {}
    field = _field(seen, name)
    own = MORE.get(name, name) if field is None else field.verbose_name
    return capfirst(str(labels.get(name, own)))


MORE = {"team": gettext_lazy("Team"), "roles": gettext_lazy("Roles")}
"""Rows about people that no field of theirs stands for."""


def _field(seen: policy.Seen, name: str) -> Any:
    model = seen.subject.model
    options = model._meta if model else None
    found = (*options.concrete_fields, *options.many_to_many) if options else ()
    return next((field for field in found if field.name == name), None)


def _plain(field: Any, value: Any) -> str:
    """Write a value as its field's pages do; one that fits no field any more, as the log has it."""
    if isinstance(value, list):  # of permissions and privileges, as a token is limited to them
        return ", ".join(label_of(str(one)) for one in value)
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
