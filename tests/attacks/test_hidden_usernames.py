"""User names are hidden, and they are what the API calls people by (R16, R23, threats 1, 2, 11).

Each refusal has its twin: the same question by somebody who may read user names.
"""

import json

import pytest
from django.test import Client

from accounts.models import User
from crm.models import Contact
from roles.services.sharing import share_record
from tests.factories import fetch, make_department, make_role, make_team, make_user, set_manager

from .conftest import ask

pytestmark = pytest.mark.django_db
RIGHTS = "users.view users.edit groups.manage activities.view contacts.view contacts.edit"
ANSWERS = ["teams/", "teams/alpha/", "users/", "contacts/", "activities/", "users/?search=b"]

NAMES = ("benvolio", "capulet", "olga")


@pytest.fixture
def benvolio():
    ben = make_user("benvolio", "user")
    set_manager(ben, make_user("capulet"))
    make_team("alpha", ben)
    contact = Contact.objects.create(last_name="Doe", owner=ben)
    olga = fetch(make_user("olga", "owner"))
    share_record(acting_user=olga, record=contact, receiver=make_user("dora"), give="view")
    return ben


def reader(**users):
    """Sign somebody in for whom these fields of people are closed."""
    role = make_role(
        "reader", level=50, permissions=RIGHTS, records={"contacts": "all"}, fields={"users": users}
    )
    client = Client(raise_request_exception=False)
    client.force_login(make_user("ann", role))
    return client


@pytest.mark.parametrize("path", ANSWERS)
def test_no_answer_calls_people_by_a_hidden_username(benvolio, path):
    code, text = ask(reader(username="hidden", first_name="hidden"), "GET", path)
    assert code == 200
    assert not [name for name in NAMES if name in text]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_does_for_who_may_read_them(benvolio, path):
    text = ask(reader(), "GET", path)[1]
    assert [name for name in NAMES if name in text]


@pytest.mark.parametrize("path", ["contacts/?owner=benvolio", "users/?manager=capulet"])
@pytest.mark.parametrize(("level", "found"), [("hidden", 0), ("read_only", 1)])
def test_a_guess_at_a_hidden_username_is_as_one_that_never_was(benvolio, path, level, found):
    """R23: or names tried one by one would say whose each row is."""
    assert json.loads(ask(reader(username=level), "GET", path)[1])["count"] == found


@pytest.mark.parametrize("name", ["capulet", "nobody"])
@pytest.mark.parametrize(
    ("path", "key"), [("users/benvolio/", "manager"), ("teams/alpha/", "members")]
)
def test_nobody_is_moved_by_a_hidden_username(benvolio, path, key, name):
    """The same answer whoever is named; the pages offer neither (R22)."""
    client = reader(username="hidden")
    body = {key: name if key == "manager" else [name]}
    code, text = ask(client, "PATCH", path, body)
    assert code in (400, 403) and name not in text
    assert User.objects.get(pk=benvolio.pk).manager.username == "capulet"


def test_who_may_read_them_moves_people_by_them(benvolio):
    client = reader()
    make_user("escalus")
    assert ask(client, "PATCH", "users/benvolio/", {"manager": "escalus"})[0] == 200
    assert ask(client, "PATCH", "teams/alpha/", {"members": ["escalus"]})[0] == 200


# Beside the names


@pytest.mark.parametrize("level", ["hidden", "read_only", "editable"])
def test_nobody_is_moved_to_a_department_that_may_not_be_read(benvolio, level):
    """R17, R22: the page has no such field; who may read it moves people with `groups.manage`."""
    sales = make_department("sales")
    code, text = ask(reader(department=level), "PATCH", "users/benvolio/", {"department": "sales"})
    benvolio.refresh_from_db()
    if level == "hidden":
        assert code == 403 and "no field" in text and benvolio.department is None
    else:
        assert code == 200 and benvolio.department == sales


def test_a_department_counts_nobody_in_the_trash(benvolio):
    """R23, R26: only whoever may delete people learns that somebody is there."""
    make_department("sales", benvolio)
    client = reader()
    assert json.loads(ask(client, "GET", "departments/sales/")[1])["people"] == 1
    assert ask(client_of_an_owner(), "DELETE", "users/benvolio/")[0] == 204
    assert json.loads(ask(client, "GET", "departments/sales/")[1])["people"] == 0


def client_of_an_owner():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="olga"))
    return client


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"reason": "x"}), ("DELETE", None)])
def test_whose_role_is_whose_cannot_be_found_by_trying(benvolio, method, body):
    """R23, R24: without `roles.view` a role that they hold is as one that never was."""
    client = reader()
    held, never = (ask(client, method, f"users/benvolio/roles/{c}/", body) for c in ("user", "no"))
    assert held == never and held[0] == 403
    assert benvolio.role_assignments.count() == 1


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"reason": "x"}), ("DELETE", None)])
def test_who_views_roles_is_told_of_them(benvolio, method, body):
    client = Client(raise_request_exception=False)
    client.force_login(make_user("olivia", "owner"))
    assert ask(client, method, "users/benvolio/roles/no/", body)[0] == 404
    assert ask(client, method, "users/benvolio/roles/user/", body)[0] in (200, 204)
