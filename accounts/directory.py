"""The CRM's answers to what roles asks about people (`roles.directory`)."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from roles.core.vocabulary import Standing

from .models import Department, Membership, Team, User
from .models.closure import store_tree
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
        if not user.is_active or user.deleted_at is not None:
            return DENIED
        return STANDINGS.get(user.state, DENIED)

    def active_people(self) -> Q:
        """Give the condition for `ACTIVE`."""
        return Q(is_active=True, state=State.ACTIVE, deleted_at=None)

    def waiting_people(self) -> Q:
        """Give the condition for `WAITING`."""
        return Q(is_active=True, state=State.WAITING, deleted_at=None)

    def teams_of(self, user_key: Any) -> QuerySet[Any]:
        """Give the teams that the person of this key is in now."""
        return Membership.objects.filter(user=user_key).values("team")

    def secured_people(self) -> QuerySet[Any]:
        """Give those who set up codes of an app; recovery codes alone are none."""
        return Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")

    def build_world(self, world: Any) -> dict[str, User]:
        """Make the departments, teams and people of a policy test; give the people by key."""
        departments = store_tree(world.departments, _department)
        managers = {key: person.manager for key, person in world.users.items()}
        people = store_tree(
            managers, lambda key, manager: _person(world.users[key], manager, departments)
        )
        teams = Team.objects.bulk_create(Team(code=code, name=code) for code in world.teams)
        by_code = {team.code: team for team in teams}
        Membership.objects.bulk_create(
            Membership(team=by_code[code], user=people[key])
            for key, person in world.users.items()
            for code in person.teams
        )
        Authenticator.objects.bulk_create(
            Authenticator(user=people[key], type=Authenticator.Type.TOTP, data={})
            for key, person in world.users.items()
            if person.second_factor
        )
        return people


def _department(code: str, parent: Any) -> Department:
    return Department(code=code, name=code, parent=parent)


def _person(person: Any, manager: Any, departments: Mapping[str, Department]) -> User:
    return User(
        username=person.key,
        state=person.state,
        is_active=person.active,
        is_superuser=person.superuser,
        department=departments.get(person.department),
        manager=manager,
    )
