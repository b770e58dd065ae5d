"""Write the log; called by the services, inside the change's own transaction (D13)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .. import policy
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
        actor_name=_name_of(acting_user),
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id)[:150],
        subject_name=subject_name[:250],
        changes=list(changes),
    )


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
