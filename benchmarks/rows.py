"""One line of the table: what was measured, ours, Django's, the goal and whether it is met."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A figure on one database; `met` is `None` where it only stands beside a goal."""

    goal_id: str
    what: str
    ours: str
    django: str = ""
    goal: str = ""
    met: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Give a dictionary that `Row(**values)` turns back."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Cell:
    """One reader and one set of scopes: a line of the table of lists, by its columns' heads."""

    reader: str
    figures: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Give a dictionary that `Cell(**values)` turns back."""
        return asdict(self)


def ratio(
    goal_id: str, what: str, ours: float, django: float | None = None, *, limit: float | None = None
) -> Row:
    """Make a line of ratios; it is met where ours is not above `limit`."""
    return Row(
        goal_id,
        what,
        digits(ours),
        "" if django is None else digits(django),
        "" if limit is None else f"≤ {limit:g}",
        None if limit is None else ours <= limit,
    )


def count(
    goal_id: str, what: str, ours: int, django: int | None = None, *, limit: int | None = None
) -> Row:
    """Make a line of whole numbers; it is met where ours is not above `limit`."""
    return Row(
        goal_id,
        what,
        str(ours),
        "" if django is None else str(django),
        "" if limit is None else (f"≤ {limit}" if limit else "0"),
        None if limit is None else ours <= limit,
    )


def digits(value: float) -> str:
    """Give three figures, and no more than the measurement can bear."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
