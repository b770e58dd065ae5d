"""Test the oracle by hand: section 8 of the access model, then one case or more per rule.

Examples 4 and 5 are about who may administer whom (D rules), which no check form asks.
"""

import pytest

from .by_hand import NOW, ask, contact, document, person, role
from .oracle import answer

# Section 8


def test_example_1_no_amplification():
    a = role(
        "a", "contacts.view", records={"contacts": "all"}, fields={"contacts": {"phone": "hidden"}}
    )
    b = role("b", "contacts.view contacts.edit", records={"contacts": "own"})
    doc = document(
        a,
        b,
        users={"ann": person("a", "b"), "ben": person()},
        records={"hers": contact("ann"), "his": contact("ben")},
    )
    assert ask(doc, "ann", "contacts.view", record="his")
    assert not ask(doc, "ann", read="phone", record="his")
    assert ask(doc, "ann", read="notes", record="his")
    assert not ask(doc, "ann", "contacts.edit", record="his")
    assert ask(doc, "ann", read="phone", record="hers")
    assert ask(doc, "ann", write="phone", record="hers")
    assert ask(doc, "ann", list="contacts") == ["hers", "his"]
    assert ask(doc, "ann", list="contacts", action="edit") == ["hers"]


def test_example_2_inheritance_of_grants_and_scopes():
    sales = role("sales", "reports.view", base="user", records={"contacts": "team"})
    doc = document(
        sales,
        users={"ann": person("sales", teams=["red"]), "ben": person(teams=["red"])},
        records={"his": contact("ben")},
        teams=["red"],
    )
    assert ask(doc, "ann", "reports.view")
    assert ask(doc, "ann", "leads.create")
    assert ask(doc, "ann", "contacts.view", record="his")


@pytest.mark.parametrize(
    ("base", "derived", "third", "readable"),
    [
        ({"margin": "hidden"}, {}, {}, False),
        ({"margin": "hidden"}, {"margin": "read_only"}, {}, True),
        ({}, {"margin": "hidden"}, {}, False),
        ({}, {"margin": "hidden"}, {"margin": "editable"}, True),
        ({"margin": "read_only"}, {"margin": "hidden"}, {}, True),
        ({"*": "hidden"}, {"name": "editable"}, {}, False),
        ({"margin": "hidden", "*": "editable"}, {}, {}, False),
        ({"*": "hidden", "margin": "read_only"}, {}, {}, True),
    ],
)
def test_example_2_inheritance_of_fields(base, derived, third, readable):
    doc = document(
        role("low", "deals.view", fields={"deals": base}),
        role("mid", base="low", fields={"deals": derived}),
        role("top", base="mid", fields={"deals": third}),
        users={"ann": person("top")},
        records={"d": {"module": "deals", "owner": "ann"}},
    )
    assert ask(doc, "ann", read="margin", record="d") is readable


def test_example_3_union_of_scopes():
    doc = document(
        role("low", "deals.view", records={"deals": "team"}),
        role("top", base="low", records={"deals": "reporting_line"}),
        users={
            "ann": person("top", teams=["red"]),
            "ben": person(teams=["red"]),
            "cat": person(manager="dan"),
            "dan": person(manager="ann", active=False),
            "eve": person(),
        },
        records={f"of-{n}": {"module": "deals", "owner": n} for n in ("ben", "cat", "eve")},
        teams=["red"],
    )
    assert ask(doc, "ann", list="deals") == ["of-ben", "of-cat"]


def test_example_6_edit_beside_view():
    doc = document(
        role("editor", "tasks.edit", records={"tasks": "all"}),
        role("viewer", "tasks.view", records={"tasks": "own"}),
        users={"ann": person("editor"), "ben": person("editor", "viewer")},
        records={n: {"module": "tasks", "owner": n} for n in ("ann", "ben")},
    )
    assert ask(doc, "ann", list="tasks", action="edit") == []
    assert ask(doc, "ben", list="tasks", action="edit") == ["ben"]


# Who is asking


@pytest.mark.parametrize(
    ("row", "may_view", "own_profile"),
    [
        (person("user"), True, True),
        (person("user", active=False), False, False),
        (person("user", state="suspended"), False, False),
        (person("owner", state="rejected"), False, False),
        (person("owner", state="waiting"), False, True),
        (person(state="waiting", active=False), False, False),
        (person(superuser=True), True, True),
        (person(), False, False),
        (person({"role": "user", "from": NOW}), True, True),
        (person({"role": "user", "until": NOW}), False, False),
        (person({"role": "user", "from": "2026-03-01T12:00:01"}), False, False),
        (person({"role": "user", "until": "2026-03-01T12:00:01"}), True, True),
    ],
)
def test_standing_and_windows_decide_what_counts(row, may_view, own_profile):
    doc = document(users={"ann": row})
    assert ask(doc, "ann", "contacts.view") is may_view
    assert ask(doc, "ann", "profile.view") is own_profile


def test_an_anonymous_asker_is_denied_in_every_form():
    doc = document(users={"ann": person("owner")}, records={"c": contact("ann")})
    assert not ask(doc, None, "profile.view")
    assert not ask(doc, None, "contacts.view", record="c")
    assert not ask(doc, None, read="phone", record="c")
    assert not ask(doc, None, create="contacts", values={})
    assert ask(doc, None, list="contacts") == []


# What a role gives


def test_owner_holds_all_that_applies_and_a_disabled_module_gives_nothing():
    doc = document(users={"ann": person("owner")}, disabled_modules=["email", "contacts"])
    for code in ("users.invite", "passwords.manage", "accounts.view_user"):
        assert ask(doc, "ann", code)
    for code in ("contacts.invite", "email.view", "mailboxes.manage", "crm.view_contact"):
        assert not ask(doc, "ann", code)


def test_admin_view_implies_view_beside():
    doc = document(role("r", "admin.view"), users={"ann": person("r")})
    assert ask(doc, "ann", "activities.view")
    assert ask(doc, "ann", "roles.view_role")
    assert not ask(doc, "ann", "users.edit")
    assert not ask(doc, "ann", "activities.export")


@pytest.mark.parametrize(
    ("entered", "asked", "given"),
    [
        ("App.CRM", "app.crm", True),
        ("app.crm", " ａｐｐ．ＣＲＭ", True),
        ("reports.exports", "reports.exports", True),
        ("contacts.view", "contacts.view", False),
        ("contacts.invite", "contacts.invite", False),
        ("Contacts.View", "Contacts.View", False),
        ("billing.view", "billing.view", False),
        ("auth.add_group", "auth.add_group", False),
        ("CRM.View_Contact", "crm.view_contact", False),
        ("crm.view_nothing", "crm.view_nothing", True),
    ],
)
def test_the_system_wins_over_privileges(entered, asked, given):
    users = {"ann": person("r"), "own": person("owner"), "ben": person("user")}
    doc = document(role("r", privileges=[entered]), users=users)
    assert ask(doc, "ann", asked) is given
    assert ask(doc, "own", "app.crm") is (entered.lower() == "app.crm")
    assert not ask(doc, "ben", "app.crm")


def test_a_caller_may_name_further_django_permissions():
    doc = document(role("r", privileges=["shop.add_cart"]), users={"ann": person("r")})
    check = {"user": "ann", "permission": "shop.add_cart"}
    assert answer(doc, check)
    assert not answer(doc, check, django_permissions={"shop.add_cart"})
