"""The choice of a base: which roles are offered, and in which words."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from ..core.locks import NO_LOCKS, Locks
from ..core.vocabulary import OWNER_CODE
from ..models import Role


class BaseChoice(forms.ChoiceField):
    """Offer the roles that can be a base; say of any other role why it cannot, when saving."""

    def valid_value(self, value: str) -> bool:
        """Accept every role's code: the service names the rule that forbids it."""
        if super().valid_value(value):
            return True
        return "\x00" not in value and Role.objects.filter(code=value).exists()


def bases_for(role: Role | None, locks: Locks = NO_LOCKS) -> list[tuple[str, str]]:
    """Give the roles that can be a base: not Owner, not this one, none that is based on it.

    Nor one that gives more than the reader has, and where they cannot take the base that stands,
    no other one (D4).
    """
    rows = list(Role.objects.order_by("level", "name"))
    by_pk = {other.pk: other for other in rows}
    offered = [r for r in rows if r.code != OWNER_CODE and not _stands_on(r, role, by_pk)]
    standing = by_pk.get(role.base_id) if role and role.base_id else None
    if standing is not None and locks.base is not None:
        return [(standing.code, f"{standing.name} ({standing.level})")]
    offered = [r for r in offered if r.code not in locks.bases or r == standing]
    return [("", _("No other role")), *((r.code, f"{r.name} ({r.level})") for r in offered)]


def _stands_on(candidate: Role, role: Role | None, by_pk: Mapping[int, Role]) -> bool:
    steps: set[int] = set()
    pk: int | None = candidate.pk
    while role is not None and pk is not None and pk not in steps:
        if pk == role.pk:
            return True
        steps.add(pk)
        pk = by_pk[pk].base_id
    return False
