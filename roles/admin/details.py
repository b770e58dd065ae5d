"""Whose records and which fields, as a post says them (R8, R10).

The controls are named `scope:MODULE`, `scope:MODULE:ACTION`, `field:MODULE:FIELD` and
`field:MODULE:*`; several scopes are posted under one name. An absent one changes nothing, an empty
value removes what the role itself sets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..core.changes import VALUES, RoleChanges
from ..core.specs import Fields, Records, RoleSpec
from ..core.vocabulary import EVERY_ACTION, FieldLevel
from ..services.labels import choice_of


@dataclass(frozen=True, slots=True)
class Typed:
    """What a post says of scopes and fields, on top of what the page showed."""

    records: Records
    fields: Fields
    errors: list[str] = field(default_factory=list)


def read_post(data: Any, records: Records, fields: Fields) -> Typed:
    """Read the selects of a post; what cannot be read is an error that names the select."""
    new_records = {module: dict(by_action) for module, by_action in records.items()}
    new_fields = {module: dict(by_field) for module, by_field in fields.items()}
    errors: list[str] = []
    for key in data or ():
        kind, _colon, rest = key.partition(":")
        module, _colon, name = rest.partition(":")
        if kind == "scope":
            scopes = frozenset(value for value in data.getlist(key) if value)
            _put(new_records, module, name or EVERY_ACTION, scopes)
        elif kind == "field" and name:
            _read_level(new_fields, errors, key, data.get(key))
    return Typed(_without_empty(new_records), _without_empty(new_fields), errors)


def write_post(changes: RoleChanges) -> Iterator[tuple[str, list[str]]]:
    """Give the selects, and their values, that would make these changes."""
    for (module, action), (_old, scopes) in changes.records.items():
        yield _scope_name(module, action), sorted(scopes) or [""]
    for (module, field_name), (_old, level) in changes.fields.items():
        yield f"field:{module}:{field_name}", [level.code if level is not None else ""]


def before(changes: RoleChanges, shown: RoleSpec) -> dict[str, Any]:
    """Give what the page's controls held before these changes, for its marks.

    A page that comes back after an error still marks what was typed, although its controls were
    drawn with it. Of cells and details only those that were changed are named.
    """
    values = {name: "" if (v := getattr(shown, name)) is None else str(v) for name in VALUES}
    values["second_factor"] = choice_of(shown.second_factor)
    values["privileges"] = ", ".join(sorted(shown.privileges))
    scopes = {_scope_name(m, a): sorted(old) for (m, a), (old, _new) in changes.records.items()}
    levels = {
        f"field:{module}:{name}": [old.code] if old is not None else []
        for (module, name), (old, _new) in changes.fields.items()
    }
    return {
        "cells": sorted(changes.granted | changes.revoked),
        "controls": scopes | levels,
        "values": values,
    }


def _scope_name(module: str, action: str) -> str:
    return f"scope:{module}" if action == EVERY_ACTION else f"scope:{module}:{action}"


def _read_level(fields: dict[str, Any], errors: list[str], key: str, value: str) -> None:
    _kind, module, name = key.split(":", 2)
    try:
        _put(fields, module, name, FieldLevel.from_code(value) if value else None)
    except KeyError:
        errors.append(
            _("“%(value)s” for %(select)s is no level: it is hidden, read_only or editable (R21).")
            % {"value": value, "select": key}
        )


def _put(nested: dict[str, Any], outer: str, inner: str, value: Any) -> None:
    nested.setdefault(outer, {})[inner] = value


def _without_empty(nested: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    kept = {
        outer: {i: v for i, v in by.items() if v is not None and v != frozenset()}
        for outer, by in nested.items()
    }
    return {outer: by for outer, by in kept.items() if by}
