"""Approve or reject whoever waits: with D2 and D3 for the person, and D5 for each role (D12)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from roles import policy
from roles.core.errors import Blocked
from roles.models import Role
from roles.services.assignment import give_role
from roles.services.delegation import require, require_within

from ..models import User
from ..models.user import State
from .acting import administering, changed
from .newcomers import log_person

APPROVE = "users.approve"


def approve_person(*, acting_user: Any, user: User, roles: Iterable[Role] = ()) -> User:
    """Let in somebody who waits, with these roles beside those that they hold."""
    with administering(acting_user, APPROVE) as actor:
        person = _waiting(actor, user)
        held = set(person.role_assignments.values_list("role", flat=True))
        chosen = [role for role in dict.fromkeys(roles) if role.pk not in held]
        for role in chosen:
            require_within(policy.excess_of_assignment(actor, role.code))
        _set_state(acting_user, "user.approved", person, State.ACTIVE)
        for role in chosen:
            give_role(acting_user=acting_user, user=person, role=role)
    return person


def reject_person(*, acting_user: Any, user: User) -> User:
    """Shut out somebody who waits (R1)."""
    with administering(acting_user, APPROVE) as actor:
        person = _waiting(actor, user)
        _set_state(acting_user, "user.rejected", person, State.REJECTED)
    return person


def _waiting(actor: Any, user: User) -> User:
    person = User.objects.select_for_update().filter(pk=user.pk, deleted_at=None).first()
    if person is None or person.state != State.WAITING:
        raise Blocked(_("This person waits no longer: somebody has decided. Load the page again."))
    require(actor, APPROVE, person)
    return person


def _set_state(acting_user: Any, action: str, person: User, state: State) -> None:
    before, person.state = person.state, state
    person.save(update_fields=["state"])
    change = changed("state", str(before), str(state.value))
    log_person(acting_user, action, person, [change], is_field_change=True)
