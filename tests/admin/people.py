"""Browsers of people who look at people, for the tests of the pages about them."""

import re
from typing import Any

from django.test import Client

from tests.factories import make_role, make_user

LIST = "/accounts/user/"
EVERYTHING = (
    "users.view users.create users.edit users.delete users.approve roles.view groups.manage"
)


def browser_of(user: Any) -> Client:
    """Give a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def with_rights(username: str, permissions: str, *, level: int = 50, **values: Any) -> Client:
    """Make somebody with one role of just these permissions, and give their browser."""
    role = make_role(f"role-{username}", level=level, permissions=permissions, **values)
    return browser_of(make_user(username, role))


def manager_like(username: str = "mia") -> Client:
    """Give somebody of rank 50 who may do everything to people but reset passwords (D3)."""
    return with_rights(username, EVERYTHING)


def page_of(person: Any, rest: str = "change/") -> str:
    """Give an address below a person's."""
    return f"{LIST}{person.pk}/{rest}"


def words(html: Any) -> str:
    """Give what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.content.decode()).split())
