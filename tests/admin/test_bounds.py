"""What is too long or too much for a page is said on it, and nothing is stored (threat 21)."""

import pytest
from django.test import Client

from accounts.models import Department, Invitation, RegistrationDomain, Team, User
from roles.models import ApiToken, Role, RoleAssignment, RolePrivilege
from roles.services.loading import read_role
from tests.factories import make_role, make_user

from .people import browser_of, words

pytestmark = pytest.mark.django_db
SHORTEN = "Ensure this value has at most"
PRIVILEGES = ", ".join(f"app.x{n}" for n in range(201))


def text(length):
    return "x" * length


TOO_MUCH = {
    "a role's name": ("/roles/role/add/", {"name": text(101)}, SHORTEN),
    "a role's description": (
        "/roles/role/add/",
        {"name": "A", "description": text(2001)},
        "A description has at most 2000 characters, and this one 2001.",
    ),
    "a role's privileges": (
        "/roles/role/add/",
        {"name": "A", "privileges": PRIVILEGES},
        "201 privileges; a role names at most 200 itself",
    ),
    "a stored role's privileges": (
        "/roles/role/{rep}/change/",
        {"privileges": PRIVILEGES},
        "201 privileges; a role names at most 200 itself",
    ),
    "a privilege": (
        "/roles/role/add/",
        {"name": "A", "privileges": text(101)},
        "longer than 100 characters",
    ),
    "a new person's name": ("/accounts/user/add/", {"username": text(151)}, SHORTEN),
    "a person's name": ("/accounts/user/{ben}/change/", {"first_name": text(151)}, SHORTEN),
    "a person's address": (
        "/accounts/user/{ben}/change/",
        {"username": "ben", "email": text(250) + "@x.org"},
        SHORTEN,
    ),
    "a reason": (
        "/accounts/user/{ben}/roles/",
        {"role": "rep", "reason": text(501)},
        SHORTEN,
    ),
    "a manager": ("/accounts/user/{ben}/place/", {"manager": text(151)}, SHORTEN),
    "a team's name": ("/teams/", {"name": text(101)}, SHORTEN),
    "a department's name": ("/departments/", {"name": text(101)}, SHORTEN),
    "an invited address": (
        "/invitations/",
        {"email": text(250) + "@x.org", "role": "rep"},
        SHORTEN,
    ),
    "a domain": ("/domains/", {"name": ".".join([text(60)] * 4) + ".example.org"}, SHORTEN),
    "a token's name": ("/tokens/", {"name": text(101), "reach": "all", "lasts": "90"}, SHORTEN),
}


@pytest.fixture
def world(db):
    return {"rep": make_role("rep", level=10).pk, "ben": make_user("ben").pk}


@pytest.fixture
def desk(world) -> Client:
    return browser_of(make_user("olga", "owner"))


def stored():
    kinds = (Role, RoleAssignment, RolePrivilege, User, Team, Department)
    kinds += (Invitation, RegistrationDomain, ApiToken)
    rep = read_role(Role.objects.get(code="rep"))
    ben = User.objects.values_list("first_name", "email", "manager").get(username="ben")
    return [*(kind.objects.count() for kind in kinds), rep, ben]


@pytest.mark.parametrize(("url", "data", "said"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_long_or_too_much_is_said_and_nothing_is_stored(desk, world, url, data, said):
    before = stored()
    answer = desk.post(url.format(**world), data)
    assert answer.status_code in (200, 400) and said in words(answer)
    assert stored() == before


def test_as_much_as_may_be_is_stored_with_line_ends_as_browsers_send_them(desk, world):
    """The twin: a browser counts an end of a line as one character, and sends two."""
    lines = "\n".join([text(99)] * 20) + "x"
    privileges = PRIVILEGES.rpartition(", ")[0]
    values = {"name": text(100), "description": lines, "privileges": privileges}
    sent = values | {"description": lines.replace("\n", "\r\n")}
    url = f"/roles/role/{world['rep']}/change/"
    assert len(lines) == 2000 and desk.post(url, sent).status_code == 302
    rep = read_role(Role.objects.get(code="rep"))
    assert (rep.name, rep.description, len(rep.privileges)) == (text(100), lines, 200)
