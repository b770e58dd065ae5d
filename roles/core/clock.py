"""The moment at which everything is asked, so that a policy test can name its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("roles_fixed_moment", default=None)


def now() -> datetime:
    """Give the present moment in UTC, or the one that `moment` fixed in this context."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def moment(at: datetime) -> Iterator[None]:
    """Answer every question inside the block as at `at`, which must carry a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone; a moment needs one.")
    token = _fixed.set(at)
    try:
        yield
    finally:
        _fixed.reset(token)
