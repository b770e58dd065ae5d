"""What of a role the actor can neither tick nor untick (D4): one answer for the grid and the API.

A cell is locked where the change of that one cell would be refused. The services ask about the
whole change again: what is not locked may still be too much together with the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .access import Access
from .compile import CompiledRole, implied_by
from .coverage import Excess, Ground, excess_of_item, item_of
from .delegation import excess_of_touching
from .specs import NOTHING


@dataclass(frozen=True, slots=True)
class Locks:
    """What is locked, each with the reason. With `whole` nothing of the role can change.

    `cells` are keyed by code.
    """

    whole: Excess | None = None
    cells: Mapping[str, Excess] = field(default_factory=lambda: NOTHING)


NO_LOCKS = Locks()
"""What an Owner meets: D3 to D6a do not hold them (D1)."""


def locks_on(
    actor: Access,
    role: CompiledRole,
    ground: Ground,
    *,
    is_new: bool = False,
    heirs: Iterable[CompiledRole] = (),
) -> Locks:
    """Give what is locked on a role on which `heirs` stand."""
    if actor.is_owner:
        return NO_LOCKS
    reached = tuple(heirs)
    touching = () if is_new else excess_of_touching(actor, role, reached)
    return Locks(
        whole=next(iter(touching), None),
        cells=dict(_cells(actor, role, reached, ground)),
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
