"""Trees given as child -> parent: departments, managers, bases of roles."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_cycle(parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Give the members of a cycle, the first in the mapping's order; empty where there is none.

    Each is followed by its parent, and the last one's parent is the first.
    """
    settled: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        node: str | None = start
        while node is not None and node not in settled:
            if node in path:
                members = list(path)
                return tuple(members[members.index(node) :])
            path[node] = None
            node = parents.get(node)
        settled.update(path)
    return ()


def path_up(start: Node | None, parents: Mapping[Node, Node | None]) -> tuple[Node, ...]:
    """Give `start` and what lies above it; a cycle that is stored already ends the path."""
    path: dict[Node, None] = {}
    node = start
    while node is not None and node in parents and node not in path:
        path[node] = None
        node = parents[node]
    return tuple(path)


def height(node: Node, parents: Mapping[Node, Node | None]) -> int:
    """Count the layers from `node` down to the lowest of those below it, itself included."""
    children: dict[Node | None, list[Node]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    layer, count, seen = [node], 1, {node}
    while layer := [c for n in layer for c in children.get(n, []) if c not in seen]:
        seen.update(layer)
        count += 1
    return count
