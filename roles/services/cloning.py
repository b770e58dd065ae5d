"""What a role that is cloned from another begins with, less what the actor may not give (D10)."""

from dataclasses import dataclass
from typing import Any

from .. import policy, snapshots
from ..core.changes import VALUES
from ..core.coverage import Excess
from ..core.role_masks import PARTS, masked
from ..core.specs import NOTHING, RoleSpec
from ..core.vocabulary import ALL, EVERY_ACTION, OWNER_CODE
from ..models import Role
from ..registry import registry
from .loading import read_role


@dataclass(frozen=True, slots=True)
class Start:
    """A new role's beginning, and what of its source is left out: codes, names, base, level.

    `hidden` are the fields that nobody left out, because the actor may not read them (R16).
    """

    spec: RoleSpec
    left_out: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def clone_for(acting_user: Any, source: Role) -> Start:
    """Give the source's own values under an empty name; nothing exists until it is saved (D10).

    What goes beyond the actor is taken out piece by piece until nothing does (D3, D4). A field
    that they may not read, or not set, is left out before, or a clone would be a way to read it.
    """
    whole = _whole(source)
    readable = policy.readable_of_roles(acting_user)
    kept = readable & policy.writable_of_roles(acting_user, new=True)
    spec = masked(whole, kept, "").with_changes(name="")
    rank = policy.access_for(acting_user).rank
    while excess := policy.excess_of_role(acting_user, None, spec):
        lighter = spec
        for one in excess:
            lighter = _without(lighter, one, rank)
        if lighter == spec:  # nothing of its own is too much, so the base is
            lighter = spec.with_changes(base=None)
        if lighter == spec:  # what is left is refused when it is saved
            break
        spec = lighter
    hidden = tuple(field for field in PARTS if field not in readable)
    # Of a hidden field it is not said whether the source has one.
    left = _left_out(masked(whole, readable, ""), spec)
    return Start(spec, tuple(left), hidden)


def _whole(source: Role) -> RoleSpec:
    """Read the source; Owner stores no grants because it has them all (R6), so give all of them."""
    spec = read_role(source).with_changes(code="", name="", is_system=False)
    if source.code != OWNER_CODE:
        return spec
    modules = registry.catalogue.modules.values()
    return spec.with_changes(
        permissions=frozenset(snapshots.load_policy().role(OWNER_CODE).permissions),
        records={m.code: {EVERY_ACTION: frozenset({ALL})} for m in modules if m.has_record_access},
        fields=NOTHING,
    )


def _without(spec: RoleSpec, excess: Excess, rank: int) -> RoleSpec:
    """Take out the one thing that is too much, or what implies it."""
    if excess.kind == "level":
        return spec.with_changes(level=max(min(spec.level, rank - 1), 0))
    if excess.kind == "privilege" and excess.about in spec.privileges:
        return spec.with_changes(privileges=spec.privileges - {excess.about})
    kept = (code for code in spec.permissions if not _brings(code, excess.about))
    return spec.with_changes(permissions=frozenset(kept))


def _brings(code: str, about: str) -> bool:
    return code == about or about in registry.catalogue.implied.get(code, ())


def _left_out(whole: RoleSpec, spec: RoleSpec) -> list[str]:
    names = [n for n in VALUES if n != "name" and getattr(whole, n) != getattr(spec, n)]
    return [
        *names,
        *sorted(whole.permissions - spec.permissions),
        *sorted(whole.privileges - spec.privileges),
    ]
