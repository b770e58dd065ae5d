"""Goals b and b2: whole pages of someone who signed in, warm and right after a change.

The floor is a page of the same shape that fetches the person and asks nothing. Beside the
page stands its part between the cookie and the first answer, so that the page cannot dilute it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count as count_from

from django.db import connection
from django.test.utils import CaptureQueriesContext

from . import world
from .plan import Plan
from .rows import Row, count, ratio
from .sides import SIDES, Visitor, sign_in_everywhere
from .timing import take_turns
from .workers import Worker

PAGE = "page, × floor"
BARE = "session, user fetch and check alone, × floor"
CHANGES_WHILE_WARM = 40
QUERY_ROUNDS = 3

Seconds = Callable[[Visitor, str], tuple[float, bool]]


@dataclass(slots=True)
class Change:
    """Something that another process does and undoes, on our side and on Django's.

    `name` is the permission that comes and goes with it.
    """

    writer: Worker
    ours: str
    django: str
    switch: str
    arguments: dict[str, str]
    name: str
    done: bool = False

    def commit(self) -> None:
        """Do it, or undo it if it is done."""
        self.done = not self.done
        for command in (self.ours, self.django):
            self.writer.do(command, **self.arguments, **{self.switch: self.done})


@dataclass(slots=True)
class Asking:
    """Visitors who ask for what a change gives, and how often they got the answer from before."""

    change: Change
    visitors: dict[str, Visitor] = field(
        default_factory=partial(sign_in_everywhere, world.PEOPLE.three)
    )
    asked: int = 0
    stale: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))

    def ask(self, side: str, seconds: Seconds) -> float:
        """Time one question and look at its answer."""
        took, answer = seconds(self.visitors[side], self.change.name)
        self.asked += side == "ours"
        self.stale[side] += answer != (side == "floor" or self.change.done)
        return took

    def take_turns(
        self, seconds: Seconds, rounds: int, before: Callable[[], None] | None
    ) -> dict[str, float]:
        """Give every side's median."""
        cases = {side: partial(self.ask, side, seconds) for side in SIDES}
        return take_turns(cases, rounds, before)

    def queries(self, before: Callable[[], None]) -> dict[str, int]:
        """Count the most queries that a request took."""
        most = dict.fromkeys(SIDES, 0)
        for _ in range(QUERY_ROUNDS):
            before()
            for side in SIDES:
                with CaptureQueriesContext(connection) as captured:
                    self.ask(side, Visitor.page)
                most[side] = max(most[side], len(captured))
        return most

    def row_of_stale(self, goal_id: str, what: str) -> Row:
        """Give the counts as a line."""
        what = f"{what}: stale answers, of {self.asked}"
        return count(goal_id, what, self.stale["ours"], self.stale["django"], limit=0)


def _role_edit(writer: Worker) -> Change:
    arguments = {"role": world.TOGGLED_ROLE, "code": world.TOGGLED}
    commands = ("set_grant", "set_group_permission", "granted")
    return Change(writer, *commands, arguments, world.TOGGLED)


def _assignment(writer: Worker) -> Change:
    arguments = {"username": world.PEOPLE.three, "role": world.SPARE_ROLE}
    return Change(writer, "set_held", "set_in_group", "held", arguments, world.SPARE_PERMISSION)


def measure_b(plan: Plan) -> list[Row]:
    """Ask warm pages, and now and then let another process change a role in between."""
    asking = Asking(_role_edit(*plan.pool.take(1)))
    every = max(plan.rounds // CHANGES_WHILE_WARM, 5)
    turns = count_from(0)

    def now_and_then() -> None:
        if next(turns) % every == 0:
            asking.change.commit()

    what = "warm, with another process's change now and then"
    pages = asking.take_turns(Visitor.page, plan.rounds, now_and_then)
    bare = asking.take_turns(Visitor.bare, plan.rounds, now_and_then)
    return [
        _ratios("b", f"warm: {PAGE}", pages, limit=1.15),
        _ratios("b", f"warm: {BARE}", bare, limit=1.15),
        _queries("b", "warm: added queries", asking.queries(lambda: None), limit=0),
        asking.row_of_stale("b", what),
    ]


def measure_b2(plan: Plan) -> list[Row]:
    """Ask the first page after each change that another process commits."""
    (writer,) = plan.pool.take(1)
    rows: list[Row] = []
    for what, change in (
        ("first after a role edit", _role_edit(writer)),
        ("first after an assignment", _assignment(writer)),
    ):
        asking = Asking(change)
        pages = asking.take_turns(Visitor.page, plan.rounds, change.commit)
        bare = asking.take_turns(Visitor.bare, plan.rounds, change.commit)
        rows += [
            _ratios("b2", f"{what}: {PAGE}", pages, limit=2),
            _ratios("b2", f"{what}: {BARE}", bare, limit=2),
            _queries("b2", f"{what}: added queries", asking.queries(change.commit), limit=1),
            asking.row_of_stale("b2", what),
        ]
    return rows


def _ratios(goal_id: str, what: str, took: dict[str, float], limit: float) -> Row:
    floor = took["floor"]
    return ratio(goal_id, what, took["ours"] / floor, took["django"] / floor, limit=limit)


def _queries(goal_id: str, what: str, most: dict[str, int], limit: int) -> Row:
    floor = most["floor"]
    return count(goal_id, what, most["ours"] - floor, most["django"] - floor, limit=limit)
