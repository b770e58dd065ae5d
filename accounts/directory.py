"""The CRM's answers to what roles asks about people (`roles.directory`)."""

from typing import Any

from django.db.models import Q

from roles.core.vocabulary import Standing

from .models import User
from .models.user import State

DENIED = Standing.DENIED
STANDINGS = {
    State.ACTIVE: Standing.ACTIVE,
    State.WAITING: Standing.WAITING,
    State.REJECTED: DENIED,
    State.SUSPENDED: DENIED,
}


class OrganisationDirectory:
    """People have a state beside Django's `is_active`."""

    def standing_of(self, user: Any) -> Standing:
        """Tell how far the account may come in (R1); an unknown state is denied."""
        return STANDINGS.get(user.state, DENIED) if user.is_active else DENIED

    def active_people(self) -> Q:
        """Give the condition for `ACTIVE`."""
        return Q(is_active=True, state=State.ACTIVE)

    def waiting_people(self) -> Q:
        """Give the condition for `WAITING`."""
        return Q(is_active=True, state=State.WAITING)

    def build_world(self, world: Any) -> dict[str, User]:
        """Make the people of a policy test."""
        return {key: self._make(key, person) for key, person in world.users.items()}

    def _make(self, key: str, person: Any) -> User:
        return User.objects.create(
            username=key,
            state=person.state,
            is_active=person.active,
            is_superuser=person.superuser,
        )
