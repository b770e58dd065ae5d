"""The data of every measure: roles for us, and groups that give the same for Django.

A catalogue of 18 modules and 20 roles in chains of three beside the built-in ones, each with 12
grants, record access, field levels and a privilege. Django has no inheritance, so a group holds
everything that its role gives with its bases.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType

from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import Role
from roles.registry import registry
from roles.services.installation import install_assignment, install_role, make_first_owner
from roles.snapshots import load_policy

PASSWORD = "a password for measuring"
ROLES = 20
CHAIN = 3
GRANTS = 12
VIEWED = "contacts.view"
TOGGLED = "reports.export"
"""The permission that the edits grant and revoke; no role has it at first."""

TOGGLED_ROLE = "bench-2"
SPARE_ROLE = "bench-spare"
SPARE_PERMISSION = "targets.delete"
"""A role that the person with three does not hold at first, and the one thing it gives."""

EDITED_MODULES = 8
"""So many modules are granted from; the rest are what nobody has."""


@dataclass(frozen=True, slots=True)
class People:
    """Usernames: the Owner who edits, and who holds three and twenty roles."""

    owner: str = "bench-owner"
    three: str = "bench-three"
    twenty: str = "bench-twenty"


PEOPLE = People()


def build() -> None:
    """Make the roles and the people, on both sides."""
    mirror_as_permissions()
    specs = list(role_specs())
    for spec in specs:
        install_role(spec)
    codes = [spec.code for spec in specs]
    for code in codes:
        mirror_as_group(code)
    hold(make_person(PEOPLE.three), codes[CHAIN - 1 : CHAIN * 3 : CHAIN])
    hold(make_person(PEOPLE.twenty), codes[:ROLES])
    make_first_owner(make_person(PEOPLE.owner))


def role_specs() -> Iterable[RoleSpec]:
    """Give the twenty roles, each based on the one before unless it begins a chain."""
    chance = random.Random(7)
    codes = _grantable()
    for number in range(ROLES):
        given = set(chance.sample(codes, GRANTS))
        if number % CHAIN == CHAIN - 1:
            given.add(VIEWED)
        yield RoleSpec(
            code=f"bench-{number}",
            name=f"Bench {number}",
            level=number,
            base=f"bench-{number - 1}" if number % CHAIN else None,
            permissions=frozenset(given),
            privileges=frozenset({f"bench-privilege-{number % 5}"}),
            records={code: {"*": frozenset({"own"})} for code in ("contacts", "leads", "tasks")},
            fields={"contacts": {"phone": FieldLevel.READ_ONLY, "notes": FieldLevel.HIDDEN}},
        )
    yield RoleSpec(SPARE_ROLE, "Bench spare", permissions=frozenset({SPARE_PERMISSION}))


def _grantable() -> list[str]:
    modules = list(registry.catalogue.modules.values())[:EDITED_MODULES]
    return [code for module in modules for code in module.permissions if code != TOGGLED]


def mirror_as_permissions() -> None:
    """Make a Django permission of the same name for every permission of the catalogue."""
    for code in registry.catalogue.permissions:
        label, _dot, codename = code.rpartition(".")
        kind, _new = ContentType.objects.get_or_create(app_label=label, model="bench")
        AuthPermission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": code}
        )


def mirror_as_group(code: str) -> Group:
    """Make a group that gives what the role gives with its bases."""
    group = Group.objects.create(name=code)
    group.permissions.set(auth_permission(c) for c in load_policy().role(code).permissions)
    return group


def auth_permission(code: str) -> AuthPermission:
    """Give the Django permission of a catalogue's code."""
    label, _dot, codename = code.rpartition(".")
    return AuthPermission.objects.get(content_type__app_label=label, codename=codename)


def make_person(username: str) -> Any:
    """Make someone who can sign in."""
    return get_user_model().objects.create_user(
        username, email=f"{username}@example.com", password=PASSWORD
    )


def hold(user: Any, codes: Iterable[str]) -> None:
    """Give roles to someone, and the groups that mirror them."""
    for code in codes:
        install_assignment(user=user, role=Role.objects.get(code=code))
        user.groups.add(Group.objects.get(name=code))


def person(username: str) -> Any:
    """Fetch someone anew, as no session does."""
    return get_user_model().objects.get(username=username)


def examples(access: Any, how_many: int = 16) -> tuple[list[str], list[str]]:
    """Give permissions that `access` has and, as many, that it has not."""
    known = sorted(registry.catalogue.permissions)
    chance = random.Random(3)
    allowed = [code for code in known if access.can(code)]
    denied = [code for code in known if not access.can(code)]
    return chance.sample(allowed, how_many), chance.sample(denied, how_many)
