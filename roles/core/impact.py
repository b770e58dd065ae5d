"""What a change of roles means for the people who hold them: who gains, who loses (R12-R17)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .access import Access
from .compile import CompiledRole
from .specs import Catalogue, Module
from .vocabulary import ALL, OWN, FieldLevel

Kind = Literal["gained", "lost", "records", "fields", "asks"]
Mark = tuple[Kind, str]
"""A permission or privilege gained or lost, or a module whose records or fields differ.

Of two roles also whether the second `asks` for a second factor, `yes` or `no`, if they differ.
"""

KINDS: tuple[Kind, ...] = ("gained", "lost", "records", "fields")

Fields = Mapping[str, Collection[str]]
"""Module -> the names of its fields, `*` where no model says which others there are."""

_NEEDED = (
    ("view", FieldLevel.READ_ONLY),
    ("create", FieldLevel.EDITABLE),
    ("edit", FieldLevel.EDITABLE),
)
"""The level from which on a field is open to each action that reads or writes fields."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the same people: names of permissions and privileges, or modules' codes."""

    kind: Kind
    names: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a change reaches: `holders` have the role or one based on it, `people` notice."""

    holders: int = 0
    people: int = 0
    effects: tuple[Effect, ...] = ()

    def counts(self, kind: Kind) -> dict[str, int]:
        """Give the people by name, for one kind of effect."""
        return {
            n: effect.people for effect in self.effects if effect.kind == kind for n in effect.names
        }


NO_IMPACT = Impact()


def changed_modules(
    before: CompiledRole, after: CompiledRole, catalogue: Catalogue
) -> tuple[Module, ...]:
    """Give the modules on which a role and all that stands on it may answer differently."""
    codes = before.permissions.keys() ^ after.permissions.keys()
    if before.second_factor != after.second_factor:
        codes = before.permissions.keys() | after.permissions.keys()
    concerned = {code.partition(".")[0] for code in codes}
    return tuple(
        module
        for module in catalogue.modules.values()
        if module.code in concerned or _said(before, module.code) != _said(after, module.code)
    )


def _said(role: CompiledRole, module: str) -> list[tuple[object, object]]:
    layers = ((layer.records.get(module), layer.fields.get(module)) for layer in role.chain)
    return [said for said in layers if any(said)]


def marks_between(
    before: Access, after: Access, modules: Iterable[Module], fields: Fields
) -> frozenset[Mark]:
    """Give what one person's access gains, loses or has otherwise, other roles counted in."""
    return frozenset(_marks(before, after, modules, fields))


def _marks(
    before: Access, after: Access, modules: Iterable[Module], fields: Fields
) -> Iterator[Mark]:
    old, new = before.codes | before.privileges, after.codes | after.privileges
    for name in new - old:
        yield "gained", name
    for name in old - new:
        yield "lost", name
    for module in modules:
        actions = [a for a in module.actions if f"{module.code}.{a}" in old & new]
        if any(_reach(before, module, a) != _reach(after, module, a) for a in actions):
            yield "records", module.code
        if _fields_differ(before, after, module, actions, fields[module.code]):
            yield "fields", module.code


def _reach(access: Access, module: Module, action: str) -> frozenset[str]:
    if not module.has_record_access:
        return frozenset({ALL})
    return _simplest(access.scopes_for(module.code, action))


def _simplest(scopes: frozenset[str]) -> frozenset[str]:
    """Give equal sets for equal reach: `all` covers every scope, and every scope `own` (R9)."""
    if ALL in scopes:
        return frozenset({ALL})
    return (scopes - {OWN}) or scopes


def _fields_differ(
    before: Access, after: Access, module: Module, actions: list[str], names: Collection[str]
) -> bool:
    """Tell whether a field opens or closes on records that are reached before and after (R15)."""
    for action, needed in _NEEDED:
        if action not in actions:
            continue
        reached = (_reach(before, module, action), _reach(after, module, action))
        for name in names:
            opened = tuple(_open(a, module, action, name, needed) for a in (before, after))
            scopes = frozenset({OWN}).union(*reached, *opened)
            if any(
                _covers(opened[0], scope) != _covers(opened[1], scope)
                for scope in scopes
                if all(_covers(part, scope) for part in reached)
            ):
                return True
    return False


def _open(
    access: Access, module: Module, action: str, name: str, needed: FieldLevel
) -> frozenset[str]:
    """Give the scopes on whose records one role gives both the action and the field."""
    giving = (
        role
        for role in access.roles_giving(f"{module.code}.{action}")
        if role.level_of_field(module.code, name) >= needed
    )
    if not module.has_record_access:
        return frozenset({ALL}) if any(giving) else frozenset()
    return _simplest(frozenset().union(*(r.scopes_for(module.code, action) for r in giving)))


def _covers(scopes: frozenset[str], scope: str) -> bool:
    return ALL in scopes or scope in scopes or (scope == OWN and bool(scopes))


def gather(people: Mapping[frozenset[Mark], int], holders: int) -> Impact:
    """Add up people by what happens to them, naming together what reaches the same people."""
    reached: dict[Mark, list[frozenset[Mark]]] = {}
    for marks in people:
        for mark in marks:
            reached.setdefault(mark, []).append(marks)
    together: dict[tuple[Kind, frozenset[frozenset[Mark]]], list[str]] = {}
    for (kind, name), groups in reached.items():
        together.setdefault((kind, frozenset(groups)), []).append(name)
    effects = [
        Effect(kind, tuple(sorted(names)), sum(people[marks] for marks in groups))
        for (kind, groups), names in together.items()
    ]
    effects.sort(key=lambda effect: (KINDS.index(effect.kind), -effect.people, effect.names))
    noticing = sum(count for marks, count in people.items() if marks)
    return Impact(holders=holders, people=noticing, effects=tuple(effects))
