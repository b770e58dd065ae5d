"""Who may undo, which opposites there are, and what stands in their way."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from ... import policy
from ...core.errors import Blocked, Invalid, Refused
from ...models import AuditEntry
from ...models.versions import lock_policy
from .. import audit
from ..delegation import require

UNDO = "activities.undo"
Undoer = Callable[[Any, AuditEntry], None]
Reason = Callable[[AuditEntry], str]
_undoers: dict[str, Undoer] = {}
_final: dict[str, Reason] = {}


def undoes(*actions: str) -> Callable[[Undoer], Undoer]:
    """Say which actions of the log a function undoes; it takes the actor and the entry."""

    def register(undoer: Undoer) -> Undoer:
        _undoers.update(dict.fromkeys(actions, undoer))
        return undoer

    return register


def keeps(*actions: str, because: Any) -> None:
    """Say why actions cannot be undone, whoever asks: words, or what gives them for an entry.

    Words given for an entry may be "", where it can be undone after all.
    """
    reason = because if callable(because) else lambda _entry: str(because)
    _final.update(dict.fromkeys(actions, reason))


def why_final(entry: AuditEntry) -> str:
    """Say why there is no opposite to what the entry tells of, or give ""."""
    if entry.action in _final and (because := _final[entry.action](entry)):
        return because
    return "" if entry.action in _undoers else _("A change of this kind cannot be undone.")


def can_be_undone(entry: AuditEntry) -> bool:
    """Tell whether there is an opposite to what the entry tells of; not whether it still fits."""
    return not why_final(entry)


def undo(*, acting_user: Any, entry: AuditEntry) -> AuditEntry:
    """Do the opposite of what the entry tells of; give the entry that the log has of that.

    Under the policy's lock, so that nothing moves on between the look at it and the change.
    """
    require(acting_user, UNDO)
    if not AuditEntry.objects.accessible_by(acting_user).filter(pk=entry.pk).exists():
        raise Refused(_("There is no such activity."))
    if because := why_final(entry):
        raise Blocked(because)
    with transaction.atomic(), audit.undoing(entry) as made:
        lock_policy()
        require(policy.as_stored(acting_user), UNDO)
        try:
            _undoers[entry.action](acting_user, entry)
        except Invalid as invalid:
            raise stands_against(invalid) from invalid
        if not made:
            raise moved_on()
    return made[0]


def moved_on() -> Blocked:
    """Say that things are no longer as the change left them."""
    return Blocked(
        _("This cannot be undone: things have moved on since. Make the change that you want.")
    )


def stands_against(reason: object) -> Blocked:
    """Say what stands in the way now: nobody who undoes typed anything that they could mend."""
    return Blocked(_("This cannot be undone as things stand: %s") % reason)


def rows_for(acting_user: Any, entry: AuditEntry) -> tuple[Mapping[str, Any], ...]:
    """Give the rows of the entry whose fields the actor may read; the others are none (R23)."""
    (seen,) = policy.seen_entries(acting_user, [entry])
    return seen.changes


def found(model: type[Model], key: Any) -> Any:
    """Give what is stored under the key, which things have moved on from where it is gone."""
    row = model._default_manager.filter(pk=key).first()
    if row is None:
        raise moved_on()
    return row
