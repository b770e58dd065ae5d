"""Making and changing users over HTTP: each key goes to the service that answers for it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from roles import policy
from roles.core.errors import Invalid, Refused
from roles.models import Role
from roles.rest_framework.refusals import refuse_names

from ..models import Department, Team, User
from ..services import people, placing
from .by_name import MANY_MAX, ByName, too_many
from .shapes import roles_to_name

PLACES = ("department", "manager", "teams")
KEYS = (*people.PERSONAL, *PLACES)


class WishSerializer(serializers.Serializer):
    """What can be sent of a user; roles, state and password have addresses of their own."""

    username = serializers.CharField(required=False, max_length=150)
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    email = serializers.EmailField(required=False, allow_blank=True)
    department = serializers.SlugRelatedField(
        "code", queryset=Department.objects.all(), required=False, allow_null=True
    )
    manager = serializers.SlugRelatedField(
        "username", queryset=User.objects.filter(deleted_at=None), required=False, allow_null=True
    )
    teams = ByName("code", queryset=Team.objects.all(), many=True, required=False)


def read_wish(body: Any, *, asker: Any, shown: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read what is to be written; what is sent back as it was shown is not (R17)."""
    if not isinstance(body, Mapping):
        raise Invalid({"": [_("Send one JSON object.")]})
    known = shown or {}
    sent = {
        name: value for name, value in body.items() if name not in known or known[name] != value
    }
    refuse_names(name for name in sent if name not in KEYS and name not in known)
    kept = [name for name in sent if name not in KEYS]
    if kept:
        raise Invalid(
            {name: [_("This has an address of its own, or is set by the server.")] for name in kept}
        )
    if "manager" in sent and not policy.names_people(asker):
        raise Refused(_("You may not name people, so you set no manager (R16). Ask an Owner."))
    wish = WishSerializer(data=sent)
    wish.is_valid(raise_exception=True)
    return dict(wish.validated_data)


def read_roles(body: Any, asker: Any) -> list[Role]:
    """Read `{"roles": […]}`, the codes of roles to give; nothing sent gives none."""
    if not isinstance(body, Mapping):
        raise Invalid({"": [_("Send one JSON object.")]})
    refuse_names(name for name in body if name != "roles")
    codes = body.get("roles", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Invalid({"roles": [_("Give a list of codes of roles.")]})
    if len(codes) > MANY_MAX:
        raise Invalid({"roles": [too_many(codes)]})
    found = {role.code: role for role in roles_to_name(asker).filter(code__in=codes)}
    if missing := [code for code in codes if code not in found]:
        raise Invalid({"roles": [_("There is no role %s.") % ", ".join(missing)]})
    return [found[code] for code in dict.fromkeys(codes)]


def create_user(*, acting_user: Any, wish: Mapping[str, Any], origin: str) -> User:
    """Make a person and put them in their place, all or nothing."""
    with transaction.atomic():
        values = _personal(wish)
        person = people.create_person(acting_user=acting_user, values=values, origin=origin)
        _place(acting_user, person, wish)
    return person


def change_user(*, acting_user: Any, person: User, wish: Mapping[str, Any]) -> User:
    """Change a person, all or nothing."""
    with transaction.atomic():
        if values := _personal(wish):
            person = people.edit_person(acting_user=acting_user, person=person, values=values)
        _place(acting_user, person, wish)
    return person


def _personal(wish: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wish[name] for name in people.PERSONAL if name in wish}


def _place(acting_user: Any, person: User, wish: Mapping[str, Any]) -> None:
    if "manager" in wish:
        placing.move_to_manager(acting_user=acting_user, person=person, manager=wish["manager"])
    if "department" in wish:
        placing.move_to_department(
            acting_user=acting_user, person=person, department=wish["department"]
        )
    if "teams" in wish:
        placing.move_to_teams(acting_user=acting_user, person=person, teams=wish["teams"])
