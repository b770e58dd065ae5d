"""Attackers: people signed in with just the roles that an attack begins with."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from roles.core.specs import RoleSpec
from roles.models import Role
from roles.services.installation import install_assignment, install_role

ALL = frozenset({"all"})


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before() -> None:
    cache.clear()


def person(username: str, *roles: str, **values: Any) -> User:
    """Make a person with these roles."""
    user = User.objects.create_user(username, password="demo", **values)
    for code in roles:
        install_assignment(user=user, role=Role.objects.get(code=code))
    return user


def signed_in(username: str, *roles: str, **values: Any) -> Client:
    """Make a person and give a browser in which they are signed in; errors become a 500."""
    user = person(username, *roles, **values)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    client.user = user
    return client


def agent(*permissions: str, fields: Any = None, records: Any = None) -> Client:
    """Give a browser of someone with one role that gives just this, on all records."""
    modules = {code.partition(".")[0] for code in permissions} - {"roles", "users"}
    install_role(
        RoleSpec(
            code="agent",
            name="Agent",
            level=10,
            permissions=frozenset(permissions),
            records=records or {module: {"*": ALL} for module in modules},
            fields=fields or {},
        )
    )
    return signed_in("abe", "agent")


def owner(username: str = "olga") -> User:
    """Make an Owner, read back as a job would read them."""
    return User.objects.get(pk=person(username, "owner").pk)


def ask(client: Client, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Send JSON to an address of the API; give the status and the text of the answer."""
    data = "" if body is None else json.dumps(body)
    answer = client.generic(method, f"/api/v1/{path}", data, content_type="application/json")
    return answer.status_code, answer.content.decode()
