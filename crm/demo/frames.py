"""What every record of the demonstration has: an owner or none, and its moments."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection

from accounts.models import User
from crm.models.record import Record

from .people import NAMED, PEOPLE

SomeRecord = TypeVar("SomeRecord", bound=Record)

HISTORY_DAYS = 540
WITHOUT_RECORDS = frozenset({"guest", "waiting"})
BATCH = 200

SELLING = {"sales": 4, "sales-north": 9, "sales-south": 9, "sales-overseas": 9}
SERVING = {"service": 5, "help-desk": 5, "onboarding": 5}
"""How many records of their trade somebody of a department has, beside one of anybody else."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every record has: an owner or none, and its moments."""

    owner: User | None
    created_at: datetime
    changed_at: datetime
    deleted_at: datetime | None


def store(frames: Sequence[Frame], records: list[SomeRecord]) -> list[SomeRecord]:
    """Save the records, with the moments of their frames in place of this one."""
    stored = type(records[0])._default_manager.bulk_create(records, batch_size=BATCH)
    options = type(records[0])._meta
    columns = [options.get_field(name) for name in ("created_at", "changed_at")]
    for record, frame in zip(stored, frames, strict=True):
        record.created_at, record.changed_at = frame.created_at, frame.changed_at
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {options.db_table} "  # noqa: S608 - our own table
            f"SET {', '.join(f'{column.column} = %s' for column in columns)} WHERE id = %s",
            [
                [
                    *(c.get_db_prep_save(getattr(record, c.name), connection) for c in columns),
                    record.pk,
                ]
                for record in stored
            ],
        )
    return stored


def make_frames(
    rng: random.Random,
    people: Mapping[str, User],
    count: int,
    minimum: int,
    now: datetime,
    trades: Mapping[str, int],
) -> list[Frame]:
    """Share `count` records out: what was promised, the rest by trade; the oldest first."""
    owners = [person for person in PEOPLE if person.username not in WITHOUT_RECORDS]
    weights = [trades.get(person.department or "", 1) for person in owners]
    chosen = rng.choices(owners, weights, k=count)
    promised = [people[p.username] for p in NAMED if p.username not in WITHOUT_RECORDS] * minimum
    frames = [make_frame(rng, owner, now, may_be_deleted=False) for owner in promised]
    for person in chosen[len(frames) :]:
        owner = None if rng.random() < 0.04 else people[person.username]
        frames.append(make_frame(rng, owner, now, may_be_deleted=True))
    return sorted(frames, key=lambda frame: frame.created_at)


def make_certain_frames(
    rng: random.Random,
    people: Mapping[str, User],
    count: int,
    minimum: int,
    now: datetime,
    trades: Mapping[str, int],
) -> list[Frame]:
    """Share records out; one without an owner and one in the trash are there for certain."""
    frames = make_frames(rng, people, count - 2, minimum, now, trades)
    nobodys = make_frame(rng, None, now, may_be_deleted=False)
    deleted = make_frame(rng, people["user"], now, may_be_deleted=False)
    frames += [nobodys, replace(deleted, deleted_at=deleted.changed_at)]
    return sorted(frames, key=lambda frame: frame.created_at)


def make_frame(
    rng: random.Random, owner: User | None, now: datetime, *, may_be_deleted: bool
) -> Frame:
    """Give moments within the history; what may be deleted now and then is."""
    created = _working_hour(rng, now - timedelta(days=rng.uniform(2, HISTORY_DAYS)))
    changed = created + (now - created) * rng.random()
    gone = may_be_deleted and rng.random() < 0.05
    return Frame(owner, created, changed, changed if gone else None)


def _working_hour(rng: random.Random, moment: datetime) -> datetime:
    """Move a moment into office hours, and off the weekend to the Friday before."""
    day = moment - timedelta(days=max(0, moment.weekday() - 4))
    return day.replace(hour=rng.randint(8, 17), minute=rng.randint(0, 59), microsecond=0)
