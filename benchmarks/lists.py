"""Goal e: a list of 50 over HTTP, against a plain ModelViewSet of the same columns."""

from functools import partial

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import Contact

from . import world
from .listed import VIEWS
from .plan import Plan
from .rows import Row, count, ratio
from .sides import FLOOR, OURS, Side, sign_in
from .timing import cpu_seconds_of, seconds_of, take_turns

SIDES = {"plain": FLOOR, "django": FLOOR, "checked": OURS, "scoped": OURS, "kit": OURS}
RECORDS = 500
ROWS = 50
WHAT = {"checked": "check", "scoped": "check and scope", "kit": "the whole kit: masks, references"}
LIMITS = {"checked": 1.12, "scoped": 1.45, "kit": None}


class Reader:
    """Someone who is signed in on one side and reads the list of one view."""

    def __init__(self, view: str, side: Side) -> None:
        self._side, self._url = side, f"/listed/{view}/"
        self._client = Client()
        key = sign_in(side, world.PEOPLE.three).session_key
        self._client.cookies[settings.SESSION_COOKIE_NAME] = key

    def read(self) -> int:
        """Ask for the first page and give the number of its rows."""
        with self._side.active():
            answer = self._client.get(self._url)
        rows = len(answer.json()["results"])
        if rows != ROWS:
            raise AssertionError(f"{self._url} gave {rows} rows.")
        return rows

    def seconds(self) -> float:
        """Time the page: the processor's time where the database works in this process."""
        timed = cpu_seconds_of if connection.vendor == "sqlite" else seconds_of
        return timed(self.read)

    def queries(self) -> int:
        """Count the queries of a warm page."""
        self.read()
        with CaptureQueriesContext(connection) as captured:
            self.read()
        return len(captured)


def measure(plan: Plan) -> list[Row]:
    """Read the same 50 rows through every view."""
    owner = world.person(world.PEOPLE.three)
    names = (f"Number {index}" for index in range(RECORDS))
    Contact.objects.bulk_create(Contact(last_name=name, owner=owner) for name in names)
    readers = {view: Reader(view, SIDES[view]) for view in VIEWS}
    took = take_turns({view: partial(one.seconds) for view, one in readers.items()}, plan.rounds)
    asked = {view: one.queries() for view, one in readers.items()}
    return [row for view in WHAT for row in _rows(view, took, asked)]


def _rows(view: str, took: dict[str, float], asked: dict[str, int]) -> list[Row]:
    what, limit = f"list of 50 over HTTP, {WHAT[view]}", LIMITS[view]
    beside = view == "checked"
    ratio_of_django = took["django"] / took["plain"] if beside else None
    added = asked["django"] - asked["plain"] if beside else None
    return [
        ratio("e", f"{what}, × plain", took[view] / took["plain"], ratio_of_django, limit=limit),
        count(
            "e",
            f"{what}: added queries",
            asked[view] - asked["plain"],
            added,
            limit=None if view == "kit" else 0,
        ),
    ]
