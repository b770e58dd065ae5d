"""The sum of a save: how much it changes, and what that means for people."""

from ..core.changes import RoleChanges
from ..core.impact import Impact
from ..services.impact_words import reach_in_words
from .words import summary


def outcome(changes: RoleChanges, impact: Impact) -> str:
    """Sum up a save in one line: how much it changes, and whom that reaches."""
    text = summary(changes)
    return f"{text} · {reach_in_words(impact)}" if text and impact.holders else text
