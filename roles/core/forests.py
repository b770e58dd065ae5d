"""Trees given as child -> parent: departments, managers, bases of roles."""

from collections.abc import Mapping


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
