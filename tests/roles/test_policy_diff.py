"""`policy diff` tells in the words of the pages what applying a file would change."""

import json

import pytest

from roles.core.impact import NO_IMPACT
from roles.models import AuditEntry
from roles.services.impact import impact_of
from roles.services.loading import read_role
from roles.services.planning import plan_policy
from tests.factories import give, make_role, make_user, role_of, words

from .policy_files import diff, document, export

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(db):
    role = make_role("rep", permissions="leads.view deals.view", records={"leads": "team"})
    make_role("heir", base="rep")
    make_user("ann", role)
    make_user("ben", "heir")
    return role


REP = {"code": "rep", "level": 10, "permissions": ["leads.view", "deals.view"]}
STANDING = {**REP, "records": {"leads": "team"}}


def test_a_file_that_says_what_stands_changes_nothing(rep):
    assert diff(document(STANDING)) == (0, "No changes.\n")


def test_each_role_and_each_thing_about_it_is_said_in_words(rep):
    make_role("gone")
    changed = {
        "code": "rep",
        "name": "Sales Rep",
        "description": "Sells.",
        "level": 12,
        "base": "user",
        "second_factor": True,
        "permissions": ["leads.view", "leads.edit", "tasks.comment"],
        "privileges": ["app.crm"],
        "records": {"leads": {"*": ["department", "team"], "edit": "own"}},
        "fields": {"leads": {"phone": "hidden"}},
    }
    new = {"code": "new", "level": 3, "base": "rep"}
    code, said = diff(
        document(changed, new, {"code": "heir", "level": 10, "base": "rep"}), "--prune"
    )
    assert code == 1
    lines = said.splitlines()
    assert lines[:14] == [
        "rep: changed",
        "  Name: Rep → Sales Rep",
        "  Description: Sells.",
        "  Level: 10 → 12",
        "  Based on: User",
        "  Second factor: not asked for → asked for",
        "  Leads: whose records: Team → Department, Team",
        "  Leads: whose records for Edit: Own",
        "  Leads: field phone: hidden",
        "  Added: Leads: Edit; Comment on tasks; app.crm",
        "  Removed: Deals: View",
        "new: created",
        "  Name: New",
        "  Level: 3",
    ]
    assert lines[14:16] == ["  Based on: Sales Rep", "gone: deleted"]


def test_it_says_how_many_people_gain_and_lose_what(rep):
    code, said = diff(document({**STANDING, "permissions": ["leads.view", "reports.view"]}))
    assert code == 1
    assert said.splitlines()[-2:] == [
        "2 people gain Reports: View",
        "2 people lose Deals: View",
    ]


def test_what_a_second_role_of_the_file_makes_up_for_nobody_loses(rep):
    """All of the file together is compared, not one role after the other."""
    heir = {"code": "heir", "level": 10, "base": "rep", "permissions": ["deals.view"]}
    said = diff(document({**STANDING, "permissions": ["leads.view"]}, heir))[1]
    assert said.splitlines()[-1] == "1 person loses Deals: View"
    both = {"code": "other", "permissions": ["deals.view"]}
    make_role("other")
    give(make_user("cem", "rep"), "other")
    said = diff(document({**STANDING, "permissions": ["leads.view"]}, heir, both))[1]
    assert "1 person loses Deals: View" in said


def test_where_nobody_notices_it_says_so(rep):
    said = diff(document({**STANDING, "description": "Sells."}))[1]
    assert said.splitlines()[-1] == "nobody gains or loses anything"


@pytest.mark.parametrize(
    "values",
    [
        {"permissions": words("leads.view reports.view")},
        {"records": {}},
        {"second_factor": True},
        {"base": "user", "privileges": words("app.crm")},
    ],
)
def test_of_one_role_it_tells_what_its_page_tells(rep, values):
    wanted = read_role(rep).with_changes(**values)
    assert plan_policy([wanted]).impact == impact_of(rep, wanted) != NO_IMPACT


def test_nothing_is_saved_by_looking(rep):
    before, entries = export(), AuditEntry.objects.count()
    diff(document({**REP, "name": "Other"}), "--prune")
    assert (export(), AuditEntry.objects.count()) == (before, entries)


def test_it_says_what_would_be_refused_and_why(rep):
    code, said = diff(document({"code": "user", "level": 11}), "--prune")
    assert code == 1
    assert "Nothing of it can be applied:" in said
    assert "- roles[0].level (user): A system role keeps its level (D8)." in said
    assert "- rep: “Rep” is in use: 1 person holds it, 0 roles are based on it." in said


def test_programs_read_the_same_as_json(rep):
    code, said = diff(document({**STANDING, "permissions": ["leads.view"]}), "--json")
    assert code == 1
    assert json.loads(said) == {
        "roles": [
            {
                "code": "rep",
                "what": "changed",
                "changes": [{"field": "deals.view", "old": True, "new": False}],
            }
        ],
        "holders": 2,
        "people": 2,
        "effects": [{"kind": "lost", "names": ["deals.view"], "people": 2}],
        "refused": [],
    }
    code, said = diff(document(STANDING), "--json")
    assert (code, json.loads(said)["roles"]) == (0, [])
    assert json.loads(diff(document({"code": "owner"}), "--json")[1])["refused"][0] == {
        "place": "roles[0].level",
        "role": "owner",
        "message": "A system role keeps its level (D8). Clone it to have one of your own.",
    }


def test_it_costs_no_more_queries_for_more_roles(rep, django_assert_num_queries):
    few = document(STANDING)
    many = document(STANDING, *({"code": f"r{number}", "level": 5} for number in range(30)))
    with django_assert_num_queries(2):
        diff(few)
    with django_assert_num_queries(2):
        diff(many)
    for number in range(30):
        make_role(f"r{number}", level=5)
    with django_assert_num_queries(2):
        assert diff(many)[0] == 0
    assert role_of("r29").level == 5
