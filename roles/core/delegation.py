"""What a wished-for change has in excess of the actor: ranks, coverage, ripple (D2-D6).

A cell of a role is one item, covered by one single role of the actor or not at all. A narrower
item is covered wherever a wider one is, so "what it widens as it is after the change, what it
narrows as it was before" comes to this: what a change touches must be covered before and after.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .access import Access
from .compile import CompiledRole
from .coverage import (
    DEFINE,
    FIELD_ACTIONS,
    Excess,
    Ground,
    Remedy,
    excess_of_effect,
    excess_of_item,
    in_order,
    item_of,
    standing_item_of,
)
from .specs import RoleSpec
from .vocabulary import EVERY_ACTION, OWNER_RANK


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of one role with what it moves: its base, and the roles that stand on it (D6).

    A new role has no `before`, a deleted one no `after`. Of these `theirs` are the codes of
    those that the actor holds, or on which one stands that they hold: now, from a later moment on,
    or resting without a second factor.
    """

    before: CompiledRole | None
    after: CompiledRole | None
    base_before: CompiledRole | None = None
    base_after: CompiledRole | None = None
    heirs: tuple[tuple[CompiledRole, CompiledRole], ...] = ()
    theirs: frozenset[str] = frozenset()


# Ranks (D3, D6)


def rank_as_target(levels: Iterable[int], *, outranks_all: bool = False) -> int:
    """Give a person's rank as the target of administration, 0 without roles.

    `levels` are those of every assignment that has not ended, later ones too; Owners and
    superusers outrank 100.
    """
    return OWNER_RANK if outranks_all else max(levels, default=0)


def excess_of_rank(actor: Access, rank: int) -> tuple[Excess, ...]:
    """Say where a person's rank is not strictly below the actor's (D3); an Owner passes (D1)."""
    if actor.outranks_all or rank < actor.rank:
        return ()
    return (Excess("rank", "D3", str(rank)),)


def _excess_of_level(actor: Access, role: CompiledRole, remedy: Remedy) -> Iterator[Excess]:
    if _outranks(role, actor):
        yield Excess("level", "D3", str(role.level), role.code, remedy=remedy)


def _excess_of_heirs(actor: Access, heirs: Iterable[CompiledRole]) -> Iterator[Excess]:
    for heir in heirs:
        if _outranks(heir, actor):
            yield Excess("level", "D6", str(heir.level), heir.code, via="heir")


def _outranks(role: CompiledRole, actor: Access) -> bool:
    return role.is_owner or role.level >= actor.rank


def excess_of_touching(
    actor: Access, role: CompiledRole, heirs: Iterable[CompiledRole]
) -> tuple[Excess, ...]:
    """Say where a role cannot be changed at all: its level (D3), and those of its heirs (D6)."""
    if actor.outranks_all:
        return ()
    level = _excess_of_level(actor, role, "ask_owner")
    return (*level, *_excess_of_heirs(actor, heirs))


def excess_of_assigning(actor: Access, role: CompiledRole, ground: Ground) -> tuple[Excess, ...]:
    """Say what forbids the actor to give the role to anyone at all (D3, D5)."""
    if actor.is_owner:
        return ()
    level = _excess_of_level(actor, role, "ask_owner")
    return (*level, *excess_of_effect(actor, role, ground))


# Changes


def excess_of_change(actor: Access, wish: Wish, ground: Ground) -> tuple[Excess, ...]:
    """Say everything in which a change of a role goes beyond the actor; an Owner passes (D1)."""
    if actor.is_owner:
        return ()
    found = [
        *(_excess_of_level(actor, wish.before, "ask_owner") if wish.before else ()),
        *_excess_of_heirs(actor, (before for before, _after in wish.heirs)),
        *(_excess_of_level(actor, wish.after, "lower") if wish.after else ()),
        *_excess_of_bases(actor, wish, ground),
        *_excess_of_items(actor, wish.before, wish.after, ground),
        *_excess_of_privileges(actor, wish.before, wish.after, wish.theirs),
    ]
    for before, after in wish.heirs:
        found += (
            replace(excess, via="heir")
            for excess in (
                *_excess_of_items(actor, before, after, ground, own_layer=False),
                *(
                    _excess_of_privileges(actor, before, after, wish.theirs)
                    if _asks_otherwise(before, after)
                    else ()
                ),
            )
        )
    return tuple(dict.fromkeys(found))


def _excess_of_bases(actor: Access, wish: Wish, ground: Ground) -> Iterator[Excess]:
    """Ask about all that a base gives, the one that goes and the one that comes."""
    if _base(wish.before) == _base(wish.after):
        return
    for base in (wish.base_before, wish.base_after):
        if base is not None:
            yield from excess_of_effect(actor, base, ground, "base")


def _base(role: CompiledRole | None) -> str | None:
    return role.chain[0].base if role else None


def _excess_of_items(
    actor: Access,
    before: CompiledRole | None,
    after: CompiledRole | None,
    ground: Ground,
    *,
    own_layer: bool = True,
) -> Iterator[Excess]:
    """Ask about every item that comes out otherwise, and each that the role's own layer touches."""
    given = [role.permissions for role in (before, after) if role is not None]
    ticked = _ticked(before) ^ _ticked(after) if own_layer else frozenset()
    for code in in_order(ticked.union(*given), ground):
        yield from _excess_of_cell(actor, before, after, code, ground, own_layer=own_layer)


def _excess_of_cell(
    actor: Access,
    before: CompiledRole | None,
    after: CompiledRole | None,
    code: str,
    ground: Ground,
    *,
    own_layer: bool = True,
) -> Iterator[Excess]:
    """Ask about one item, as it was and as it would be, where the change touches it.

    An own grant that the base gives too changes nothing today, but it would stay when the base
    loses it; so it is asked about like any other.
    """
    states = [role for role in (before, after) if role is not None]
    ticked = own_layer and (code in _ticked(before)) != (code in _ticked(after))
    items = [
        read(role, code, ground) if ticked or code in role.permissions else None
        for role, read in ((before, standing_item_of), (after, item_of))
        if role is not None
    ]
    says = [_says(role.chain[0], code, ground) if own_layer else None for role in states]
    same = len(states) > 1 and items[0] == items[1] and says[0] == says[1]
    if same and not _asks_otherwise(before, after):
        return
    taken = after is None or code not in after.permissions
    for role, item in zip(states, items, strict=True):
        found = item and excess_of_item(actor, item, ground, role=role.code)
        if found:
            yield replace(found, taken=taken)


def excess_of_cells(
    actor: Access, wish: Wish, codes: Iterable[str], ground: Ground
) -> Iterator[Excess]:
    """Say what of some cells is too much in a change of a role, and in the roles on it (D4, D6)."""
    asked = tuple(codes)
    for code in asked:
        yield from _excess_of_cell(actor, wish.before, wish.after, code, ground)
    for before, after in wish.heirs:
        for code in asked:
            for one in _excess_of_cell(actor, before, after, code, ground, own_layer=False):
                yield replace(one, via="heir")


def _asks_otherwise(before: CompiledRole | None, after: CompiledRole | None) -> bool:
    """Tell whether a second factor is asked for or no more, here or below: all hangs on it."""
    if before is None or after is None:
        return False
    own = before.chain[0].second_factor != after.chain[0].second_factor
    return own or before.second_factor != after.second_factor


def _ticked(role: CompiledRole | None) -> frozenset[str]:
    return role.chain[0].permissions if role else frozenset()


def _says(layer: RoleSpec, code: str, ground: Ground) -> tuple[object, ...]:
    """Give what one layer stores about a cell: its tick, its scopes, the module's fields."""
    permission = ground.catalogue.permissions.get(code)
    if permission is None or permission.module is None or permission.action is None:
        return (code in layer.permissions,)
    module, action = permission.module, permission.action
    scopes = layer.records.get(module, {})
    governing = action if action in scopes else EVERY_ACTION
    fields = layer.fields.get(module, {}) if action in FIELD_ACTIONS else {}
    return (code in layer.permissions, governing, scopes.get(governing), dict(fields))


def _excess_of_privileges(
    actor: Access, before: CompiledRole | None, after: CompiledRole | None, theirs: frozenset[str]
) -> Iterator[Excess]:
    """Ask about every privilege that comes or goes (D4).

    Who may define privileges gives them to others; by way of a role of theirs nobody gives
    themselves one (D2). To take from it what its base still gives is no giving.
    """
    rests = _asks_otherwise(before, after)
    taken = frozenset() if rests else _own_privileges(before) - _own_privileges(after)
    touched = _own_privileges(before) ^ _own_privileges(after)
    touched |= _privileges(before) ^ _privileges(after)
    if rests:
        touched |= _privileges(before) | _privileges(after)
    role = after or before
    code = role.code if role else ""
    for name in sorted(touched - actor.privileges):
        if not actor.can(DEFINE):
            yield Excess("privilege", "D4", name, code)
        elif code in theirs and name in _privileges(after) - taken:
            yield Excess("self", "D2", name, code, remedy="ask_other")


def _own_privileges(role: CompiledRole | None) -> frozenset[str]:
    return role.chain[0].privileges if role else frozenset()


def _privileges(role: CompiledRole | None) -> frozenset[str]:
    return frozenset(role.privileges) if role else frozenset()
