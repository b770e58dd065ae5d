"""Hold administration still between what somebody was shown and what they change."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from ..models.versions import lock_policy


@contextmanager
def held_still() -> Iterator[None]:
    """Open a transaction in which nobody else administers: what is read in it stays so."""
    with transaction.atomic():
        lock_policy()
        yield
