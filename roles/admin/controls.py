"""The controls of a row's details: whose records (R8) and how much of each field (R10).

Each is one select; where several scopes hold at once, boxes of the same name stand beside it, and
what is posted is the union of both. Beside each stands what comes out with the chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..core.compile import CompiledRole, Source
from ..core.specs import Fields, Module, Records
from ..core.vocabulary import ALL, EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel
from ..models.access import FIELD_LEVELS
from ..registry import registry
from ..services.labels import ACTION_LABELS

Choice = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Control:
    """One select: its names for the post, for a screen reader and for the eye; its choices.

    A choice is (value, label, chosen). `also` are the boxes beside it. `says` is what comes out
    with the whole chain, and where from; of a field only where the select does not say it. `locked`
    says why the reader cannot change it (D4): then there is no select, only what comes out.
    `refused` and `refused_also` are the choices that they cannot make, and `beyond` says why.
    """

    name: str
    label: str
    short: str
    choices: list[Choice]
    also: tuple[Choice, ...] = ()
    says: str = ""
    outcome: str = ""
    locked: str = ""
    refused: frozenset[str] = frozenset()
    refused_also: frozenset[str] = frozenset()
    beyond: str = ""

    @property
    def chosen(self) -> str:
        """What the select stands at."""
        return next((value for value, _label, chosen in self.choices if chosen), "")


# Whose records


def scope_control(
    module: Module, records: Records, compiled: CompiledRole | None, base: CompiledRole | None
) -> Control | None:
    """Give the row's own select: the scope for all actions."""
    if not module.has_record_access:
        return None
    label = _("%s: whose records") % module.label
    unset = _unset_scope(module, base)
    return _scopes(module, EVERY_ACTION, (label, _("All actions"), unset), records, compiled)


def action_controls(
    module: Module, records: Records, compiled: CompiledRole | None
) -> Iterator[Control]:
    """Give a select for each action that may have scopes of its own."""
    if not module.has_record_access:
        return
    for action in module.actions:
        short = str(ACTION_LABELS[action][0])
        words = {"module": module.label, "action": short}
        label = _("%(module)s: whose records for %(action)s") % words
        yield _scopes(module, action, (label, short, _("as all actions")), records, compiled)


def _scopes(
    module: Module,
    action: str,
    words: tuple[str, str, str],
    records: Records,
    compiled: CompiledRole | None,
) -> Control:
    """Choose the broadest stored scope in the select, the rest in boxes, so that none is lost."""
    stored = [c for c in registry.scopes if c in records.get(module.code, {}).get(action, ())]
    label, short, unset = words
    broadest = stored[-1] if stored else ""
    names = {code: str(scope.label) for code, scope in registry.scopes.items()}
    says = scopes_in_words(compiled, module, action)
    name = f"scope:{module.code}" + ("" if action == EVERY_ACTION else f":{action}")
    return Control(
        name,
        label,
        short,
        [("", unset, not stored), *((c, text, c == broadest) for c, text in names.items())],
        tuple(
            (c, text, c in stored[:-1])
            for c, text in names.items()
            if c in stored[:-1] or c not in (OWN, ALL)
        ),
        says,
        says,
    )


def scopes_in_words(compiled: CompiledRole | None, module: Module, action: str) -> str:
    """Say what scopes come out and which layers bring them: “Team from this role”."""
    if compiled is None:
        return ""
    found = compiled.scope_sources(module.code, action)
    # Every scope includes `own` (R9), so it is named only where it stands alone.
    named = [c for c in registry.scopes if c in found and (c != OWN or len(found) == 1)]
    return ", ".join(_brought(str(registry.scopes[c].label), found[c]) for c in named)


def _brought(what: str, sources: tuple[Source, ...]) -> str:
    if not sources:
        return _("%s, as nothing else is set") % what
    return _("%(what)s from %(role)s") % {"what": what, "role": _named(sources[0])}


def _named(source: Source) -> str:
    return _("this role") if source.kind == "own" else source.role_name


def _unset_scope(module: Module, base: CompiledRole | None) -> str:
    own = str(registry.scopes[OWN].label)
    if base is None:
        return _("%s (not set)") % own
    scopes = base.scopes_for(module.code, EVERY_ACTION)
    named = scopes - {OWN} or scopes
    words = [str(s.label) for code, s in registry.scopes.items() if code in named]
    return _("as the base: %s") % ", ".join(words)


# Fields


def field_names(module: Module, fields: Fields) -> dict[str, str]:
    """Give the fields that a row offers with their labels, stored ones that are gone included."""
    named = {name: str(label) for name, label in registry.fields_of(module).items()}
    return named | {n: n for n in fields.get(module.code, {}) if n not in (*named, EVERY_FIELD)}


def field_controls(
    module: Module, fields: Fields, compiled: CompiledRole | None, base: CompiledRole | None
) -> Iterator[Control]:
    """Give a select for each governable field, and one for all that are not named."""
    stored = fields.get(module.code, {})
    names = {EVERY_FIELD: _("All other fields"), **field_names(module, fields)}
    for name, label in names.items():
        own = stored.get(name)
        chosen = own.code if own is not None else ""
        unset = _unset_level(module, name, stored.get(EVERY_FIELD), base)
        offered = [("", unset), *FIELD_LEVELS]
        outcome = _level_in_words(compiled, module, name)
        text = _("%(module)s: field %(field)s") % {"module": module.label, "field": label}
        yield Control(
            f"field:{module.code}:{name}",
            text,
            label[:1].upper() + label[1:],
            [(code, str(words), code == chosen) for code, words in offered],
            says=outcome if _is_widened(compiled, module, name, own) else "",
            outcome=outcome,
        )


def level_word(level: FieldLevel) -> str:
    """Give a level as the page writes it: “read-only”."""
    return str(dict(FIELD_LEVELS)[level.code])


def _is_widened(
    compiled: CompiledRole | None, module: Module, name: str, own: FieldLevel | None
) -> bool:
    """Tell whether a layer below gives more than what this role sets: the wider holds (R10)."""
    return (
        own is not None
        and compiled is not None
        and compiled.level_of_field(module.code, name) > own
    )


def _level_in_words(compiled: CompiledRole | None, module: Module, name: str) -> str:
    if compiled is None:
        return ""
    level = level_word(compiled.level_of_field(module.code, name))
    source = compiled.field_source(module.code, name)
    if source is None:
        return level
    return _("%(level)s, from %(role)s") % {"level": level, "role": _named(source)}


def _unset_level(
    module: Module, name: str, others: FieldLevel | None, base: CompiledRole | None
) -> str:
    """Say what holds where this role does not name the field: its own `*`, or the base's level."""
    source = base.field_source(module.code, name) if base else None
    below = base.level_of_field(module.code, name) if base and source else None
    if others is not None and name != EVERY_FIELD and (below is None or others >= below):
        return _("as all other fields: %s") % level_word(others)
    if below is None or source is None:
        return _("not set: %s") % level_word(FieldLevel.EDITABLE)
    words = {"level": level_word(below), "role": source.role_name}
    return _("as the base: %(level)s, from %(role)s") % words
