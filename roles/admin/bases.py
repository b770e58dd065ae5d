"""The choice of a base: which roles are offered, and in which words."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from .. import policy
from ..core.specs import RoleSpec
from ..models import Role
from ..services.offers import why_not_bases
from ..snapshots import Snapshot


class BaseChoice(forms.ChoiceField):
    """Offer the roles that can be a base; say of any other role why it cannot, when saving."""

    def valid_value(self, value: str) -> bool:
        """Accept every role's code: the service names the rule that forbids it."""
        if super().valid_value(value):
            return True
        return "\x00" not in value and Role.objects.filter(code=value).exists()


def bases_for(
    asker: Any, stored: RoleSpec | None, shown: RoleSpec, now: Snapshot, *, seen: Snapshot
) -> list[tuple[str, str]]:
    """Give what can be chosen as the base: what stands, and what a save would accept (R4, D4).

    The roles go by what their reader may know of them, as they are `seen`; to whoever views none
    none is named (R24).
    """
    codes = seen.roles if asker is None or policy.check(asker, "roles.view") else ()
    refused = refused_bases(asker, stored, shown, now, ["", *codes])
    rows = sorted((seen.roles[code] for code in codes), key=lambda spec: (spec.level, spec.name))
    named = [("", _("No other role")), *((spec.code, _label(asker, spec)) for spec in rows)]
    return [(code, label) for code, label in named if code not in refused]


def _label(asker: Any, spec: RoleSpec) -> str:
    tells = asker is None or "level" in policy.readable_of_roles(asker)
    return f"{spec.name} ({spec.level})" if tells else spec.name


def refused_bases(
    asker: Any, stored: RoleSpec | None, shown: RoleSpec, now: Snapshot, codes: Iterable[str]
) -> list[str]:
    """Give those of these codes, "" for none, that the role cannot be based on."""
    bases = (code or None for code in codes if code != (shown.base or ""))
    found = why_not_bases(acting_user=asker, stored=stored, shown=shown, bases=bases, now=now)
    return [code or "" for code in found]
