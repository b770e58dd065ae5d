"""Approve or reject whoever waits: with D2 and D3 for the person, and D5 for each role (D12)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from roles import policy
from roles.core.errors import Blocked
from roles.models import Role
from roles.services.assignment import give_role, require_below, take_role
from roles.services.delegation import require, require_within

from ..models import User
from ..models.user import State
from .acting import administering, changed, read
from .newcomers import log_person
from .people import require_owner_beside

APPROVE = "users.approve"


def approve_person(*, acting_user: Any, user: User, roles: Iterable[Role] = ()) -> User:
    """Let in somebody who waits, with these roles beside those that they hold."""
    with administering(acting_user, APPROVE) as actor:
        person = _waiting(actor, user)
        held = set(person.role_assignments.values_list("role", flat=True))
        chosen = [role for role in dict.fromkeys(roles) if role.pk not in held]
        for role in chosen:
            require_within(policy.excess_of_assignment(actor, role.code))
        _set_state(acting_user, "user.approved", person, State.ACTIVE, given=chosen)
        for role in chosen:
            give_role(acting_user=acting_user, user=person, role=role)
    return person


def reject_person(*, acting_user: Any, user: User) -> User:
    """Shut out somebody who waits (R1)."""
    with administering(acting_user, APPROVE) as actor:
        person = _waiting(actor, user)
        _set_state(acting_user, "user.rejected", person, State.REJECTED)
    return person


def reopen_person(*, acting_user: Any, user: User, roles: Iterable[Role] = ()) -> User:
    """Let somebody who was approved or rejected wait again; `roles` are taken back (D2, D3, D7)."""
    words = _("Nobody decides on themselves (D2). Ask another Owner.")
    with administering(acting_user, APPROVE) as actor:
        person, taken = read(user, actor, APPROVE, not_oneself=words), list(roles)
        if person.state not in (State.ACTIVE, State.REJECTED):
            raise Blocked(_("Only somebody who was approved or rejected can wait again."))
        require_owner_beside(person)
        for role in taken:
            require_below(actor, role)
            take_role(acting_user=acting_user, user=person, role=role)
        _set_state(acting_user, "user.reopened", person, State.WAITING, taken=taken)
    return person


def _waiting(actor: Any, user: User) -> User:
    person = User.objects.select_for_update().filter(pk=user.pk, deleted_at=None).first()
    if person is None or person.state != State.WAITING:
        raise Blocked(_("This person waits no longer: somebody has decided. Load the page again."))
    require(actor, APPROVE, person)
    return person


def _set_state(
    acting_user: Any,
    action: str,
    person: User,
    state: State,
    *,
    given: list[Role] | None = None,
    taken: list[Role] | None = None,
) -> None:
    """Store and log the decision, with the roles that came or went by it, for an undo."""
    before, person.state = person.state, state
    person.save(update_fields=["state"])
    rows = [changed("state", str(before), str(state.value))]
    if given or taken:
        rows.append(changed("roles", taken or [], given or []))
    log_person(acting_user, action, person, rows, is_field_change=True)
