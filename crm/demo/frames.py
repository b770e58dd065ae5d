"""What every record of the demonstration has: an owner or none, and its moments."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from crm.models.record import Record

from .people import NAMED

HISTORY_DAYS = 548
WITHOUT_RECORDS = frozenset({"guest", "waiting"})


@dataclass(frozen=True, slots=True)
class Frame:
    """What every record has: an owner or none, and its moments."""

    owner: User | None
    created_at: datetime
    changed_at: datetime
    deleted_at: datetime | None


def store(frames: Sequence[Frame], records: list[Record]) -> list[Record]:
    """Save the records as fixtures are saved: raw, or they would all be of this moment."""
    for record, frame in zip(records, frames, strict=True):
        record.created_at, record.changed_at = frame.created_at, frame.changed_at
        record.save_base(raw=True, force_insert=True)
    return records


def make_frames(
    rng: random.Random, people: Mapping[str, User], count: int, minimum: int, now: datetime
) -> list[Frame]:
    """Share `count` records out: what was promised, the rest by chance; the oldest first."""
    owners = [user for name, user in people.items() if name not in WITHOUT_RECORDS]
    promised = [people[p.username] for p in NAMED if p.username not in WITHOUT_RECORDS] * minimum
    frames = [make_frame(rng, owner, now, may_be_deleted=False) for owner in promised]
    for _ in range(count - len(frames)):
        owner = None if rng.random() < 0.07 else rng.choice(owners)
        frames.append(make_frame(rng, owner, now, may_be_deleted=True))
    return sorted(frames, key=lambda frame: frame.created_at)


def make_frame(
    rng: random.Random, owner: User | None, now: datetime, *, may_be_deleted: bool
) -> Frame:
    """Give moments within the history; what may be deleted now and then is."""
    created = _working_hour(rng, now - timedelta(days=rng.uniform(2, HISTORY_DAYS)))
    changed = created + (now - created) * rng.random()
    gone = may_be_deleted and rng.random() < 0.08
    return Frame(owner, created, changed, changed if gone else None)


def _working_hour(rng: random.Random, moment: datetime) -> datetime:
    """Move a moment into office hours, and off the weekend to the Friday before."""
    day = moment - timedelta(days=max(0, moment.weekday() - 4))
    return day.replace(hour=rng.randint(8, 17), minute=rng.randint(0, 59), microsecond=0)
