"""What is too long or too much is refused by its name, and stores nothing (threats 20, 21)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.api.by_name import MANY_MAX
from accounts.models import Department, Team, User
from roles.models import Role, RoleAssignment, RolePrivilege
from roles.services.loading import read_role
from tests.factories import make_role, make_user

from .people import errors

pytestmark = pytest.mark.django_db
LONG_ADDRESS = "x" * 64 + "@" + ".".join(["x" * 60] * 4) + ".org"


def text(length):
    return "x" * length


def names(number):
    return [f"app.x{n}" for n in range(number)]


TOO_MUCH = [
    ("POST", "roles/", {"name": text(101)}, "name"),
    ("POST", "roles/", {"name": "A", "code": text(101)}, "code"),
    ("POST", "roles/", {"name": "A", "base": text(9999)}, "base"),
    ("POST", "roles/", {"name": "A", "description": text(2001)}, "description"),
    ("POST", "roles/", {"name": "A", "privileges": [text(101)]}, "privileges"),
    ("POST", "roles/", {"name": "A", "privileges": names(201)}, "privileges"),
    ("POST", "roles/", {"name": "A", "fields": {"contacts": {text(999): "hidden"}}}, "fields"),
    ("PATCH", "roles/rep/", {"privileges": names(201)}, "privileges"),
    ("PATCH", "roles/rep/", {"description": text(2001)}, "description"),
    ("POST", "roles/rep/clone/", {"name": "A", "privileges": names(201)}, "privileges"),
    ("POST", "roles/rep/clone/", {"name": "A", "description": text(2001)}, "description"),
    ("POST", "roles/rep/impact/", {"privileges": names(201)}, "privileges"),
    ("POST", "users/", {"username": text(151)}, "username"),
    ("POST", "users/", {"username": "a", "first_name": text(151)}, "first_name"),
    ("POST", "users/", {"username": "a", "email": LONG_ADDRESS}, "email"),
    ("PATCH", "users/ben/", {"last_name": text(151)}, "last_name"),
    ("POST", "users/", {"username": "a", "teams": ["t"] * (MANY_MAX + 1)}, "teams"),
    ("POST", "users/", {"username": "a", "department": text(9999)}, "department"),
    ("POST", "users/ben/roles/", {"role": "rep", "reason": text(501)}, "reason"),
    ("POST", "users/ben/roles/", {"role": text(9999)}, "role"),
    (
        "POST",
        "users/ben/roles/",
        {"role": "rep", "valid_until": "9999-12-31T23:59:59-14:00"},
        "valid_until",
    ),
    ("POST", "users/wim/approve/", {"roles": ["rep"] * (MANY_MAX + 1)}, "roles"),
    ("POST", "invitations/", {"email": LONG_ADDRESS, "role": "rep"}, "email"),
    ("POST", "invitations/", {"email": "a@x.org", "role": text(101)}, "role"),
    ("POST", "teams/", {"code": text(101), "name": "A"}, "code"),
    ("PATCH", "teams/t/", {"name": text(101)}, "name"),
    ("PATCH", "teams/t/", {"members": ["ben"] * (MANY_MAX + 1)}, "members"),
    ("POST", "departments/", {"code": "a", "name": text(101)}, "name"),
    ("PATCH", "departments/d/", {"parent": text(9999)}, "parent"),
    ("POST", "tokens/", {"name": text(101), "permissions": None}, "name"),
    ("POST", "tokens/", {"name": "A", "permissions": ["contacts.view"] * 1001}, "permissions"),
]


@pytest.fixture
def world(olga):
    make_role("rep", level=10)
    make_user("ben")
    make_user("wim", state="waiting")
    Team.objects.create(code="t", name="T")
    Department.objects.create(code="d", name="D")
    return olga


@pytest.mark.parametrize(
    ("method", "path", "body", "field"), TOO_MUCH, ids=[f"{m} {p} {f}" for m, p, _b, f in TOO_MUCH]
)
def test_what_is_too_long_or_too_much_is_named_and_nothing_is_stored(
    world, method, path, body, field
):
    before = stored()
    assert list(errors(world.ask(method, path, body))) == [field]
    assert stored() == before


def stored():
    kinds = (Role, RoleAssignment, RolePrivilege, User, Team, Department)
    return [*(kind.objects.count() for kind in kinds), read_role(Role.objects.get(code="rep"))]


def test_what_is_as_long_and_as_much_as_may_be_is_stored(world):
    """The twin, on a database that holds columns to their length too."""
    who = {name: text(150) for name in ("username", "first_name", "last_name")}
    role = {"name": text(100), "description": text(2000), "privileges": names(200)}
    assert world.ask("POST", "roles/", role).status_code == 201
    assert world.ask("POST", "users/", who).status_code == 201
    given = {"role": "rep", "reason": text(500)}
    assert world.ask("POST", f"users/{text(150)}/roles/", given).status_code == 201
    assert world.ask("POST", "teams/", {"code": text(100), "name": text(100)}).status_code == 201
    cloned = world.ask("POST", f"roles/{role_code()}/clone/", {"name": "Again"})
    assert cloned.status_code == 201 and len(cloned.json()["privileges"]) == 200


def role_code():
    return Role.objects.get(name=text(100)).code


def test_a_role_that_has_too_many_already_may_lose_some_and_gets_no_more(world, monkeypatch):
    """What stood before there was a bound is no reason against another change."""
    role = make_role("old", privileges="app.a app.b app.c")
    monkeypatch.setattr("roles.services.validation.PRIVILEGES_MAX", 1)
    url = f"/roles/role/{role.pk}/change/"
    seen = {"seen": world.get(url).context["form"]["seen"].value(), "permissions": []}
    refused = world.post(url, seen | {"privileges": "app.a, app.b, app.d"})
    assert "3 privileges; a role names at most 1 itself" in refused.content.decode()
    assert (
        world.post(url, seen | {"privileges": "app.a, app.b", "name": "Older"}).status_code == 302
    )
    assert read_role(Role.objects.get(pk=role.pk)).privileges == {"app.a", "app.b"}


@pytest.mark.parametrize(("path", "field"), [("teams/t/", "members"), ("users/ben/", "teams")])
def test_a_list_of_names_costs_one_query_however_long_it_is(world, path, field):
    numbers = []
    for length in (1, 1, MANY_MAX):
        with CaptureQueriesContext(connection) as queries:
            errors(world.ask("PATCH", path, {field: [f"nobody{n}" for n in range(length)]}))
        numbers.append(len(queries))
    assert numbers[1] == numbers[2]  # the first reads what later ones remember


@pytest.mark.parametrize(
    "wrong", [[1], [None], [["ben"]], [{"a": 1}], ["a\x00b"], "ben", {"ben": 1}]
)
def test_a_list_of_names_holds_names_and_nothing_else(world, wrong):
    """Threat 20."""
    assert list(errors(world.ask("PATCH", "teams/t/", {"members": wrong}))) == ["members"]
    assert world.ask("PATCH", "teams/t/", {"members": ["ben", "ben"]}).json()["members"] == ["ben"]
