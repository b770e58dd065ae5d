"""What a role that is cloned from another begins with (D10)."""

from .. import snapshots
from ..core.specs import NOTHING, RoleSpec
from ..core.vocabulary import ALL, EVERY_ACTION, OWNER_CODE
from ..models import Role
from ..registry import registry
from .loading import read_role


def clone_of(source: Role) -> RoleSpec:
    """Give the source's own values under an empty name; nothing exists until it is saved (D10).

    Owner stores no grants because it has them all (R6): its clone begins with all of them, as
    grants like any other.
    """
    spec = read_role(source).with_changes(code="", name="", is_system=False)
    if source.code != OWNER_CODE:
        return spec
    modules = registry.catalogue.modules.values()
    return spec.with_changes(
        permissions=frozenset(snapshots.load_policy().role(OWNER_CODE).permissions),
        records={m.code: {EVERY_ACTION: frozenset({ALL})} for m in modules if m.has_record_access},
        fields=NOTHING,
    )
