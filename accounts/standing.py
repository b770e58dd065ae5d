"""How a person stands, and which roles they hold: what pages and the API say of people alike."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.models import RoleAssignment

from .models import User
from .models.user import State

DEACTIVATED = "deactivated"
STATES = {**dict(State.choices), DEACTIVATED: _("deactivated")}


def standing_of(person: Any) -> str:
    """Name the state; whoever is not active for Django is `deactivated`."""
    return str(person.state) if person.is_active else DEACTIVATED


def held_by(people: Iterable[User], reader: Any) -> dict[Any, list[RoleAssignment]]:
    """Give people's assignments that count now or begin later, in one query.

    The highest come first, where their reader may know which these are (R23).
    """
    found: dict[Any, list[RoleAssignment]] = {}
    held = policy.unended_assignments().filter(user__in=[person.pk for person in people])
    for one in held.select_related("role").order_by(*policy.order_of_roles(reader, "role__")):
        found.setdefault(one.user_id, []).append(one)
    return found
