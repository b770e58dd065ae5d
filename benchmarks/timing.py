"""Medians of cases that take turns, so that a busy machine is busy for all of them alike."""

import gc
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter, thread_time

Case = Callable[[], float]
"""Do the work once and give the seconds of the part that counts."""

WARM_UP = 3
_order = random.Random(1)


def seconds_of(action: Callable[[], object]) -> float:
    """Time one call."""
    start = perf_counter()
    action()
    return perf_counter() - start


def cpu_seconds_of(action: Callable[[], object]) -> float:
    """Time one call that waits for nothing; what other processes do meanwhile is left out."""
    start = thread_time()
    action()
    return thread_time() - start


def take_turns(
    cases: Mapping[str, Case], rounds: int, before_each: Callable[[], None] | None = None
) -> dict[str, float]:
    """Run every case once a round, in an order shuffled anew each time; give their medians."""
    return {name: median(values) for name, values in all_turns(cases, rounds, before_each).items()}


def all_turns(
    cases: Mapping[str, Case], rounds: int, before_each: Callable[[], None] | None = None
) -> dict[str, list[float]]:
    """Do what `take_turns` does, and give the seconds of every round."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    with _without_collector():
        for number in range(rounds + WARM_UP):
            if before_each is not None:
                before_each()
            _order.shuffle(names)
            for name in names:
                took = cases[name]()
                if number >= WARM_UP:
                    seconds[name].append(took)
            gc.collect(1)
    return seconds


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let no collection fall into one case by chance; it happens between the rounds."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
