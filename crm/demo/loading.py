"""Load the demonstration account, once, into an installation that nobody uses yet."""

import random
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User

from .history import load_history
from .lately import load_lately
from .organisation import DEPARTMENTS, TEAMS, load_organisation
from .people import PEOPLE
from .records import load_records
from .roles import SAMPLE_ROLES

SEED = 20_26


class InUse(Exception):
    """The database has users who are not of the demonstration."""


def is_loaded() -> bool:
    """Tell whether somebody of the demonstration is here, by username and address.

    People whom a visitor added since, or removed, do not matter.
    """
    here = set(User.objects.values_list("username", "email"))
    return any((person.username, person.email) in here for person in PEOPLE)


def load_demonstration(*, seed: int = SEED, now: datetime | None = None) -> dict[str, int]:
    """Load everything or nothing, and tell how many of what; raises `InUse`.

    The same `seed` at the same `now` makes the same account.
    """
    rng = random.Random(seed)  # noqa: S311 - a demonstration, not a secret
    now = now or timezone.now()
    with transaction.atomic():
        if User.objects.exists():
            raise InUse
        people = load_organisation(rng, now)
        load_history(people, rng, now)
        counts = load_records(people, rng, now)
        load_lately(people, now)
    refresh_statistics()
    return {
        "people": len(people),
        "departments": len(DEPARTMENTS),
        "teams": len(TEAMS),
        "roles": len(SAMPLE_ROLES),
        **counts,
    }


def refresh_statistics() -> None:
    """Tell the planner how large the tables are now; stale numbers make slow pages."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        elif connection.vendor == "sqlite":
            cursor.execute("PRAGMA optimize=0x10002")
