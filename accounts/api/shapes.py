"""People as the API writes them: masked as records are, with their standing and their roles."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from roles import policy
from roles.core import clock
from roles.core.delegation import rank_as_target
from roles.models import Role, RoleAssignment
from roles.rest_framework.serializers import GovernedSerializer

from ..models import User
from ..standing import held_by, standing_of


class UserSerializer(GovernedSerializer):
    """A person: the fields that roles can hide, and what administration is about."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "department", "manager")

    def see(self, found: Iterable[Any]) -> None:
        """Read teams and roles of all people of a page at once."""
        people = list(found)
        super().see(people)
        self._held = held_by(people, self.user)
        self._teams = _teams_of(people)

    @cached_property
    def _sees_roles(self) -> bool:
        return sees_roles(self.user)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Add to what may be read of the person how they stand and which roles they hold."""
        shown = super().to_representation(instance)
        held = self._held.get(instance.pk, [])
        roles = [describe_assignment(one, self.user) for one in held]
        named = {"roles": roles} if self._sees_roles else {}
        ranked = policy.reads_levels(self.user) or instance.pk == self.user.pk
        return {
            **shown,
            "state": standing_of(instance),
            "teams": self._teams.get(instance.pk, []),
            **named,
            **({"rank": _rank(instance, held)} if ranked else {}),
            "last_login": _moment(instance.last_login),
            "date_joined": _moment(instance.date_joined),
        }


def sees_roles(user: Any) -> bool:
    """Tell whether roles may be named to `user`: they are records of their own module (R24)."""
    return bool(policy.check(user, "roles.view"))


def roles_to_name(user: Any) -> QuerySet[Role]:
    """Give the roles that `user` may name: those in view, and those that they may give (R24, D5).

    Any other is answered as none, whatever stands against giving it.
    """
    roles = Role.objects.all()
    return roles if sees_roles(user) else roles.filter(code__in=policy.roles_to_give(user))


def describe_assignment(held: RoleAssignment, reader: Any) -> dict[str, Any]:
    """Give a role that the person holds now, or will hold, with its moments."""
    name = {"name": held.role.name} if policy.reads_role_names(reader) else {}
    return {
        "role": held.role.code,
        **name,
        "valid_from": _moment(held.valid_from),
        "valid_until": _moment(held.valid_until),
        "current": _counts(held),
        "reason": held.reason,
    }


def _rank(person: Any, held: Iterable[RoleAssignment]) -> int:
    """Give the highest level among the roles that count now (R2)."""
    current = [one.role for one in held if _counts(one)]
    owns = person.is_superuser or any(role.is_owner for role in current)
    return rank_as_target((role.level for role in current), outranks_all=owns)


def _counts(held: RoleAssignment) -> bool:
    return held.valid_from is None or held.valid_from <= clock.now()


def _moment(value: Any) -> Any:
    return None if value is None else serializers.DateTimeField().to_representation(value)


def _teams_of(people: list[Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    rows = User.teams.through.objects.filter(user__in=[person.pk for person in people])
    for user_id, code in rows.order_by("team__code").values_list("user_id", "team__code"):
        found.setdefault(user_id, []).append(code)
    return found
