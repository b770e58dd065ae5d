"""Give roles to people, change from when until when, take them back (R2; D2, D3, D5, D7).

Giving needs the role's whole effect covered; taking back gives nobody anything, so it needs the
ranks alone. Both what is changed and what is taken back must be seen: like any record, an
assignment is not edited by who may not view it (R14), and trying would tell what somebody holds.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .. import policy, signals
from ..core import clock
from ..core.errors import Blocked, Invalid, Refused
from ..core.vocabulary import OWNER_CODE
from ..models import Role, RoleAssignment
from ..models.assignment import REASON_MAX
from ..models.versions import lock_policy, one_bump
from . import audit
from .delegation import require, require_other, require_within

SEE = "roles.view"
TERMS = ("valid_from", "valid_until", "reason")
"""What can be changed of an assignment: who holds which role is another one."""


def assign_role(
    *,
    acting_user: Any,
    user: Any,
    role: Role,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give `role` to `user`, for ever or between two moments; at most once (R2)."""
    with _administering(acting_user, user) as actor:
        require_within(policy.excess_of_assignment(actor, role.code))
        return give_role(
            acting_user=acting_user,
            user=user,
            role=role,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
        )


@contextmanager
def _administering(acting_user: Any, user: Any, *more: str) -> Iterator[Any]:
    """Open a change of somebody else's roles under the policy's lock; give the actor (D1-D3)."""
    for code in ("users.edit", *more):
        require(acting_user, code)
    with transaction.atomic(), one_bump():
        lock_policy()
        _require_other(acting_user, user)
        actor = policy.as_stored(acting_user)
        require(actor, "users.edit", user)
        for code in more:
            require(actor, code)
        yield actor


def give_role(*, acting_user: Any, user: Any, role: Role, **values: Any) -> RoleAssignment:
    """Store and log an assignment; the service that calls it has asked whether (D5, D11)."""
    assignment = store_assignment(user=user, role=role, assigned_by=acting_user, **values)
    _log(acting_user, "role.assigned", assignment, new=True)
    return assignment


def change_assignment(
    *, acting_user: Any, user: Any, role: Role, values: Mapping[str, Any]
) -> RoleAssignment:
    """Set other moments or another reason of a role that `user` holds; what is not named stays.

    It says anew that they hold it, and when, so it is held to what giving is held to (D5). The
    last lasting Owner keeps a role that counts now and has no end (D7).
    """
    with _administering(acting_user, user, SEE) as actor:
        require_within(policy.excess_of_assignment(actor, role.code))
        assignment = _held(acting_user, user, role)
        rows = _set_terms(assignment, values)
        _require_terms(assignment.valid_from, assignment.valid_until, assignment.reason)
        if role.code == OWNER_CODE and not _lasts(assignment):
            require_another_owner(user)
        if rows:
            assignment.save(update_fields=[row["field"] for row in rows])
            _tell(acting_user, "role.assignment_changed", assignment, rows)
    return assignment


def unassign_role(*, acting_user: Any, user: Any, role: Role) -> None:
    """Take `role` back from `user`; the last lasting Owner stays (D7)."""
    with _administering(acting_user, user, SEE) as actor:
        require_below(actor, role)
        take_role(acting_user=acting_user, user=user, role=role)


def take_role(*, acting_user: Any, user: Any, role: Role) -> None:
    """End and log an assignment; the service that calls it has asked whether (D2, D3)."""
    assignment = _held(acting_user, user, role)
    if role.code == OWNER_CODE:
        require_another_owner(user)
    _log(acting_user, "role.unassigned", assignment, new=False)
    assignment.delete()


def move_assignments(*, acting_user: Any, role: Role, target: Role) -> int:
    """Give `target` instead of `role` to everyone whose assignment has not ended (D9).

    The moments stay; who holds `target` already keeps what they have. Gives the number of people.
    """
    held = RoleAssignment.objects.filter(role=role).not_ended(clock.now()).select_related("user")
    if held:
        actor = policy.as_stored(acting_user)
        require(actor, "users.edit")
        require_within(policy.excess_of_assignment(actor, target.code))
    of_target = RoleAssignment.objects.filter(role=target)
    lasting = of_target.not_ended(clock.now()).values("pk")
    for ended in of_target.exclude(pk__in=lasting).filter(user__in=held.values("user")):
        _log(acting_user, "role.unassigned", ended, new=False)
        ended.delete()
    holding = set(of_target.values_list("user_id", flat=True))
    for assignment in held:
        _require_other(acting_user, assignment.user)
        require(actor, "users.edit", assignment.user)
        _log(acting_user, "role.unassigned", assignment, new=False)
        assignment.delete()
        if assignment.user_id not in holding:
            give_role(
                acting_user=acting_user,
                user=assignment.user,
                role=target,
                valid_from=assignment.valid_from,
                valid_until=assignment.valid_until,
                reason=assignment.reason,
            )
    return len(held)


def store_assignment(*, user: Any, role: Role, **values: Any) -> RoleAssignment:
    """Check and store an assignment without asking who gives it; the callers have asked."""
    _require_terms(*(values.get(name) for name in TERMS))
    if RoleAssignment.objects.filter(user=user, role=role).exists():
        words = _("%(user)s holds “%(role)s” already (R2).")
        raise Invalid({"role": [words % _who(values.get("assigned_by"), user, role)]})
    return RoleAssignment.objects.create(user=user, role=role, **values)


def _held(acting_user: Any, user: Any, role: Role) -> RoleAssignment:
    found: RoleAssignment | None = RoleAssignment.objects.filter(user=user, role=role).first()
    if found is None:
        words = _("%(user)s does not hold “%(role)s”.")
        raise Invalid({"role": [words % _who(acting_user, user, role)]})
    return found


def _set_terms(assignment: RoleAssignment, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Set what differs, and give the log's rows of it."""
    rows = []
    for name, new in values.items():
        if name not in TERMS:
            raise Refused(policy.no_such_field(name))
        old = getattr(assignment, name)
        if old != new:
            rows.append({"field": name, "old": _plain(old), "new": _plain(new)})
            setattr(assignment, name, new)
    return rows


def _require_terms(begins: datetime | None, ends: datetime | None, reason: str | None) -> None:
    if reason and len(reason) > REASON_MAX:
        raise Invalid({"reason": [_("A reason has at most %d characters.") % REASON_MAX]})
    if begins is not None and ends is not None and ends <= begins:
        raise Invalid({"valid_until": [_("The end must lie after the beginning (R2).")]})


def _lasts(assignment: RoleAssignment) -> bool:
    begun = assignment.valid_from is None or assignment.valid_from <= clock.now()
    return begun and assignment.valid_until is None


def _require_other(acting_user: Any, user: Any) -> None:
    require_other(acting_user, user, _("Nobody changes their own roles (D2). Ask another Owner."))


def require_below(actor: Any, role: Role) -> None:
    """Hold the role to D3 where it is taken back: what it gives need not be covered for that."""
    above = (one for one in policy.excess_of_assignment(actor, role.code) if one.rule == "D3")
    require_within(tuple(above))


def require_another_owner(leaving: Any) -> None:
    """Keep at least one active Owner whose assignment has no end (D7)."""
    others = policy.lasting_owners().exclude(pk=leaving.pk)
    if not others.exists():
        raise Blocked(_("This is the last Owner; give the role to somebody else first (D7)."))


def _log(acting_user: Any, action: str, assignment: RoleAssignment, *, new: bool) -> None:
    values = {name: _plain(getattr(assignment, name)) for name in TERMS}
    changes = [{"field": "role", "old": None, "new": assignment.role.code}] + [
        {"field": name, "old": None, "new": value} for name, value in values.items() if value
    ]
    if not new:
        changes = [{**change, "old": change["new"], "new": change["old"]} for change in changes]
    _tell(acting_user, action, assignment, changes)


def _tell(
    acting_user: Any, action: str, assignment: RoleAssignment, changes: list[dict[str, Any]]
) -> None:
    """Write the entry about the role, beside the person, and announce it when it is committed."""
    audit.record(
        acting_user=acting_user,
        action=action,
        subject=assignment.role,
        beside=assignment.user,
        changes=changes,
    )
    user_id, code = assignment.user_id, assignment.role.code
    transaction.on_commit(
        lambda: signals.assignment_changed.send(
            sender=RoleAssignment,
            user_id=user_id,
            role_code=code,
            action=action,
            acting_user=acting_user,
        )
    )


def _plain(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value or None


def _who(acting_user: Any, user: Any, role: Role) -> dict[str, str]:
    return {"user": str(user), "role": policy.role_name(acting_user, role)}
