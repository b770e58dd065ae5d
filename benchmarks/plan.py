"""How much a measure repeats, and the processes that help it."""

from dataclasses import dataclass

from .workers import Pool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measure gets: rounds, how many hold the larger role, other processes."""

    rounds: int
    holders: int
    pool: Pool
