"""What a new role's form begins with: nothing, another role's values, or a base (D10)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .. import policy, snapshots
from ..core.role_masks import masked
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..services.cloning import Start, clone_for
from ..services.labels import label_of
from ..services.offers import why_not_bases
from ..snapshots import Snapshot

BLANK = RoleSpec(code="", name="", level=10)


def starting_point(query: Mapping[str, str], user: Any) -> Start:
    """Read `?clone=CODE` or `?base=CODE`; a role that does not exist begins nothing."""
    roles = _in_view(user).select_related("base")
    if source := roles.filter(code=query.get("clone", "")).first():
        return clone_for(user, source)
    base = roles.filter(code=query.get("base", "")).exclude(code=OWNER_CODE).first()
    now = snapshots.load_policy()
    left_out = ("base",) if base and not can_be_based_on(user, base.code, now) else ()
    begun = BLANK.with_changes(base=base.code, level=base.level) if base and not left_out else BLANK
    level = begun.level if "level" in policy.readable_of_roles(user) else BLANK.level
    highest = policy.offers_for(user, None, BLANK, known=now).level_max
    begun = begun.with_changes(level=min(level, highest))
    return Start(masked(begun, policy.writable_of_roles(user, new=True), ""), left_out)


def can_be_based_on(user: Any, code: str, now: Snapshot) -> bool:
    """Tell whether somebody could base a new role on this one (R3, R4, D4)."""
    asked = {"stored": None, "shown": BLANK, "bases": [code]}
    return not why_not_bases(acting_user=user, **asked, now=now)


def _in_view(user: Any) -> QuerySet[Role]:
    """Give the roles that somebody may begin with: a new role is no way to read another (R24)."""
    return policy.accessible(Role.objects.all(), user, "view")


def left_out_in_words(start: Start) -> str:
    """Say what of its source the form leaves out, because the actor may not give it, or give ""."""
    words = {
        "description": _("its description"),
        "level": _("its level"),
        "base": _("its base"),
        "second_factor": _("its second factor"),
        "permissions": _("its permissions"),
        "privileges": _("its privileges"),
    }
    given, hidden = (
        ", ".join(str(words.get(name) or label_of(name)) for name in names)
        for names in (start.left_out, start.hidden)
    )
    lines = [_("Left out, because you may not see it: %s.") % hidden] if hidden else []
    lines += [_("Left out, because you may not give it: %s.") % given] if given else []
    return " ".join(lines)


def missing_start(query: Mapping[str, str], user: Any) -> str:
    """Say why the form begins with less than the address asks for, or give ""."""
    codes = set(_in_view(user).values_list("code", flat=True))
    if (clone := query.get("clone")) is not None and clone not in codes:
        return _("There is no role “%s” to clone. The form begins empty.") % clone
    if clone is not None or (base := query.get("base")) is None:
        return ""
    if base == OWNER_CODE:
        return _("No role can be based on Owner (R3). The form begins empty.")
    if base not in codes:
        return _("There is no role “%s” to base one on. The form begins empty.") % base
    return ""
