"""Write the log; called by the services, inside the change's own transaction (D13)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from .. import policy
from ..core.changes import field_of
from ..models import AuditEntry, AuditField
from ..models.audit import key_of
from .log_actions import declared_actions

_undoing: ContextVar["tuple[AuditEntry, list[AuditEntry]] | None"] = ContextVar(
    "roles_undoing", default=None
)


@contextmanager
def undoing(entry: AuditEntry) -> Iterator[list[AuditEntry]]:
    """Mark what is logged meanwhile as undoing `entry`, and give it."""
    made: list[AuditEntry] = []
    token = _undoing.set((entry, made))
    try:
        yield made
    finally:
        _undoing.reset(token)


def record(
    *,
    acting_user: Any,
    action: str,
    subject: Model,
    beside: Model | None = None,
    changes: Iterable[Mapping[str, Any]] = (),
    is_field_change: bool = False,
) -> AuditEntry:
    """Add an entry; outside a transaction it would not stand or fall with the change.

    The action is one of `log_actions`, which have words.

    `beside` is what the entry is about as well: the person to whom a role is given. Who sees the
    entry must be able to view both. With `is_field_change` the entry says no more than its
    changes, and whoever may read none of their fields does not see it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{action!r} is logged outside a transaction; open one around both.")
    if action not in declared_actions():
        raise LookupError(f"{action!r} has no words: declare them with `declare_actions` (D13).")
    rows, undone = list(changes), _undoing.get()
    entry = AuditEntry.objects.create(
        undoes=undone[0] if undone else None,
        actor=acting_user,
        actor_name=_name_of(acting_user),
        action=action,
        changes=rows,
        is_field_change=is_field_change,
        **_named("subject", subject),
        **(_named("beside", beside) if beside is not None else {}),
    )
    if undone:
        undone[1].append(entry)
    if is_field_change:
        names = sorted({field_of(row["field"]) for row in rows})
        AuditField.objects.bulk_create(AuditField(entry=entry, name=name) for name in names)
    return entry


def _named(prefix: str, record: Model) -> dict[str, str]:
    return {
        f"{prefix}_type": record._meta.label_lower,
        f"{prefix}_id": key_of(record.pk),
        f"{prefix}_name": str(record)[:250],
    }


def _name_of(acting_user: Any) -> str:
    """Name who acts, and the token by which: a person's programs are not the person (R20a)."""
    if not acting_user:
        return _("the system")
    token = policy.token_of(acting_user)
    if token is None:
        return str(acting_user)[:200]
    # Both are cut rather than the token's name lost.
    return _("%(user)s, by the API token “%(token)s”") % {
        "user": str(acting_user)[:80],
        "token": token.name[:80],
    }
