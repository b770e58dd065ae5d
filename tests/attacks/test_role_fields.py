"""Fields of roles that are closed to an administrator, and written all the same (R17, threat 19).

Each refusal has its twin: the same request by somebody to whom the field is open.
"""

import pytest
from django.test import Client

from roles.models import AuditEntry, Role
from tests.factories import make_role, make_user

from .conftest import ask

pytestmark = pytest.mark.django_db
RIGHTS = "roles.view roles.create roles.edit deals.view privileges.define activities.view"
RIGHTS += " activities.undo"
CHANGES = {
    "name": "Mine",
    "description": "Mine",
    "level": 7,
    "base": "low",
    "permissions": ["deals.view"],
    "privileges": ["deal.seal"],
    "records": {"deals": "own"},
}
FIELDS = [(key, "permissions" if key == "records" else key) for key in CHANGES]


@pytest.fixture(autouse=True)
def rep():
    make_role("low", level=1)
    return make_role("rep", level=5, permissions="deals.view", privileges="deal.open")


def administrator(rights=RIGHTS, **roles):
    """Sign somebody in for whom these fields of roles are closed, and who may give the rest."""
    role = make_role(
        "admin", level=50, permissions=rights, records={"deals": "all"}, fields={"roles": roles}
    )
    client = Client(raise_request_exception=False)
    client.force_login(make_user("ann", role))
    return client


@pytest.mark.parametrize(("key", "field"), FIELDS)
def test_a_field_of_roles_that_may_only_be_read_is_not_written(key, field):
    """A cell of the grid is the field `permissions`, and so is whose records it reaches."""
    body = {**CHANGES, "permissions": []}[key]
    code, text = ask(administrator(**{field: "read_only"}), "PATCH", "roles/rep/", {key: body})
    assert code == 403 and f"“{field}”" in text
    assert not AuditEntry.objects.filter(action="role.changed").exists()


@pytest.mark.parametrize(("key", "field"), FIELDS)
def test_it_is_where_it_is_open_and_the_others_are_not(key, field):
    body = {**CHANGES, "permissions": []}[key]
    client = administrator(**{"*": "read_only", field: "editable"})
    assert ask(client, "PATCH", "roles/rep/", {key: body})[0] == 200


def test_a_hidden_field_is_refused_in_the_words_for_one_that_never_was():
    client = administrator(description="hidden")
    hidden, never = (
        ask(client, "PATCH", "roles/rep/", {key: "Mine"}) for key in ("description", "colour")
    )
    assert hidden[0] == 400 and "There is no field “description”." in hidden[1]
    assert hidden[1].replace("description", "colour") == never[1]


@pytest.mark.parametrize(("level", "code"), [("read_only", 403), ("editable", 201)])
def test_a_new_role_sets_what_may_be_set(level, code):
    client = administrator(privileges=level)
    body = {"name": "New", "level": 5, "privileges": ["deal.seal"]}
    assert ask(client, "POST", "roles/", body)[0] == code
    assert ask(client, "POST", "roles/", {"name": "Plain", "level": 5})[0] == 201


def test_an_undo_writes_no_field_that_may_only_be_read():
    """D13: it is a change like any other."""
    olga = Client()
    olga.force_login(make_user("olga", "owner"))
    assert ask(olga, "PATCH", "roles/rep/", {"privileges": []})[0] == 200
    entry = AuditEntry.objects.latest("pk")
    client = administrator(privileges="read_only")
    assert ask(client, "POST", f"activities/{entry.pk}/undo/")[0] == 403
    assert ask(olga, "POST", f"activities/{entry.pk}/undo/")[0] == 201


@pytest.mark.parametrize(("rights", "differs"), [("roles.create", False), (RIGHTS, True)])
def test_whoever_makes_roles_and_views_none_cannot_find_them_by_trying(rights, differs):
    """R24: a base out of view can be neither chosen nor told from one that never was."""
    client = administrator(rights)
    there = ask(client, "POST", "roles/", {"name": "A", "level": 1, "base": "low"})
    never = ask(client, "POST", "roles/", {"name": "A", "level": 1, "base": "lox"})
    assert (there[0] != never[0]) is differs
    assert differs or there[1].replace("low", "lox") == never[1]
    assert Role.objects.filter(base__code="low").exists() is differs
