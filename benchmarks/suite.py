"""Which measures exist and how often each repeats."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from . import edits, lists, pages, reach, several, warm
from .plan import Plan
from .rows import Cell, Row
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
    "c": Measure(reach.measure, 40, 5),
    "processes": Measure(several.measure, 200, 10),
    "f": Measure(edits.measure, 120, 8),
}


HOLDERS = 100_000
QUICK_HOLDERS = 1_000
SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000, 20_000)


def run(only: str | None, *, quick: bool) -> tuple[list[Row], list[Cell]]:
    """Run all measures, or one, and say on the standard error how it goes."""
    rows, cells = [], []
    with pool() as processes:
        for name, measure in MEASURES.items():
            if only in (None, name):
                start = perf_counter()
                plan = Plan(
                    rounds=measure.quick if quick else measure.rounds,
                    holders=QUICK_HOLDERS if quick else HOLDERS,
                    sizes=QUICK_SIZES if quick else SIZES,
                    pool=processes,
                )
                rows += measure.run(plan)
                cells += plan.cells
                print(f"  {name}: {perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return rows, cells
