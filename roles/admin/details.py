"""Whose records and which fields: what a row of the grid says beside its cells (R8, R10).

The controls are plain selects named `scope:MODULE`, `scope:MODULE:ACTION`,
`field:MODULE:FIELD` and `field:MODULE:*`. An absent one changes nothing, an empty value removes
what the role itself sets. Several scopes are a select and boxes that post under one name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from ..core.changes import RoleChanges
from ..core.compile import CompiledRole, Source
from ..core.specs import Fields, Module, Records
from ..core.vocabulary import ALL, EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel
from ..models.access import FIELD_LEVELS
from ..registry import registry
from .labels import ACTION_LABELS

Choice = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Control:
    """One select: its names for the post, for a screen reader and for the eye; its choices.

    A choice is (value, label, chosen). `also` are boxes beside the select under the same name:
    several scopes are the union of both. `says` is what comes out with the whole chain.
    """

    name: str
    label: str
    short: str
    choices: list[Choice]
    also: list[Choice] = field(default_factory=list)
    says: str = ""

    @property
    def has_more(self) -> bool:
        """Whether a box beside the select is ticked."""
        return any(ticked for _code, _label, ticked in self.also)


@dataclass(frozen=True, slots=True)
class About:
    """What the controls of a role say beside its own values: its base, and all that it gives."""

    base: CompiledRole | None = None
    compiled: CompiledRole | None = None


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


def scope_control(module: Module, records: Records, about: About) -> Control | None:
    """Give the row's own select: the scope for all actions."""
    if not module.has_record_access:
        return None
    label = _("%s: whose records") % module.label
    control = _scopes(f"scope:{module.code}", label, _unset_scope(module, about.base))
    return _filled(control, module, EVERY_ACTION, records, about)


def action_controls(module: Module, records: Records, about: About) -> Iterator[Control]:
    """Give a select for each action that may have scopes of its own."""
    if not module.has_record_access:
        return
    usual = _scope_outcome(module, EVERY_ACTION, about.compiled)
    for action in module.actions:
        short = str(ACTION_LABELS[action][0])
        words = {"module": module.label, "action": short}
        label = _("%(module)s: whose records for %(action)s") % words
        control = _scopes(f"scope:{module.code}:{action}", label, _("as for all actions"), short)
        control = _filled(control, module, action, records, about)
        # Said once, at the line of all actions, where nothing differs.
        yield replace(control, says="" if control.says == usual else control.says)


def field_controls(module: Module, fields: Fields, about: About) -> Iterator[Control]:
    """Give a select for each governable field, and one for all that are not named."""
    stored = fields.get(module.code, {})
    named = {EVERY_FIELD: _("All other fields"), **registry.fields_of(module)}
    named |= {name: name for name in stored if name not in named}
    for name, label in named.items():
        chosen = stored[name].code if name in stored else ""
        offered = [("", _unset_level(module, name, about.base)), *FIELD_LEVELS]
        choices = [(code, str(words), code == chosen) for code, words in offered]
        text = _("%(module)s: field %(field)s") % {"module": module.label, "field": label}
        short = str(label)[:1].upper() + str(label)[1:]
        says = _level_outcome(module, name, stored.get(name), about.compiled)
        yield Control(f"field:{module.code}:{name}", text, short, choices, says=says)


def _scopes(name: str, label: str, unset: str, short: str = "") -> Control:
    return Control(name, label, short, [("", unset, False)])


def _filled(
    control: Control, module: Module, action: str, records: Records, about: About
) -> Control:
    """Let the select show the broadest scope that is stored, and boxes beside it the others."""
    stored = records.get(module.code, {}).get(action, frozenset())
    known = list(registry.scopes)
    broadest = max(stored, key=lambda code: known.index(code) if code in known else -1, default="")
    unset = control.choices[0][1]
    scopes = [(code, str(scope.label)) for code, scope in registry.scopes.items()]
    others = [
        (code, label, code in stored and code != broadest)
        for code, label in scopes
        if code != ALL and (code != OWN or (OWN in stored and broadest != OWN))
    ]
    return replace(
        control,
        choices=[("", unset, not stored), *((c, label, c == broadest) for c, label in scopes)],
        also=others,
        says=_scope_outcome(module, action, about.compiled),
    )


# Words


def _scope_outcome(module: Module, action: str, compiled: CompiledRole | None) -> str:
    """Say which scopes come out of the whole chain, and which layers bring each."""
    if compiled is None:
        return ""
    found = compiled.scope_sources(module.code, action)
    return ", ".join(
        _("%(what)s from %(role)s")
        % {"what": scope.label, "role": _layers(found[code], compiled.code)}
        if found[code]
        else str(scope.label)
        for code, scope in registry.scopes.items()
        if code in found
    )


def _level_outcome(
    module: Module, name: str, chosen: FieldLevel | None, compiled: CompiledRole | None
) -> str:
    """Say which level comes out where a layer below opens the field further (R10)."""
    if compiled is None or chosen is None:
        return ""
    level = compiled.level_of_field(module.code, name)
    source = compiled.field_source(module.code, name)
    if level == chosen or source is None:
        return ""
    words = {"level": dict(FIELD_LEVELS)[level.code], "role": _layers((source,), compiled.code)}
    return _("stays %(level)s, from %(role)s") % words


def _layers(sources: tuple[Source, ...], code: str) -> str:
    return ", ".join(_("this role") if s.role == code else s.role_name for s in sources)


def _unset_scope(module: Module, base: CompiledRole | None) -> str:
    own = str(registry.scopes[OWN].label)
    if base is None:
        return _("%s (not set)") % own
    scopes = base.scopes_for(module.code, EVERY_ACTION)
    words = [str(s.label) for code, s in registry.scopes.items() if code in scopes]
    return _("as the base: %s") % ", ".join(words)


def _unset_level(module: Module, name: str, base: CompiledRole | None) -> str:
    source = base.field_source(module.code, name) if base else None
    if base is None or source is None:
        return _("not set: editable")
    level = dict(FIELD_LEVELS)[base.level_of_field(module.code, name).code]
    words = {"level": level, "role": source.role_name}
    return _("as the base: %(level)s, from %(role)s") % words
