"""People and a role for the tests of the admin's pages."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import Role
from roles.services.installation import install_assignment, install_role


def signed_in(username: str, *roles: str) -> Client:
    """Make a person with these roles and give a browser in which they are signed in."""
    user = User.objects.create_user(username, password="demo")
    for code in roles:
        install_assignment(user=user, role=Role.objects.get(code=code))
    client = Client()
    answer = client.post("/auth/login/", {"login": username, "password": "demo"})
    assert answer.status_code == 302
    return client


def only_looking(username: str) -> Client:
    """Give a browser of somebody who may see the roles, and change none."""
    spec = RoleSpec(code="viewer", name="Viewer", level=100, permissions=frozenset({"admin.view"}))
    if not Role.objects.filter(code="viewer").exists():
        install_role(spec)
    return signed_in(username, "viewer")


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def owner(db) -> Client:
    return signed_in("olga", "owner")


@pytest.fixture
def rep_role(db) -> Role:
    """A role with own grants, a base, privileges, record access and fields."""
    return install_role(
        RoleSpec(
            code="rep",
            name="Rep",
            level=10,
            base="user",
            permissions=frozenset({"contacts.view", "contacts.export", "reports.view"}),
            privileges=frozenset({"app.crm"}),
            records={"contacts": {"*": frozenset({"team"}), "edit": frozenset({"own"})}},
            fields={"contacts": {"notes": FieldLevel.HIDDEN}},
        )
    )


@pytest.fixture
def form_of():
    """Give what a browser would post from a role's page as it stands."""

    def read(client: Client, role: Role | None) -> dict:
        answer = client.get(url_of(role))
        assert answer.status_code == 200
        form = answer.context["form"]
        data = {name: form[name].value() for name in ("name", "description", "level", "privileges")}
        data |= {"base": form["base"].value() or "", "seen": form["seen"].value()}
        data["permissions"] = sorted(set(form["permissions"].value()) - form.fixed)
        return data

    return read


def url_of(role: Role | None) -> str:
    """Give the address of a role's form, or of the one for a new role."""
    if role is None:
        return reverse("admin:roles_role_add")
    return reverse("admin:roles_role_change", args=[role.pk])
