"""Undo what the log tells of: a new change, checked like any other, or refused with a reason (D13).

What can be undone is registered by action, with the function that does the opposite through the
services; so whoever undoes needs what whoever makes that change needs, and `activities.undo`. An
entry is undone as its reader sees it: fields hidden from them are no part of it, as they are no
part of the page (R23).
"""

from . import records, roles, tokens
from .undo import (
    UNDO,
    Undoer,
    can_be_undone,
    found,
    keeps,
    moved_on,
    rows_for,
    undo,
    undoes,
    why_final,
)

__all__ = [
    "UNDO",
    "Undoer",
    "can_be_undone",
    "found",
    "keeps",
    "moved_on",
    "records",
    "roles",
    "rows_for",
    "tokens",
    "undo",
    "undoes",
    "why_final",
]
