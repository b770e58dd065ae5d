"""The body of a PATCH of the grid: what to tick and to untick of a role."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..core.changes import RoleChanges
from ..core.errors import Invalid
from ..registry import registry
from ..rest_framework.refusals import refuse_names
from ..snapshots import Snapshot


def read_ticks(body: Any, now: Snapshot, code: str) -> RoleChanges:
    """Read what to tick and to untick; a cell that the role has from elsewhere cannot be taken."""
    spec, compiled = now.roles[code], now.role(code)
    if not isinstance(body, Mapping):
        raise Invalid({"": [_("Send one JSON object.")]})
    refuse_names(name for name in body if name not in ("grant", "revoke"))
    grant, revoke = (_codes(body, name) for name in ("grant", "revoke"))
    if both := grant & revoke:
        raise Invalid({"revoke": [_("%s is granted and revoked at once.") % ", ".join(both)]})
    elsewhere = sorted(
        cell
        for cell in revoke - spec.permissions
        if any(source.kind != "own" for source in compiled.permissions.get(cell, ()))
    )
    if elsewhere:
        words = _("%s cannot be revoked here: the role has it from its base or by implication.")
        raise Invalid({"revoke": [words % ", ".join(elsewhere)]})
    return RoleChanges(granted=grant - spec.permissions, revoked=revoke & spec.permissions)


def _codes(body: Mapping[str, Any], name: str) -> frozenset[str]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
        raise Invalid({name: [_("Give a list of permissions.")]})
    unknown = sorted(frozenset(given) - registry.catalogue.permissions.keys())
    if unknown:
        raise Invalid({name: [_("There is no permission %s (R21).") % ", ".join(unknown)]})
    return frozenset(given)
