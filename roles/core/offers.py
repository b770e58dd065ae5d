"""Which choices of a role's page a save of that choice alone would let through (D3, D4, D6).

Each is answered by the change itself, narrowed to the cells that it can touch: so what is offered
is what is accepted. What is not asked about costs nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .access import Access
from .compile import CompiledRole
from .coverage import DEFINE, FIELD_ACTIONS, Excess, Ground, excess_of_effect, item_of
from .delegation import Wish, excess_of_cells
from .role_masks import veiled
from .specs import RoleSpec
from .vocabulary import ALL, EVERY_ACTION, LEVEL_MAX, FieldLevel


@dataclass(frozen=True, slots=True)
class Offers:
    """What one person can choose for one role; `wish` leads from what it stores to what is shown.

    A choice is asked about on top of what the page shows. The reasons tell no more of roles than
    the fields that are `readable` (R23). `known` remembers what was asked.
    """

    actor: Access
    wish: Wish
    ground: Ground
    readable: Collection[str]
    known: dict[Any, Any] = field(default_factory=dict)

    @property
    def are_all(self) -> bool:
        """Whether there is nothing to ask: D3 to D6a do not hold an Owner (D1)."""
        return self.actor.is_owner

    @property
    def level_max(self) -> int:
        """The highest level that the actor may give (D3)."""
        return LEVEL_MAX if self.are_all else max(self.actor.rank - 1, 0)

    def excess_of_scopes(self, module: str, action: str, scopes: frozenset[str]) -> Excess | None:
        """Say what is too much of `scopes` for an action, or `*`; none of them is unset (R8)."""
        key = module, action, scopes
        if key not in self.known:
            self.known[key] = None if self.are_all else self._excess_of_scopes(*key)
        found: Excess | None = self.known[key]
        return found

    def _excess_of_scopes(self, module: str, action: str, scopes: frozenset[str]) -> Excess | None:
        layer = self._shown.chain[0]
        records = _put(layer.records, module, action, scopes or None)
        said = records.get(module, {})
        every = self.ground.catalogue.modules[module].actions
        asked = [a for a in every if a not in said] if action == EVERY_ACTION else [action]
        return self._first(module, asked, layer.with_changes(records=records))

    def excess_of_level(self, module: str, name: str, level: FieldLevel | None) -> Excess | None:
        """Say what is too much of `level` for a field, or `*`; `None` is unset (R10)."""
        if self.are_all:
            return None
        layer = self._shown.chain[0]
        fields = _put(layer.fields, module, name, level)
        asked = [a for a in self.ground.catalogue.modules[module].actions if a in FIELD_ACTIONS]
        return self._first(module, asked, layer.with_changes(fields=fields))

    def excess_of_second_factor(self) -> Excess | None:
        """Say why a role cannot be made to ask for one, or to ask no more: all hangs on it (D4).

        Nobody gives themselves a privilege by what a role of theirs asks for (D2).
        """
        if self.are_all:
            return None
        asks = self._shown.chain[0].second_factor
        layer = self._shown.chain[0].with_changes(second_factor=not asks)
        heirs = [after for _before, after in self.wish.heirs]
        moved = [one for one in heirs if _with(one, layer).second_factor != one.second_factor]
        found = (one for role in (self._shown, *moved) for one in self._excess_of_all(role))
        first = next(found, None)
        return first and veiled(first, self.readable)

    def _excess_of_all(self, role: CompiledRole) -> Iterator[Excess]:
        yield from excess_of_effect(self.actor, role, self.ground)
        if role.code in self.wish.theirs:
            for name in sorted(role.privileges.keys() - self.actor.privileges):
                yield Excess("self", "D2", name, role.code, remedy="ask_other")

    @property
    def privileges(self) -> frozenset[str]:
        """The privileges that the role itself has on the page."""
        return self._shown.chain[0].privileges

    def privileges_to_give(self) -> frozenset[str] | None:
        """Give the privileges that the role can get from the actor; `None` is any (D4, D2)."""
        theirs = self._shown.code in self.wish.theirs
        if self.are_all or (self.actor.can(DEFINE) and not theirs):
            return None
        return self.actor.privileges

    def privileges_to_keep(self) -> frozenset[str]:
        """Give the role's own privileges that the actor cannot take from it (D4)."""
        if self.are_all or self.actor.can(DEFINE):
            return frozenset()
        return self.privileges - self.actor.privileges

    @property
    def _shown(self) -> CompiledRole:
        if self.wish.after is None:
            raise ValueError("There is no choice about a role that goes.")
        return self.wish.after

    def _first(self, module: str, actions: Iterable[str], layer: RoleSpec) -> Excess | None:
        """Give the first thing that is too much where the role's own layer becomes `layer`."""
        codes = (f"{module}.{action}" for action in actions)
        asked = [code for code in codes if not self._holds_all_of(code)]
        if not asked:
            return None
        heirs = tuple((before, _with(after, layer)) for before, after in self.wish.heirs)
        wish = replace(self.wish, after=_with(self._shown, layer), heirs=heirs)
        found = next(excess_of_cells(self.actor, wish, asked, self.ground), None)
        return found and veiled(found, self.readable)

    def _holds_all_of(self, code: str) -> bool:
        """Tell whether nothing of a cell can be too much: one role of the actor gives all of it."""
        if code not in self.known:
            held = (item_of(role, code, self.ground) for role in self.actor.roles_giving(code))
            self.known[code] = any(
                ALL in item.scopes and set(item.levels.values()) <= {FieldLevel.EDITABLE}
                for item in held
            )
        return bool(self.known[code])


def _with(role: CompiledRole, layer: RoleSpec) -> CompiledRole:
    """Give the role with one layer of its chain replaced; which cells it gives stays."""
    chain = tuple(layer if one.code == layer.code else one for one in role.chain)
    return replace(role, chain=chain)


def _put(nested: Mapping[str, Any], module: str, name: str, value: Any) -> dict[str, Any]:
    inner = {key: found for key, found in nested.get(module, {}).items() if key != name}
    return {**nested, module: inner if value is None else {**inner, name: value}}
