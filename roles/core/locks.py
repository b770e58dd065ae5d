"""What of a role the actor can neither tick nor untick (D4): one answer for the grid and the API.

A cell is locked where the change of that one cell would be refused; a scope or a field where no
change of it could pass. The services ask about the whole change again: what is not locked may
still be too much together with the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .access import Access
from .compile import CompiledRole, implied_by
from .coverage import (
    DEFINE,
    FIELD_ACTIONS,
    Excess,
    Ground,
    excess_of_effect,
    excess_of_item,
    item_of,
)
from .delegation import excess_of_touching
from .specs import NOTHING, Module
from .vocabulary import EVERY_ACTION, EVERY_FIELD, LEVEL_MAX

Place = tuple[str, str]
"""A module, and one of its actions or fields; `*` for all the rest."""


@dataclass(frozen=True, slots=True)
class Locks:
    """What is locked, each with the reason. With `whole` nothing of the role can change.

    `cells` are keyed by code, `scopes` by (module, action or `*`), `fields` by (module, field or
    `*`), `privileges` by name. `bases` are the roles that cannot be chosen as a base, `base` says
    why the one that stands cannot go, `second_factor` why the role cannot be made to ask for one or
    to ask no more; `level_max` is the highest level that the actor may give,
    and with `defines` they may name privileges that they do not hold.
    """

    whole: Excess | None = None
    cells: Mapping[str, Excess] = field(default_factory=lambda: NOTHING)
    scopes: Mapping[Place, Excess] = field(default_factory=lambda: NOTHING)
    fields: Mapping[Place, Excess] = field(default_factory=lambda: NOTHING)
    privileges: Mapping[str, Excess] = field(default_factory=lambda: NOTHING)
    bases: Mapping[str, Excess] = field(default_factory=lambda: NOTHING)
    base: Excess | None = None
    second_factor: Excess | None = None
    level_max: int = LEVEL_MAX
    defines: bool = True


NO_LOCKS = Locks()
"""What an Owner meets: D3 to D6a do not hold them (D1)."""


def locks_on(
    actor: Access,
    role: CompiledRole,
    ground: Ground,
    *,
    is_new: bool = False,
    base: CompiledRole | None = None,
    heirs: Iterable[CompiledRole] = (),
    others: Iterable[CompiledRole] = (),
) -> Locks:
    """Give what is locked on a role; `others` are the roles that it could be based on."""
    if actor.is_owner:
        return NO_LOCKS
    reached = tuple(heirs)
    touching = () if is_new else excess_of_touching(actor, role, reached)
    return Locks(
        whole=next(iter(touching), None),
        cells=dict(_cells(actor, role, reached, ground)),
        scopes=dict(_scopes(actor, role, ground)),
        fields=dict(_fields(actor, role, ground)),
        privileges=_privileges(actor, role),
        bases=dict(_bases(actor, others, ground)),
        base=next(excess_of_effect(actor, base, ground, "base"), None) if base else None,
        second_factor=_first_of_all(actor, (role, *reached), ground),
        level_max=max(actor.rank - 1, 0),
        defines=actor.can(DEFINE),
    )


def _cells(
    actor: Access, role: CompiledRole, heirs: Iterable[CompiledRole], ground: Ground
) -> Iterator[tuple[str, Excess]]:
    """Ask about each cell by itself, with what it implies and in the roles that stand on it."""
    everything = frozenset(ground.catalogue.permissions)
    stored = role.chain[0].permissions
    for code in everything | stored:
        implied = implied_by(frozenset({code}), everything, ground.catalogue)
        asked = [
            (role, code),
            *((role, other) for other in implied if _hangs_on(role, other, role.code)),
            *(
                (heir, one)
                for heir in heirs
                for one in (code, *implied)
                if _hangs_on(heir, one, role.code)
            ),
        ]
        for one, about in asked:
            if found := excess_of_item(actor, item_of(one, about, ground), ground, role=one.code):
                yield code, found
                break


def _hangs_on(role: CompiledRole, code: str, layer: str) -> bool:
    """Tell whether the role has the cell from `layer` alone, or from nowhere yet."""
    return all(source.role == layer for source in role.permissions.get(code, ()))


def _scopes(actor: Access, role: CompiledRole, ground: Ground) -> Iterator[tuple[Place, Excess]]:
    for module in ground.catalogue.modules.values():
        if not module.has_record_access:
            continue
        said = role.chain[0].records.get(module.code, {})
        for action in (EVERY_ACTION, *module.actions):
            rest = (a for a in module.actions if a not in said)
            asked = rest if action == EVERY_ACTION else (action,)
            if found := _first(actor, role, module, asked, ground):
                yield (module.code, action), found


def _fields(actor: Access, role: CompiledRole, ground: Ground) -> Iterator[tuple[Place, Excess]]:
    """Lock every field where one of the items that it belongs to is not covered."""
    for module in ground.catalogue.modules.values():
        asked = (action for action in module.actions if action in FIELD_ACTIONS)
        if found := _first(actor, role, module, asked, ground):
            for name in (EVERY_FIELD, *ground.fields.get(module.code, ())):
                yield (module.code, name), found


def _first(
    actor: Access, role: CompiledRole, module: Module, actions: Iterable[str], ground: Ground
) -> Excess | None:
    """Give the first excess among the cells that the role gives."""
    for action in actions:
        code = f"{module.code}.{action}"
        if code in role.permissions:
            found = excess_of_item(actor, item_of(role, code, ground), ground, role=role.code)
            if found:
                return found
    return None


def _first_of_all(actor: Access, roles: Iterable[CompiledRole], ground: Ground) -> Excess | None:
    """Give the first excess in all that some roles give."""
    return next((found for one in roles for found in excess_of_effect(actor, one, ground)), None)


def _privileges(actor: Access, role: CompiledRole) -> dict[str, Excess]:
    if actor.can(DEFINE):
        return {}
    return {
        name: Excess("privilege", "D4", name, role.code)
        for name in sorted(role.chain[0].privileges - actor.privileges)
    }


def _bases(
    actor: Access, others: Iterable[CompiledRole], ground: Ground
) -> Iterator[tuple[str, Excess]]:
    for other in others:
        if found := next(excess_of_effect(actor, other, ground, "base"), None):
            yield other.code, found
