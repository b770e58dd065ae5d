"""Test the oracle by hand on records: scopes, shares, features, creation."""

import pytest

from .by_hand import ask, contact, document, person, role


def test_scopes_of_an_action_stand_in_for_those_of_the_module_in_their_layer():
    doc = document(
        role("r", "leads.view leads.edit", records={"leads": {"*": "all", "edit": "own"}}),
        role("wide", base="r", records={"leads": "department"}),
        users={
            "ann": person("r", department="sales"),
            "ben": person("wide", department="sales"),
            "cat": person(department="emea"),
        },
        departments={"sales": None, "emea": "sales"},
        records={
            "a": {"module": "leads", "owner": "ann"},
            "c": {"module": "leads", "owner": "cat"},
            "n": {"module": "leads", "owner": None},
        },
    )
    assert ask(doc, "ann", list="leads") == ["a", "c", "n"]
    assert ask(doc, "ann", list="leads", action="edit") == ["a"]
    assert ask(doc, "ben", list="leads", action="edit") == ["a", "c"]


def test_a_share_widens_records_and_never_actions():
    doc = document(
        role("viewer", "contacts.view"),
        users={"ann": person("user", teams=["red"]), "ben": person("viewer"), "cat": person()},
        records={"c": contact("cat"), "gone": contact("ann", deleted=True)},
        shares=[
            {"record": "c", "team": "red", "give": "edit"},
            {"record": "c", "user": "ben", "give": "edit"},
        ],
        teams=["red"],
    )
    assert ask(doc, "ann", "contacts.edit", record="c")
    assert ask(doc, "ann", write="phone", record="c")
    assert not ask(doc, "ann", "contacts.export", record="c")
    assert ask(doc, "ben", "contacts.view", record="c")
    assert not ask(doc, "ben", "contacts.edit", record="c")
    assert ask(doc, "cat", list="contacts") == []
    assert ask(doc, "ann", list="contacts") == ["c"]


def test_only_features_of_the_module_and_its_own_actions_answer_on_a_record():
    doc = document(
        users={"ann": person("user")},
        records={"t": {"module": "tasks", "owner": "ann"}, "o": {"module": "tasks", "owner": None}},
    )
    assert ask(doc, "ann", "tasks.comment", record="t")
    assert not ask(doc, "ann", "tasks.comment", record="o")
    assert not ask(doc, "ann", "dashboard.view", record="t")
    assert not ask(doc, "ann", "contacts.view", record="t")
    assert ask(doc, "ann", "tasks.create", record="t")


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"phone": "1"}, True),
        ({"owner": "ann"}, True),
        ({"owner": "ben", "phone": "1"}, False),
        ({"owner": "cat", "phone": "1"}, True),
        ({"owner": "cat", "notes": "1"}, False),
        ({"owner": None}, False),
        ({"nonsense": "1"}, False),
        ({"account": "seen"}, True),
        ({"account": "unseen"}, False),
        ({"account": None}, True),
    ],
)
def test_creating_judges_each_value_by_itself(values, allowed):
    team = {"records": {"contacts": "team"}, "fields": {"contacts": {"notes": "read_only"}}}
    users = {"ann": person("a", "b", teams=["red"]), "ben": person(), "cat": person(teams=["red"])}
    doc = document(
        role("a", "contacts.create accounts.view"),
        role("b", "contacts.create", **team),
        users=users,
        teams=["red"],
        records={
            "seen": {"module": "accounts", "owner": "ann"},
            "unseen": {"module": "accounts", "owner": "ben"},
        },
    )
    assert ask(doc, "ann", create="contacts", values=values) is allowed
    assert not ask(doc, "ben", create="contacts", values=values)


@pytest.mark.parametrize("action", ["edit", "delete", "export"])
def test_view_is_asked_beside_what_changes_or_takes_out_a_record(action):
    doc = document(
        role("acts", f"contacts.{action} contacts.create", records={"contacts": "all"}),
        role("views", "contacts.view"),
        users={"ann": person("acts"), "ben": person("acts", "views")},
        records={"a": contact("ann"), "b": contact("ben")},
    )
    assert ask(doc, "ann", list="contacts", action=action) == []
    assert ask(doc, "ben", list="contacts", action=action) == ["b"]
    assert ask(doc, "ann", list="contacts", action="create") == ["a", "b"]


def test_writing_needs_reading_and_one_role_that_edits_and_opens_the_field():
    doc = document(
        role("edits", "contacts.edit", fields={"contacts": {"notes": "read_only"}}),
        role("views", "contacts.view", fields={"contacts": {"phone": "hidden"}}),
        users={"ann": person("edits", "views"), "ben": person("edits")},
        records={"a": contact("ann"), "b": contact("ben")},
    )
    assert ask(doc, "ann", write="title", record="a")
    assert not ask(doc, "ann", write="phone", record="a")
    assert not ask(doc, "ann", write="notes", record="a")
    assert not ask(doc, "ann", write="nonsense", record="a")
    assert not ask(doc, "ben", write="title", record="b")


def test_a_share_for_view_lets_nobody_edit():
    doc = document(
        users={"ann": person("user"), "ben": person("user")},
        records={"c": contact(None)},
        shares=[{"record": "c", "user": "ann", "give": "view"}],
    )
    assert ask(doc, "ann", "contacts.view", record="c")
    assert not ask(doc, "ann", "contacts.edit", record="c")
    assert not ask(doc, "ben", "contacts.view", record="c")


def test_a_feature_must_be_held_and_is_no_action_of_a_list():
    doc = document(
        role("views", "tasks.view tasks.comment"),
        users={"ann": person("views"), "ben": person("user")},
        records={"t": {"module": "tasks", "owner": "ann"}},
    )
    assert not ask(doc, "ann", "comments.moderate", record="t")
    assert ask(doc, "ann", "tasks.comment", record="t")
    assert ask(doc, "ann", list="tasks", action="comment") == []


def test_badges_are_in_reach_of_all_and_notifications_of_their_addressee():
    doc = document(
        users={"ann": person("owner"), "ben": person("user")},
        records={
            "badge": {"module": "gamification"},
            "note": {"module": "notifications", "owner": "ben"},
        },
    )
    assert ask(doc, "ben", list="gamification") == ["badge"]
    assert ask(doc, "ben", list="notifications", action="edit") == ["note"]
    assert ask(doc, "ann", list="notifications") == []


def test_what_no_file_may_say_is_an_error():
    doc = document(
        role("a", base="owner"),
        role("b", base="c"),
        role("c", base="b"),
        users={"ann": person("a"), "ben": person("b"), "cat": person("user")},
    )
    for user in ("ann", "ben"):
        with pytest.raises(ValueError, match=r"cycle|Owner"):
            ask(doc, user, "contacts.view")
    for check in ({"read": "phone", "record": "x"}, {"list": "nothing"}):
        with pytest.raises(KeyError):
            ask(doc, "cat", **check)
