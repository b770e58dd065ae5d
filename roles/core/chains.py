"""Whether a role may stand on a base (R3, R4)."""

from collections.abc import Collection, Mapping
from typing import Literal

from .forests import Node, height, path_up
from .vocabulary import CHAIN_MAX

ChainProblem = Literal["cycle", "owner", "long"]


def find_chain_problem(
    role: Node | None, base: Node | None, bases: Mapping[Node, Node | None], owner: Node | None
) -> ChainProblem | None:
    """Say what forbids `base` as the base of `role`, or give `None`.

    `bases` maps every role to its base as they are now; a role that is not stored yet is `None`.
    What is based on the role moves along, so its height counts.
    """
    above = path_up(base, bases)
    if role is not None and role in above:
        return "cycle"
    if owner in above:
        return "owner"
    below = 1 if role is None else height(role, bases)
    return "long" if above and len(above) + below > CHAIN_MAX else None


def find_chain_problems(
    bases: Mapping[Node, Node | None], moved: Collection[Node], owner: Node | None
) -> dict[Node, ChainProblem]:
    """Say what forbids the bases of `moved`, all of which stand there in `bases` already.

    Of a chain that is too long the moved role nearest to its end is named: what stands on it
    came along.
    """
    found: dict[Node, ChainProblem] = {}
    for role in bases:
        path = path_up(role, bases)
        lowest = next((layer for layer in path if layer in moved), None)
        if len(path) > CHAIN_MAX and lowest is not None:
            found[lowest] = "long"
    for role in moved:
        above = path_up(bases.get(role), bases)
        if role in above:
            found[role] = "cycle"
        elif owner in above:
            found[role] = "owner"
    return found
