"""Whose records and which fields: what a row of the grid says beside its cells (R8, R10).

The controls are plain selects named `scope:MODULE`, `scope:MODULE:ACTION`,
`field:MODULE:FIELD` and `field:MODULE:*`. An absent one changes nothing, an empty value removes
what the role itself sets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..core.changes import RoleChanges
from ..core.compile import CompiledRole
from ..core.specs import Fields, Module, Records
from ..core.vocabulary import EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel
from ..models.access import FIELD_LEVELS
from ..registry import registry
from .labels import ACTION_LABELS

Choice = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Control:
    """One select: its names for the post, for a screen reader and for the eye; its choices.

    A choice is (value, label, chosen).
    """

    name: str
    label: str
    short: str
    choices: list[Choice]
    several: bool = False


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
        name = f"scope:{module}" if action == EVERY_ACTION else f"scope:{module}:{action}"
        yield name, sorted(scopes) or [""]
    for (module, field_name), (_old, level) in changes.fields.items():
        yield f"field:{module}:{field_name}", [level.code if level is not None else ""]


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


# Controls


def scope_control(module: Module, records: Records, base: CompiledRole | None) -> Control | None:
    """Give the row's own select: the scope for all actions."""
    if not module.has_record_access:
        return None
    stored = records.get(module.code, {}).get(EVERY_ACTION, frozenset())
    label = _("%s: whose records") % module.label
    return _scopes(f"scope:{module.code}", label, "", stored, _unset_scope(module, base))


def action_controls(module: Module, records: Records) -> Iterator[Control]:
    """Give a select for each action that may have scopes of its own."""
    if not module.has_record_access:
        return
    for action in module.actions:
        stored = records.get(module.code, {}).get(action, frozenset())
        short = str(ACTION_LABELS[action][0])
        words = {"module": module.label, "action": short}
        label = _("%(module)s: whose records for %(action)s") % words
        yield _scopes(f"scope:{module.code}:{action}", label, short, stored, _("as the module"))


def field_controls(module: Module, fields: Fields, base: CompiledRole | None) -> Iterator[Control]:
    """Give a select for each governable field, and one for all that are not named."""
    stored = fields.get(module.code, {})
    named = {EVERY_FIELD: _("All other fields"), **registry.fields_of(module)}
    named |= {name: name for name in stored if name not in named}
    for name, label in named.items():
        chosen = stored[name].code if name in stored else ""
        offered = [("", _unset_level(module, name, base)), *FIELD_LEVELS]
        choices = [(code, str(words), code == chosen) for code, words in offered]
        text = _("%(module)s: field %(field)s") % {"module": module.label, "field": label}
        short = str(label)[:1].upper() + str(label)[1:]
        yield Control(f"field:{module.code}:{name}", text, short, choices)


def _scopes(name: str, label: str, short: str, stored: frozenset[str], unset: str) -> Control:
    """Offer one scope; where several are stored, offer several, so that none is lost."""
    several = len(stored) > 1
    known = [(code, str(s.label), code in stored) for code, s in registry.scopes.items()]
    return Control(name, label, short, [("", unset, not stored), *known], several)


def _unset_scope(module: Module, base: CompiledRole | None) -> str:
    own = str(registry.scopes[OWN].label)
    if base is None:
        return _("%s (not set)") % own
    scopes = base.scopes_for(module.code, EVERY_ACTION)
    words = [str(s.label) for code, s in registry.scopes.items() if code in scopes]
    return _("as the base: %s") % ", ".join(words)


def _unset_level(module: Module, name: str, base: CompiledRole | None) -> str:
    if base is None or not any(layer.fields.get(module.code) for layer in base.chain):
        return _("not set: editable")
    words = dict(FIELD_LEVELS)[base.level_of_field(module.code, name).code]
    return _("as the base: %s") % words
