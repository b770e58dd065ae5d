"""How much a measure repeats, and the processes that help it."""

from dataclasses import dataclass, field

from .rows import Cell
from .workers import Pool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measure gets: rounds, how many hold the larger role, how many contacts, processes.

    `cells` takes what stands in the table of lists.
    """

    rounds: int
    holders: int
    sizes: tuple[int, ...]
    pool: Pool
    cells: list[Cell] = field(default_factory=list)
