"""Whose records each scope reaches (R8, R9), asked of the single check and of the list (R22)."""

from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, User
from crm.models import Contact
from tests.factories import (
    fetch,
    give,
    make_department,
    make_role,
    make_team,
    make_user,
    set_manager,
)

pytestmark = pytest.mark.django_db
SCOPES = ("own", "team", "department", "reporting_line", "all")


def make_scope_role(*scopes, code="", actions="contacts.view contacts.edit"):
    return make_role(code, permissions=actions, records={"contacts": " ".join(scopes)})


@pytest.fixture
def ann():
    """Somebody without a role yet."""
    return make_user("ann")


def own_one(*people):
    """Give each of the people (`None` for nobody) one contact, named like its owner."""
    return [
        Contact.objects.create(last_name=user.username if user else "ownerless", owner=user)
        for user in people
    ]


def reached(user, action="view"):
    """Give the names of the contacts in reach, on which all doors have to agree."""
    user = fetch(user)
    listed = set(Contact.objects.accessible_by(user, action).values_list("last_name", flat=True))
    code = f"contacts.{action}"
    checked = {c.last_name for c in Contact.objects.all() if user.has_perm(code, c)}
    assert listed == checked
    return listed


# Own and all


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_includes_own_and_only_all_the_ownerless(ann, scope):
    give(ann, make_scope_role(scope))
    own_one(ann, make_user("ben"), None)
    assert reached(ann) == ({"ann", "ben", "ownerless"} if scope == "all" else {"ann"})


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_gives_nothing_without_the_action(ann, scope):
    give(ann, make_scope_role(scope, actions="leads.view"))
    own_one(ann, None)
    assert reached(ann) == set()


# Team


def test_team_reaches_who_shares_a_team_and_nobody_else(ann):
    ben, cid, dan, eva = (make_user(name) for name in ("ben", "cid", "dan", "eva"))
    make_team("", ann, ben)
    make_team("", ann, ben, cid)
    make_team("", cid, dan)
    give(ann, make_scope_role("team"))
    own_one(ann, ben, cid, dan, eva, None)
    assert reached(ann) == {"ann", "ben", "cid"}


def test_a_record_is_listed_once_though_two_teams_are_shared(ann):
    ben = make_user("ben")
    make_team("", ann, ben)
    make_team("", ann, ben)
    give(ann, make_scope_role("team", "department", "reporting_line"))
    own_one(ben)
    assert Contact.objects.accessible_by(fetch(ann)).count() == 1


def test_who_is_in_no_team_reaches_their_own_only(ann):
    ben = make_user("ben")
    make_team("", ben)
    give(ann, make_scope_role("team"))
    own_one(ann, ben)
    assert reached(ann) == {"ann"}


# Department


def test_department_reaches_the_same_and_those_below_not_beside_or_above(ann):
    ben, low, deep, side, high, none = (
        make_user(name) for name in ("ben", "low", "deep", "side", "high", "none")
    )
    top = make_department("", high)
    mine = make_department("", ann, ben, parent=top)
    below = make_department("", low, parent=mine)
    make_department("", deep, parent=below)
    make_department("", side, parent=top)
    give(ann, make_scope_role("department"))
    own_one(ann, ben, low, deep, side, high, none, None)
    assert reached(ann) == {"ann", "ben", "low", "deep"}


def test_who_has_no_department_reaches_their_own_only_not_others_without_one(ann):
    ben = make_user("ben")
    give(ann, make_scope_role("department"))
    own_one(ann, ben)
    assert reached(ann) == {"ann"}


# Reporting line


def test_reporting_line_reaches_who_reports_directly_or_through_others_not_up_or_beside(ann):
    boss, one, two, side = (make_user(name) for name in ("boss", "one", "two", "side"))
    for user, manager in ((ann, boss), (side, boss), (one, ann), (two, one)):
        set_manager(user, manager)
    give(ann, make_scope_role("reporting_line"))
    own_one(ann, boss, one, two, side, None)
    assert reached(ann) == {"ann", "one", "two"}


@pytest.mark.parametrize("values", [{"is_active": False}, {"state": "suspended"}])
def test_an_account_that_is_out_keeps_its_place_and_passes_the_line_on(ann, values):
    """R9: whatever the state of the accounts between them."""
    one, two = make_user("one", **values), make_user("two")
    set_manager(one, ann)
    set_manager(two, one)
    make_team("", ann, one)
    make_department("", ann, one)
    own_one(one, two)
    for scope, expected in (
        ("team", {"one"}),
        ("department", {"one"}),
        ("reporting_line", {"one", "two"}),
    ):
        user = make_user(f"asks-{scope}", make_scope_role(scope))
        user.teams.set(ann.teams.all())
        user.department = ann.department
        user.save()
        set_manager(ann, user)
        assert reached(user) == expected


# Several at once


def test_several_scopes_of_a_role_are_one_union(ann):
    mate, near, below, far = (make_user(name) for name in ("mate", "near", "below", "far"))
    make_team("", ann, mate)
    make_department("", ann, near)
    set_manager(below, ann)
    own_one(ann, mate, near, below, far, None)
    by_scope = {"team": {"mate"}, "department": {"near"}, "reporting_line": {"below"}}
    for number in (1, 2, 3):
        for scopes in combinations(by_scope, number):
            user = User.objects.get(pk=ann.pk)
            user.role_assignments.all().delete()
            give(user, make_scope_role(*scopes))
            assert reached(user) == {"ann"}.union(*(by_scope[scope] for scope in scopes))


def test_a_scope_of_one_role_carries_no_action_of_another(ann):
    """R15: what no single role gives for a record, two together do not give."""
    mate, below = make_user("mate"), make_user("below")
    make_team("", ann, mate)
    set_manager(below, ann)
    give(ann, make_scope_role("team", actions="contacts.view"))
    give(ann, make_scope_role("reporting_line"))
    own_one(ann, mate, below)
    assert reached(ann, "view") == {"ann", "mate", "below"}
    assert reached(ann, "edit") == {"ann", "below"}


def test_a_scope_set_for_one_action_leaves_the_others_theirs(ann):
    mate, below = make_user("mate"), make_user("below")
    make_team("", ann, mate)
    set_manager(below, ann)
    records = {"contacts": {"*": "team reporting_line", "edit": "own"}}
    give(ann, make_role(permissions="contacts.view contacts.edit", records=records))
    own_one(ann, mate, below)
    assert reached(ann, "view") == {"ann", "mate", "below"}
    assert reached(ann, "edit") == {"ann"}


# At once (R28)


def test_who_changes_team_department_or_manager_moves_with_their_records(ann):
    ben, new = make_user("ben"), make_user("new")
    team, place = make_team("", ann), make_department("", ann)
    seen = []
    for scope in ("team", "department", "reporting_line"):
        give(ann, make_scope_role(scope))
    own_one(ben)
    asking = fetch(ann)

    def sees():
        """Ask a person fetched before the change, too: nothing of it may be remembered."""
        seen.append(Contact.objects.accessible_by(asking).exists())
        assert reached(ann) == ({"ben"} if seen[-1] else set())
        return seen[-1]

    assert not sees()
    team.members.add(ben)
    assert sees()
    team.members.remove(ben)
    assert not sees()
    User.objects.filter(pk=ben.pk).update(department=place)
    assert sees()
    User.objects.filter(pk=ann.pk).update(department=make_department(""))
    assert not sees()
    set_manager(new, ann)
    ben.refresh_from_db()
    set_manager(ben, new)
    assert sees()
    set_manager(new, None)
    assert not sees()


def test_a_department_that_moves_takes_its_people_along(ann):
    ben = make_user("ben")
    mine, other = make_department("", ann), make_department("", ben)
    give(ann, make_scope_role("department"))
    own_one(ben)
    assert reached(ann) == set()
    other.parent = mine
    other.save()
    assert reached(ann) == {"ben"}


# What it costs


def test_a_list_is_one_query_whatever_the_scopes_and_climbs_no_tree(ann):
    mate = make_user("mate")
    set_manager(mate, ann)
    own_one(*[mate] * 5)
    for number in range(1, 4):
        for scopes in combinations(("team", "department", "reporting_line"), number):
            user = make_user("", make_scope_role(*scopes))
            user = fetch(user)
            user.has_perm("contacts.view")
            with CaptureQueriesContext(connection) as queries:
                list(Contact.objects.accessible_by(user))
            (query,) = queries.captured_queries
            assert "RECURSIVE" not in query["sql"].upper()
            assert " OR EXISTS" not in query["sql"].upper()


@pytest.mark.postgres
def test_postgres_finds_who_is_below_by_the_key_and_reads_no_whole_table_of_people():
    top = make_department("top")
    departments = Department.objects.bulk_create(
        Department(code=f"d{n}", name=f"d{n}", parent=top) for n in range(200)
    )
    boss = make_user("boss", make_scope_role("department", "reporting_line", "team"))
    leads = User.objects.bulk_create(
        User(username=f"lead{n}", manager=boss if n < 10 else None) for n in range(200)
    )
    User.objects.bulk_create(
        User(username=f"p{n}", manager=leads[n % 200], department=departments[n % 200])
        for n in range(4000)
    )
    boss.department = departments[0]
    boss.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    from accounts.organisation import below_the_department, report_to, share_a_team

    for question in (below_the_department, report_to, share_a_team):
        plan = question(boss.pk).explain()
        assert "Seq Scan on accounts_user" not in plan, plan
        assert "Seq Scan on accounts_reportinglink" not in plan, plan
