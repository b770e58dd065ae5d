"""Choices that the demonstration leaves to its seed."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from accounts.models import User
from crm.models.record import Record

SomeRecord = TypeVar("SomeRecord", bound=Record)


def perhaps(rng: random.Random, chance: float, choices: Sequence[str]) -> str:
    """Choose a text, or by the rest of the chance none."""
    return rng.choice(choices) if rng.random() < chance else ""


class Choices(Generic[SomeRecord]):
    """Records to refer to, those in the trash left out, found by their owner."""

    def __init__(self, records: Iterable[SomeRecord]) -> None:
        self._alive = [record for record in records if record.deleted_at is None]
        self._theirs: dict[int | None, list[SomeRecord]] = defaultdict(list)
        for record in self._alive:
            self._theirs[record.owner_id].append(record)

    def one_of(
        self, rng: random.Random, owner: User | None, *, strangers: float
    ) -> SomeRecord | None:
        """Choose a record of the owner, by the chance `strangers` anybody's; `None` for none."""
        theirs = self._theirs.get(owner.pk if owner else None, [])
        chosen = self._alive if rng.random() < strangers else theirs
        return rng.choice(chosen) if chosen else None
