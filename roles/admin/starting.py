"""What a new role's form begins with: nothing, another role's values, or a base (D10)."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..services.cloning import clone_of

BLANK = RoleSpec(code="", name="", level=10)


def starting_point(query: Mapping[str, str]) -> RoleSpec:
    """Read `?clone=CODE` or `?base=CODE`; a role that does not exist begins nothing."""
    roles = Role.objects.select_related("base")
    if source := roles.filter(code=query.get("clone", "")).first():
        return clone_of(source)
    base = roles.filter(code=query.get("base", "")).exclude(code=OWNER_CODE).first()
    return BLANK.with_changes(base=base.code, level=base.level) if base else BLANK


def missing_start(query: Mapping[str, str]) -> str:
    """Say why the form begins with less than the address asks for, or give ""."""
    codes = set(Role.objects.values_list("code", flat=True))
    if (clone := query.get("clone")) is not None and clone not in codes:
        return _("There is no role “%s” to clone. The form begins empty.") % clone
    if clone is not None or (base := query.get("base")) is None:
        return ""
    if base == OWNER_CODE:
        return _("No role can be based on Owner (R3). The form begins empty.")
    if base not in codes:
        return _("There is no role “%s” to base one on. The form begins empty.") % base
    return ""
