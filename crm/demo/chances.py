"""Choices that the demonstration leaves to its seed."""

import random
from collections.abc import Sequence
from typing import TypeVar

from accounts.models import User
from crm.models.record import Record

SomeRecord = TypeVar("SomeRecord", bound=Record)


def perhaps(rng: random.Random, chance: float, choices: Sequence[str]) -> str:
    """Choose a text, or by the rest of the chance none."""
    return rng.choice(choices) if rng.random() < chance else ""


def one_of(
    rng: random.Random, records: Sequence[SomeRecord], owner: User | None, *, strangers: float
) -> SomeRecord | None:
    """Choose a record of the same owner, by the chance `strangers` anybody's; `None` for none."""
    alive = [record for record in records if record.deleted_at is None]
    theirs = [record for record in alive if record.owner == owner]
    chosen = alive if rng.random() < strangers else theirs
    return rng.choice(chosen) if chosen else None
