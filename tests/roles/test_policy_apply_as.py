"""`policy apply --as`: under that person's rules, judged by where the file begins and ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError

from accounts.models import User
from roles.core import clock
from roles.core.document import dump_role
from roles.core.errors import Refused
from roles.core.specs import RoleSpec
from roles.models import AuditEntry, Role
from roles.services.applying import NotApplied, apply_policy, install_policy
from roles.services.loading import read_role
from tests.factories import fetch, give, make_role, make_user, role_of, words

from .policy_files import apply, document, export

pytestmark = pytest.mark.django_db

ADMIN = "roles.view roles.create roles.edit roles.delete"
WORK = "contacts.view contacts.edit deals.view"
REP = {"code": "rep", "level": 10}


@pytest.fixture
def ann(db):
    """An administrator of rank 50 who reaches the contacts of their team."""
    role = make_role(
        "chief",
        level=50,
        permissions=f"{ADMIN} {WORK}",
        records={"contacts": "team"},
        fields={"deals": {"notes": "read_only"}},
        privileges="app.crm",
    )
    return make_user("ann", role)


@pytest.fixture
def rep(ann):
    return make_role("rep", permissions="contacts.view")


def as_ann(*roles, prune=False):
    return apply(document(*roles), "--as", "ann", *(["--prune"] if prune else []))


def refused(*roles, prune=False):
    """Give the lines said against a file, of which nothing may have been saved."""
    before, entries = export(), AuditEntry.objects.count()
    with pytest.raises(CommandError) as caught:
        as_ann(*roles, prune=prune)
    assert (export(), AuditEntry.objects.count()) == (before, entries)
    first, *lines = str(caught.value).splitlines()
    return lines or [first]


# Who acts at all (D1, R1)


def test_who_may_neither_make_nor_change_roles_applies_no_file_not_even_one_that_changes_nothing():
    give(make_user("ann"), "manager")
    assert refused() == [
        "You need the permission “Roles: Edit” for this (D1). Ask an Owner for it."
    ]


@pytest.mark.parametrize("kind", ["anonymous", "deactivated", "suspended", "waiting", "later"])
def test_who_is_out_applies_nothing_whatever_they_hold(kind):
    """R1, R2; the twin is an Owner who is in."""
    values = {"deactivated": {"is_active": False}, "suspended": {"state": "suspended"}}
    values["waiting"] = {"state": "waiting"}
    person = make_user("ann", **values.get(kind, {}))
    give(person, "owner", valid_from=clock.now() + timedelta(1) if kind == "later" else None)
    actor = AnonymousUser() if kind == "anonymous" else User.objects.get(pk=person.pk)
    wanted = [RoleSpec("new", "New")]
    with pytest.raises(Refused):
        apply_policy(acting_user=actor, wanted=wanted)
    assert not Role.objects.filter(code="new").exists()
    apply_policy(acting_user=fetch(make_user("olga", "owner")), wanted=wanted)
    assert Role.objects.filter(code="new").exists()


def test_a_name_that_is_nobody_is_an_error():
    with pytest.raises(CommandError, match="no user 'ann'"):
        as_ann()


@pytest.mark.parametrize(
    ("lacking", "step"),
    [("roles.create", "new"), ("roles.edit", "rep"), ("roles.delete", "gone")],
)
def test_each_thing_that_a_file_does_to_roles_has_its_permission(ann, rep, lacking, step):
    make_role("gone", level=5)
    file = [{**REP, "permissions": []}, {"code": "new"}, _as_it_stands("chief")]
    chief = file[-1]["permissions"]
    role_of("chief").permissions.remove(lacking)
    chief.remove(lacking)
    label = lacking.partition(".")[2].title()
    (line,) = refused(*file, prune=True)
    place = {"new": "roles[1] (new)", "rep": "roles[0] (rep)", "gone": "gone"}[step]
    assert line == (
        f"- {place}: You need the permission “Roles: {label}” for this (D1). Ask an Owner for it."
    )
    role_of("chief").permissions.add(lacking)
    chief.append(lacking)
    as_ann(*file, prune=True)


def test_what_stands_already_is_asked_about_by_nobody(ann):
    """A file holds all roles; only what it changes is the actor's to do."""
    make_role("director", level=90, permissions="contacts.export")
    high = {"code": "director", "level": 90, "permissions": ["contacts.export"]}
    as_ann(high, {"code": "new", "level": 5})
    assert Role.objects.filter(code="new").exists()


# D3, D4, D6, each at its place


BEYOND = {
    "D3": ({**REP, "level": 50}, "roles[0].level (rep): Level 50 is not below your own (D3)."),
    "D4": (
        {**REP, "permissions": ["contacts.view", "contacts.export"]},
        "roles[0].permissions (rep): You cannot give Export on Contacts because you do not have",
    ),
    "D4 scopes": (
        {**REP, "permissions": ["contacts.view"], "records": {"contacts": "all"}},
        "roles[0].records (rep): You cannot give View on Contacts on “All”",
    ),
    "D4 fields": (
        {
            **REP,
            "permissions": ["contacts.view", "deals.view"],
            "fields": {"deals": {"notes": "editable"}},
        },
        "roles[0].fields (rep): You cannot give",
    ),
    "D4 privileges": (
        {**REP, "permissions": ["contacts.view"], "privileges": ["app.new"]},
        "roles[0].privileges (rep): You cannot give or take the privilege “app.new”",
    ),
    "D4 bases": (
        {**REP, "permissions": ["contacts.view"], "base": "user"},
        "roles[0].base (rep): “User” gives",
    ),
}


@pytest.mark.parametrize("rule", BEYOND)
def test_what_goes_beyond_the_actor_is_refused_at_its_place(ann, rep, rule):
    row, said = BEYOND[rule]
    lines = refused(row, {"code": "fine"})
    assert any(line.startswith(f"- {said}") for line in lines), lines
    assert all("(rep)" in line for line in lines)


def test_what_lies_within_the_actor_is_done(ann, rep):
    as_ann(
        {
            **REP,
            "level": 49,
            "permissions": ["contacts.view", "contacts.edit"],
            "privileges": ["app.crm"],
            "records": {"contacts": "team"},
            "fields": {"contacts": {"notes": "hidden"}},
        }
    )
    assert read_role(role_of("rep")).permissions == words("contacts.view contacts.edit")


def test_a_role_with_a_high_one_on_it_is_not_touched(ann, rep):
    """D6; though the file says the same of the high one as stands."""
    make_role("heir", level=60, base="rep")
    heir = {"code": "heir", "level": 60, "base": "rep"}
    (line,) = refused(heir, {**REP, "permissions": []})
    assert "“Heir” is based on this role, and its level 60 is not below yours (D6)." in line
    assert line.startswith("- roles[1] (rep)")


def test_what_stands_on_a_changed_role_is_judged_with_it(ann, rep):
    """D6: the new cell would reach all contacts there, and the file says nothing of that role."""
    make_role("heir", level=11, base="rep", records={"contacts": "all"})
    role_of("rep").permissions.clear()
    (line,) = refused({**REP, "permissions": ["contacts.view"]})
    assert line.startswith("- roles[0] (rep): It reaches “Heir”, and View on Contacts there is")
    narrowed = {"code": "heir", "level": 11, "base": "rep", "records": {"contacts": "team"}}
    as_ann({**REP, "permissions": ["contacts.view"]}, narrowed)


def test_a_role_out_of_rank_is_refused_also_where_no_reason_is_found(ann, monkeypatch):
    """Deny by default: what the filtered list leaves out is closed, whatever the words say."""
    make_role("high", level=60)
    monkeypatch.setattr("roles.services.applying.why_not", lambda *_asked: "")
    high = {"code": "high", "level": 60, "description": "Mine."}
    assert refused(high) == ["- roles[0] (high): This is not yours to do."]


def test_nobody_gives_themselves_a_privilege_by_a_role_of_theirs(ann):
    """D2, by way of a base that the same file makes."""
    role_of("chief").permissions.add("privileges.define")
    low = make_role("low", level=5)
    give(ann, low)
    giving = {"code": "giving", "level": 5, "privileges": ["app.new"]}
    as_ann(giving)
    assert any(
        "(D2)" in line for line in refused(giving, {"code": "low", "level": 5, "base": "giving"})
    )


def test_pruning_asks_for_rank(ann):
    make_role("high", level=60)
    make_role("low", level=5)
    assert refused(_as_it_stands("chief"), prune=True) == [
        "- high: Level 60 is not below your own (D3). Ask an Owner."
    ]
    Role.objects.filter(code="high").delete()
    as_ann(_as_it_stands("chief"), prune=True)
    assert not Role.objects.filter(code="low").exists()


def _as_it_stands(code):
    return dump_role(read_role(role_of(code)))


# The end is judged, not the way there


@pytest.mark.parametrize("order", [1, -1])
def test_an_end_that_is_covered_is_reached_whatever_the_order(ann, order):
    """One step first would give `heir` all contacts for a moment, which are not the actor's."""
    make_role("base", level=5)
    make_role("heir", level=6, base="base", records={"contacts": "all"})
    steps = [
        {"code": "base", "level": 5, "permissions": ["contacts.view"]},
        {"code": "heir", "level": 6, "base": "base", "records": {"contacts": "team"}},
    ]
    as_ann(*steps[::order])
    assert read_role(role_of("base")).permissions == {"contacts.view"}


@pytest.mark.parametrize("order", [1, -1])
def test_two_steps_that_climb_together_are_refused_together(ann, order):
    """Each alone is fine: a scope of what is not given, and a cell where the scope is narrow."""
    make_role("base", level=5)
    make_role("heir", level=6, base="base", records={"contacts": "team"})
    base = {"code": "base", "level": 5, "permissions": ["contacts.view"]}
    heir = {"code": "heir", "level": 6, "base": "base", "records": {"contacts": "all"}}
    lines = refused(*[base, heir][::order])
    assert [line for line in lines if "View on Contacts on “All”" in line]
    as_ann({**base, "permissions": []}, heir)


def test_two_roles_change_places_by_who_covers_both(ann):
    as_ann({"code": "a", "level": 5}, {"code": "b", "level": 6, "base": "a"})
    as_ann({"code": "a", "level": 5, "base": "b"}, {"code": "b", "level": 6})
    assert role_of("a").base == role_of("b")


def test_what_a_base_takes_with_it_must_have_been_the_actors(ann):
    """D4: it is narrowed, so it must have been covered; though the file gives what is theirs."""
    make_role("wide", level=5, permissions="contacts.export")
    make_role("rep", level=5, base="wide")
    wide = {"code": "wide", "level": 5, "permissions": ["contacts.export"]}
    lines = refused(wide, {"code": "rep", "level": 5})
    (line,) = (line for line in lines if ".base" in line)
    assert "“Wide” gives Export on Contacts further than you have it yourself (D4)." in line


# Fields of roles (R17), and what is not in view (R23, R24)


def test_a_field_of_roles_that_may_only_be_read_is_not_written(ann, rep):
    role_of("chief").field_permissions.create(
        module_id="roles", field="description", level="read_only"
    )
    row = {**REP, "permissions": ["contacts.view"]}
    (line,) = refused({**row, "description": "Mine."})
    assert line.startswith("- roles[0] (rep): You cannot set “description” so")
    as_ann({**row, "level": 11})


def test_a_hidden_field_of_roles_is_refused_in_the_words_for_none(ann, rep):
    role_of("chief").field_permissions.create(
        module_id="roles", field="description", level="hidden"
    )
    row = {**REP, "permissions": ["contacts.view"], "description": "Mine."}
    assert refused(row) == ["- roles[0] (rep): There is no field “description”."]
    assert any("“description”" in line for line in refused({**row, "code": "new"}))


def test_a_base_out_of_view_is_none(ann):
    """The same as from the service: whoever sees no roles bases none on another."""
    role_of("chief").permissions.remove("roles.view")
    low, new = {"code": "low", "level": 5}, {"code": "new", "level": 5}
    as_ann(low)
    on_low = {"code": "on-low", "level": 5, "base": "low"}
    (line,) = refused(low, on_low)
    assert line.startswith("- roles[0] (low): You need the permission “Roles: View” for this")
    none = "- roles[0].base (on-low): There is no role “guest” to base this one on."
    assert none in refused({**on_low, "base": "guest"})
    assert refused(new, {**on_low, "base": "new"}) == [
        "- roles[1].base (on-low): There is no role “new” to base this one on."
    ]


def test_of_a_role_that_is_not_theirs_to_touch_nobody_learns_more(ann):
    """How many hold it, or that another has the name, is not told to who may not touch it."""
    high = make_role("high", level=60)
    give(make_user("ben"), high)
    lines = refused({"code": "user", "level": 11}, _as_it_stands("chief"), prune=True)
    assert lines[-1] == "- high: Level 60 is not below your own (D3). Ask an Owner."
    assert not any("holds it" in line for line in lines)


# From Python


def test_the_actor_is_asked_as_they_are_and_not_as_they_were_fetched(ann, rep):
    """R28: their session read them before the right was taken back."""
    person = fetch(ann)
    assert person.has_perm("roles.edit")
    role_of("chief").permissions.remove("roles.edit")
    with pytest.raises(NotApplied, match="You need the permission “Roles: Edit”"):
        apply_policy(acting_user=person, wanted=[read_role(rep).with_changes(level=11)])


def test_specs_that_no_reader_has_seen_are_held_to_the_rules_too(ann):
    """R4, R21: a cycle and a base that is not there."""
    a, b = RoleSpec("a", "A", base="b"), RoleSpec("b", "B", base="a")
    with pytest.raises(NotApplied, match="itself based on this role"):
        install_policy(wanted=[a, b])
    with pytest.raises(NotApplied, match="There is no role “nobody” to base this one on"):
        install_policy(wanted=[RoleSpec("a", "A", base="nobody")])
    with pytest.raises(NotApplied, match="No role can be based on Owner"):
        install_policy(wanted=[RoleSpec("a", "A", base="owner")])
    assert not Role.objects.filter(code="a").exists()
    plan = install_policy(wanted=[RoleSpec("a", " A ", privileges=frozenset({"App.CRM"}))])
    assert [step.fate for step in plan.steps] == ["created"]
    assert read_role(role_of("a")).privileges == {"app.crm"}


# Cost


def _queries(django_assert_max_num_queries, *roles):
    with django_assert_max_num_queries(200) as caught:
        as_ann(*roles)
    return len(caught)


def test_roles_that_do_not_change_cost_no_queries(ann, django_assert_max_num_queries):
    """The file of a big account in which one role changes."""
    few = [{"code": f"r{number}", "level": 5} for number in range(2)]
    many = [{"code": f"r{number}", "level": 5} for number in range(40)]
    as_ann(*few)
    alone = _queries(django_assert_max_num_queries, *few)
    as_ann(*many)
    assert _queries(django_assert_max_num_queries, *many) == alone < 20
    changed = {"code": "r0", "level": 6}
    one = _queries(django_assert_max_num_queries, changed, *few[1:])
    as_ann(*many)
    as_ann(*many)  # so that this process knows the new state, as before
    other = _queries(django_assert_max_num_queries, changed, *many[1:])
    assert other == one < 40
