"""Several processes: each must give the new answer to whoever asks after a commit."""

from functools import partial
from typing import Any

from . import changes, world
from .plan import Plan
from .rows import Row, count, ratio
from .sides import SIDES, sign_in_everywhere
from .timing import seconds_of, take_turns
from .workers import Worker, ask_all

PROCESSES = 4


class Asked:
    """Processes that are asked about a permission which this process grants and revokes."""

    def __init__(self, processes: list[Worker]) -> None:
        visitors = sign_in_everywhere(world.PEOPLE.three)
        self._processes = processes
        self._keys = {name: visitor.session_key for name, visitor in visitors.items()}
        self.granted = False
        self.answers = 0
        self.stale = dict.fromkeys(SIDES, 0)

    def commit(self) -> None:
        """Change the role, and the group that mirrors it."""
        self.granted = not self.granted
        for change in (changes.set_grant, changes.set_group_permission):
            change(world.TOGGLED_ROLE, world.TOGGLED, self.granted)
        self.answers += len(self._processes)

    def ask(self, side: str) -> None:
        """Ask every process at once and count the answers from before the commit."""
        expected = side == "floor" or self.granted
        question: Any = {"side": side, "session_key": self._keys[side], "name": world.TOGGLED}
        answers = ask_all(self._processes, **question)
        self.stale[side] += answers.count(not expected)


def measure(plan: Plan) -> list[Row]:
    """Commit a change, then ask four processes on every side; over and over."""
    asked = Asked(plan.pool.take(PROCESSES))
    cases = {side: partial(seconds_of, partial(asked.ask, side)) for side in SIDES}
    took = take_turns(cases, plan.rounds, asked.commit)
    what = f"{PROCESSES} processes asked after each commit"
    stale, floor = asked.stale, took["floor"]
    return [
        count(
            "processes",
            f"{what}: stale answers, of {asked.answers}",
            stale["ours"],
            stale["django"],
            limit=0,
        ),
        ratio(
            "processes",
            f"{what}: until all have answered, × floor",
            took["ours"] / floor,
            took["django"] / floor,
        ),
    ]
