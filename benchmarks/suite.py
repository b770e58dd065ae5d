"""Which measures exist and how often each repeats."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from . import edits, lists, pages, several, warm
from .plan import Plan
from .rows import Row
from .workers import pool


@dataclass(frozen=True, slots=True)
class Measure:
    """A function, and how many rounds it takes in a full and in a quick run."""

    run: Callable[[Plan], list[Row]]
    rounds: int
    quick: int


MEASURES = {
    "a": Measure(warm.measure_a, 200, 40),
    "a2": Measure(warm.measure_a2, 200, 40),
    "b": Measure(pages.measure_b, 150, 20),
    "b2": Measure(pages.measure_b2, 40, 5),
    "e": Measure(lists.measure, 120, 10),
    "processes": Measure(several.measure, 200, 10),
    "f": Measure(edits.measure, 120, 8),
}


HOLDERS = 100_000
QUICK_HOLDERS = 1_000


def run(only: str | None, *, quick: bool) -> list[Row]:
    """Run all measures, or one, and say on the standard error how it goes."""
    rows = []
    with pool() as processes:
        for name, measure in MEASURES.items():
            if only in (None, name):
                start = perf_counter()
                rounds = measure.quick if quick else measure.rounds
                rows += measure.run(Plan(rounds, QUICK_HOLDERS if quick else HOLDERS, processes))
                print(f"  {name}: {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return rows
