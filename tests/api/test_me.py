"""Who am I, and what is there to be given (R1, R6, R7, R12)."""

import pytest

from roles.core.vocabulary import ACTIONS
from roles.registry import registry
from tests.factories import give, make_role

from .people import person, problem, with_role

pytestmark = pytest.mark.django_db


def test_me_says_what_every_other_door_says():
    """R22."""
    role = make_role(
        "seller",
        level=20,
        permissions="contacts.view contacts.edit reports.view tasks.comment",
        privileges="app.crm",
        records={"contacts": {"*": "own", "view": "all"}},
        fields={"contacts": {"phone": "read_only", "notes": "hidden"}},
    )
    ann = person("ann", role, first_name="Ann", last_name="Lee")
    give(ann.user, make_role("walker", level=5, permissions="leads.view"))
    me = ann.read("me/")
    assert me["user"] == {"username": "ann", "name": "Ann Lee"}
    assert [r["code"] for r in me["roles"]] == ["seller", "walker"]
    assert (me["rank"], me["privileges"]) == (20, ["app.crm"])
    assert (
        me["permissions"]
        == sorted(me["permissions"])
        == [
            "contacts.edit",
            "contacts.view",
            "leads.view",
            "reports.view",
            "tasks.comment",
        ]
    )
    assert set(me["permissions"]) <= ann.user.get_all_permissions()
    assert me["modules"].keys() == {"contacts", "leads", "reports"}
    contacts = me["modules"]["contacts"]
    assert contacts["actions"] == ["view", "edit"]
    assert contacts["scopes"] == {"view": ["own", "all"][1:], "edit": ["own"]}
    assert contacts["fields"]["phone"] == "read_only"
    assert contacts["fields"]["last_name"] == "editable"
    assert "notes" not in contacts["fields"]
    assert set(me["modules"]["leads"]["fields"].values()) == {"read_only"}


def test_rights_of_two_roles_are_not_mixed_in_me():
    """R15: the role that edits does not see the field as editable because another reads it."""
    hidden = {"contacts": {"phone": "hidden"}}
    ann = with_role("ann", "contacts.view contacts.edit", fields=hidden)
    give(ann.user, make_role(permissions="contacts.view"))
    assert ann.read("me/")["modules"]["contacts"]["fields"]["phone"] == "read_only"


def test_an_owner_has_everything_and_outranks_a_hundred(olga):
    me = olga.read("me/")
    assert me["rank"] == 101
    assert me["permissions"] == sorted(registry.catalogue.permissions)
    assert all("all" in s for m in me["modules"].values() for s in m["scopes"].values() if s)


def test_a_superuser_is_described_as_an_owner(db):
    """R3."""
    me = person("root", is_superuser=True).read("me/")
    assert [r["code"] for r in me["roles"]] == ["owner"] and me["rank"] == 101


def test_someone_without_a_role_reads_that_they_have_nothing(db):
    me = person("ann").read("me/")
    assert (me["roles"], me["permissions"], me["modules"], me["rank"]) == ([], [], {}, 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["me/", "modules/", "permissions/"])
def test_nothing_is_written_there(olga, method, path):
    problem(olga.ask(method, path, {"rank": 100}), 405)


def test_the_catalogue_names_every_module_and_permission(sam):
    modules = sam.read("modules/")["results"]
    assert [m["code"] for m in modules] == list(registry.catalogue.modules)
    contacts = modules[0]
    assert contacts["label"] == "Contacts" and contacts["actions"] == list(ACTIONS[:6])
    assert {"name": "last_name", "label": "last name"} in contacts["fields"]
    assert "id" not in [field["name"] for field in contacts["fields"]]
    permissions = {p["code"]: p for p in sam.read("permissions/")["results"]}
    assert permissions.keys() == registry.catalogue.permissions.keys()
    assert permissions["contacts.view"]["kind"] == "module"
    assert permissions["contacts.edit"]["action"] == "edit"
    assert permissions["users.invite"]["kind"] == "feature"
    assert permissions["admin.view"]["implies"] == list(registry.catalogue.implied["admin.view"])
    assert permissions["tasks.comment"]["label"] == "comment on tasks"
