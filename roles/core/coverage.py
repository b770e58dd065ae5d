"""What of a role the actor covers, item by item, and what is too much of it (D4, R15).

Nothing here answers with a bare no: each `Excess` names one thing that is too much, the rule, and
the way out. Roles are compiled as if every module were switched on, the actor's and the others':
what a disabled module gives returns with it (R7), to nobody who could not have been given it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .access import Access, simplified
from .compile import CompiledRole
from .specs import NOTHING, Catalogue
from .vocabulary import ALL, EVERY_FIELD, OWN, FieldLevel

DEFINE = "privileges.define"
"""The feature that covers every privilege, held or not (D4)."""

FIELD_ACTIONS = frozenset({"view", "create", "edit"})
"""The actions for which D4 compares fields."""

Kind = Literal["permission", "scopes", "fields", "together", "privilege", "level", "rank", "self"]
Rule = Literal["D2", "D3", "D4", "D6"]
Road = Literal["", "base", "heir"]
Remedy = Literal["ask_owner", "ask_other", "narrow", "lower"]


@dataclass(frozen=True, slots=True)
class Excess:
    """One thing too much for the actor.

    `about` is a permission's code, a privilege's name, a level or a rank. `role` is the role that
    would give it, `via` how that role comes in: as the base, or as one that is based on the role.
    It is `taken` where the change takes it away.
    `lacking` names the scopes or fields of the item that no single role of the actor has.
    Where it is about something that they may not read, it `is_veiled` and told without it (R23).
    """

    kind: Kind
    rule: Rule
    about: str
    role: str = ""
    via: Road = ""
    lacking: tuple[str, ...] = ()
    remedy: Remedy = "ask_owner"
    taken: bool = False
    is_veiled: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What comparing roles needs to know: the catalogue, and the fields of each module.

    `*` always counts as one of them: it stands for the fields that are added later (R10).
    `items` remembers what roles that stand give, beside each role, so that its id stays its own.
    """

    catalogue: Catalogue
    fields: Mapping[str, Collection[str]] = field(default_factory=lambda: NOTHING)
    items: dict[tuple[int, str], tuple[CompiledRole, "Item"]] = field(
        default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Item:
    """What a role gives with one permission: whose records, and how much of each field."""

    code: str
    scopes: frozenset[str]
    levels: Mapping[str, FieldLevel]


def item_of(role: CompiledRole, code: str, ground: Ground) -> Item:
    """Give what the role gives with `code`, or would give if it were ticked."""
    permission = ground.catalogue.permissions.get(code)
    module = ground.catalogue.modules.get((permission and permission.module) or "")
    action = permission.action if permission else None
    if module is None or action is None:
        return Item(code, frozenset({ALL}), NOTHING)
    by_owner = module.has_record_access
    scopes = simplified(role.scopes_for(module.code, action)) if by_owner else frozenset({ALL})
    levels = role.levels_of_fields(module.code, names_of(module.code, action, ground))
    return Item(code, scopes, levels)


def names_of(module: str, action: str, ground: Ground) -> Collection[str]:
    """Give the fields that count for an action: none unless it reads or writes them (D4)."""
    if action not in FIELD_ACTIONS:
        return ()
    return {EVERY_FIELD, *ground.fields.get(module, ())}


def excess_of_item(actor: Access, item: Item, ground: Ground, *, role: str) -> Excess | None:
    """Say what of the item no single role of the actor has, or give `None` (D4, R15)."""
    gaps = [
        _gap(item, standing_item_of(own, item.code, ground))
        for own in actor.roles_giving(item.code)
    ]
    if not gaps:
        return Excess("permission", "D4", item.code, role)
    if any(not scopes and not fields for scopes, fields in gaps):
        return None
    by_fields = [fields for scopes, fields in gaps if not scopes]
    if not by_fields:
        scopes = min((scopes for scopes, _fields in gaps), key=len)
        return Excess("scopes", "D4", item.code, role, lacking=scopes, remedy="narrow")
    if any(not fields for _scopes, fields in gaps):
        return Excess("together", "D4", item.code, role, remedy="narrow")
    lacking = min(by_fields, key=len)
    return Excess("fields", "D4", item.code, role, lacking=lacking, remedy="narrow")


def standing_item_of(role: CompiledRole, code: str, ground: Ground) -> Item:
    """Give `item_of` a role that stands, as the actor's do: choices ask for it again and again."""
    key = id(role), code
    if key not in ground.items:
        ground.items[key] = role, item_of(role, code, ground)
    return ground.items[key][1]


def _gap(wished: Item, held: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the scopes and the fields in which `wished` goes beyond `held`."""
    scopes = () if ALL in held.scopes else sorted(wished.scopes - held.scopes - {OWN})
    open_to = held.levels
    fields = sorted([name for name, level in wished.levels.items() if level > open_to[name]])
    return tuple(scopes), tuple(fields)


def excess_of_effect(
    actor: Access, role: CompiledRole, ground: Ground, via: Road = ""
) -> Iterator[Excess]:
    """Say what of all that a role gives the actor does not cover (D4, D5)."""
    for code in in_order(role.permissions, ground):
        found = excess_of_item(actor, item_of(role, code, ground), ground, role=role.code)
        if found:
            yield replace(found, via=via)
    for name in sorted(role.privileges):
        if name not in actor.privileges and not actor.can(DEFINE):
            yield Excess("privilege", "D4", name, role.code, via)


def in_order(codes: Collection[str], ground: Ground) -> Iterator[str]:
    """Order codes as the grid does, those that nothing declares last."""
    known = ground.catalogue.permissions
    yield from (code for code in known if code in codes)
    yield from sorted(code for code in codes if code not in known)
