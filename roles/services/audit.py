"""Write the log; called by the services, inside the change's own transaction (D13)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..models import AuditEntry


def record(
    *,
    acting_user: Any,
    action: str,
    subject_type: str,
    subject_id: Any,
    subject_name: str,
    changes: Iterable[Mapping[str, Any]] = (),
) -> AuditEntry:
    """Add an entry; outside a transaction it would not stand or fall with the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{action!r} is logged outside a transaction; open one around both.")
    return AuditEntry.objects.create(
        actor=acting_user,
        actor_name=(str(acting_user) if acting_user else _("the system"))[:200],
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id)[:150],
        subject_name=subject_name[:250],
        changes=list(changes),
    )
