"""What the log can tell of: each action with the sentence that says it (D13).

An app declares what its services log; what is not declared cannot be logged, so that nobody ever
reads a code where a sentence should stand.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

CREATED, CHANGED, DELETED = "created", "changed", "deleted"
SHARED, ASSIGNED, JOINING, SIGNING, OTHER = "shared", "assigned", "joining", "signing", "other"
GROUPS = {
    CREATED: _("Created"),
    CHANGED: _("Changed"),
    DELETED: _("Deleted"),
    SHARED: _("Shared"),
    ASSIGNED: _("Roles given"),
    JOINING: _("People in and out"),
    SIGNING: _("Signing in"),
    OTHER: _("Other"),
}
"""What the log can be asked for, in the order in which people read it."""

_sentences: dict[str, Any] = {}
_groups: dict[str, list[str]] = {}


def declare_actions(sentences: Mapping[str, Any], *, group: str = OTHER) -> None:
    """Declare actions with what follows the actor's name; `%(subject)s` is what they are about.

    `%(beside)s` is what stands beside it. They are found under `group`.
    """
    if twice := sorted(_sentences.keys() & sentences.keys()):
        raise ValueError(f"The actions {twice!r} are declared already.")
    if group not in GROUPS:
        raise ValueError(f"There is no group {group!r}; the groups are {', '.join(GROUPS)}.")
    _sentences.update(sentences)
    _groups.setdefault(group, []).extend(sentences)


def declared_actions() -> frozenset[str]:
    """Give all that can be logged."""
    return frozenset(_sentences)


def grouped_actions() -> dict[str, list[str]]:
    """Give the actions by group, without the groups of which nothing is declared."""
    return {group: _groups[group] for group in GROUPS if group in _groups}


def sentence_of(action: str) -> str:
    """Give the words of an action; of one that an older release wrote, as good as they can be."""
    known = _sentences.get(action)
    verb = action.rpartition(".")[2].replace("_", " ")
    return f"{verb} %(subject)s" if known is None else str(known)


declare_actions(
    {
        "role.created": _("created %(subject)s"),
        "role.cloned": _("created %(subject)s as a clone"),
        "record.created": _("created %(subject)s"),
    },
    group=CREATED,
)
declare_actions(
    {
        "role.changed": _("changed %(subject)s"),
        "record.changed": _("changed %(subject)s"),
    },
    group=CHANGED,
)
declare_actions(
    {
        "role.deleted": _("deleted %(subject)s"),
        "record.deleted": _("deleted %(subject)s"),
        "record.restored": _("restored %(subject)s"),
    },
    group=DELETED,
)
declare_actions(
    {
        "record.shared": _("shared %(subject)s"),
        "record.unshared": _("took back a share of %(subject)s"),
    },
    group=SHARED,
)
declare_actions(
    {
        "role.assigned": _("gave %(subject)s to %(beside)s"),
        "role.assignment_changed": _("changed how %(beside)s holds %(subject)s"),
        "role.unassigned": _("took %(subject)s back from %(beside)s"),
    },
    group=ASSIGNED,
)
declare_actions(
    {
        "token.created": _("made %(subject)s for %(beside)s"),
        "token.revoked": _("revoked %(subject)s of %(beside)s"),
    },
    group=SIGNING,
)
