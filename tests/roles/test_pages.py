"""A page of a list in reach has the rows of the plain list, however it is read (R13, R22)."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.paginator import Paginator
from django.db import connection, models, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm.models import Contact, ContactShare
from roles import policy
from roles.paging import PlannedPaginator
from roles.policy import page_plan, pages
from roles.registry import Scope, registry
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
START = datetime(2026, 1, 1, tzinfo=UTC)


def contacts(*rows):
    """Store contacts, each as (owner, minute, deleted), and give them."""
    made = Contact.objects.bulk_create(
        Contact(last_name=f"Number {n}", owner=owner, deleted_at=START if deleted else None)
        for n, (owner, _minute, deleted) in enumerate(rows)
    )
    for contact, (_owner, minute, _deleted) in zip(made, rows, strict=True):
        contact.created_at = START + timedelta(minutes=minute)
    Contact.objects.bulk_update(made, ["created_at"])
    return made


def is_planned(page):
    """Tell whether the page is read by a plan."""
    return policy.planned(page) is not page


def reach(user, **filters):
    return policy.accessible(Contact.objects.all(), user).filter(**filters)


@pytest.fixture
def lea():
    """Someone who reads the contacts of her team: sixty people with three contacts each."""
    lea = make_user("lea", make_role(permissions="contacts.view", records={"contacts": "team"}))
    members = [make_user() for _number in range(60)]
    make_team("sales", lea, *members)
    contacts(*((owner, n % 50, False) for n, owner in enumerate(members * 3)))
    return fetch(lea)


def test_a_page_of_others_records_is_planned(lea):
    assert is_planned(reach(lea)[:50])
    assert is_planned(reach(lea).order_by("-created_at", "-pk")[100:150])


def test_another_database_is_read_plainly(lea, monkeypatch):
    monkeypatch.setattr(pages, "PLANNED_FOR", frozenset({"another"}))
    assert not is_planned(reach(lea)[:50])


def test_a_planned_page_has_the_rows_of_the_plain_one_in_one_query(lea, django_assert_num_queries):
    everything = list(reach(lea))
    assert len(everything) == 180
    policy.access_for(lea)
    for first, end in ((0, 50), (0, 1), (50, 100), (150, 200), (180, 190)):
        with django_assert_num_queries(1):
            assert list(policy.planned(reach(lea)[first:end])) == everything[first:end]


def test_a_page_of_each_owners_newest_alone_is_whole():
    """The bound is then the page's own last row: any higher, and the page lacks one."""
    lea = make_user("lea", make_role(permissions="contacts.view", records={"contacts": "team"}))
    members = [make_user() for _number in range(60)]
    make_team("sales", lea, *members)
    contacts(*((one, 1000 * new + n, False) for new in (1, 0) for n, one in enumerate(members)))
    everything = list(reach(lea))
    for end in (1, 2, 50, 59, 60, 61):
        assert list(policy.planned(reach(lea)[:end])) == everything[:end]


def test_a_broad_reach_has_no_record_of_anybody_else(monkeypatch):
    """The walk meets the newest records of everybody, and the ownerless (R9, R13)."""
    monkeypatch.setattr(page_plan, "THRESHOLD_OWNERS", 5)
    lea = make_user("lea", make_role(permissions="contacts.view", records={"contacts": "team"}))
    members, stranger = [make_user() for _number in range(10)], make_user()
    make_team("broad", lea, *members)
    owners = [stranger, None, *members]
    contacts(*((owners[n % 12], n, n % 7 == 0) for n in range(240)))
    everything = list(reach(lea))
    assert {row.owner for row in everything} == set(members)
    for end in (1, 10, 50):
        assert list(policy.planned(reach(lea)[:end])) == everything[:end]


UNFIT = {
    "a filter": lambda rows: rows.filter(last_name__contains="1")[:50],
    "an exclusion": lambda rows: rows.exclude(last_name="Number 1")[:50],
    "another order": lambda rows: rows.order_by("last_name", "-id")[:50],
    "an order that does not end in the key": lambda rows: rows.order_by("-created_at")[:50],
    "no order": lambda rows: rows.order_by()[:50],
    "the order turned round": lambda rows: rows.reverse()[:50],
    "both directions": lambda rows: rows.order_by("-created_at", "id")[:50],
    "no end": lambda rows: rows[50:],
    "no slice": lambda rows: rows,
    "an end beyond what is walked": lambda rows: rows[2000:2050],
    "nothing": lambda rows: rows[0:0],
    "no rows": lambda rows: rows.none()[:50],
    "distinct rows": lambda rows: rows.distinct()[:50],
    "a union": lambda rows: rows.union(rows).order_by("-created_at", "-id")[:50],
    "groups": lambda rows: rows.values("owner").annotate(n=models.Count("pk"))[:50],
    "a window": lambda rows: rows.annotate(n=Window(RowNumber(), order_by=F("pk").asc()))[:50],
    "a lock": lambda rows: rows.select_for_update()[:50],
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_the_plan_does_not_fit_is_read_plainly(lea, what):
    page = UNFIT[what](reach(lea))
    assert policy.planned(page) is page


FIT = {
    "related records at once": lambda rows: rows.select_related("owner", "account")[:50],
    "fewer columns": lambda rows: rows.only("last_name")[:50],
    "a column more": lambda rows: rows.annotate(twice=F("pk") * 2)[:50],
    "values": lambda rows: rows.values_list("last_name", "owner__username")[:50],
    "masks": lambda rows: policy.with_masks(rows, rows.reader)[:50],
    "an empty filter": lambda rows: rows.filter()[:50],
}


@pytest.mark.parametrize("what", FIT)
def test_what_leaves_the_rows_alone_is_planned_and_kept(lea, what):
    rows = reach(lea)
    rows.reader = lea
    page = FIT[what](rows)
    assert is_planned(page)
    found, plain = list(policy.planned(page)), list(page)
    assert found == plain
    assert what != "masks" or all("_reach_asked_by" in vars(row) for row in found)


@pytest.mark.parametrize("scope", ["own", "all"])
def test_what_an_index_answers_at_once_is_read_plainly(scope):
    role = make_role(permissions="contacts.view", records={"contacts": scope})
    assert not is_planned(reach(make_user("lea", role))[:50])


def test_a_list_that_was_filtered_before_is_read_plainly(lea):
    begun = Contact.objects.filter(last_name="Number 1")
    assert not is_planned(policy.accessible(begun, lea)[:50])


def test_a_reach_for_two_actions_at_once_is_read_plainly(lea):
    """R14: what one may edit lies in two sets of owners, those for edit and those for view."""
    give(lea, make_role(permissions="contacts.edit", records={"contacts": "department"}))
    assert not is_planned(policy.accessible(Contact.objects.all(), lea, "edit")[:50])


def test_a_reach_within_another_one_is_planned_for_neither(lea):
    """The plan of one reader must not answer for two."""
    nora = make_user("nora", make_role(permissions="contacts.view"))
    contacts((nora, 2000, False))
    page = policy.accessible(reach(lea), nora)[:50]
    assert policy.planned(page) is page and list(page) == []


def test_a_page_is_read_by_the_organisation_as_it_is_now(lea):
    """R28: nothing of the plan outlives the query, and a queryset asks anew."""
    page, newcomer = policy.planned(reach(lea)[:50]), make_user("newcomer")
    contacts((newcomer, 1000, False))
    assert newcomer.pk not in {row.owner_id for row in page}
    lea.memberships.get().team.members.add(newcomer)
    assert page.all()[0].owner == newcomer


def test_who_gives_nothing_reaches_nothing(lea):
    for user in (make_user("nora"), make_user("off", "owner", is_active=False)):
        assert list(policy.planned(reach(user)[:50])) == []


@pytest.mark.parametrize("nobody", ["none", "no keys", "no answer"])
def test_a_scope_that_gives_nobody_leaves_the_other_and_ones_own(lea, nobody):
    """R9, R21: alone, and beside another scope; in the plan and in the plain list."""
    people = type(lea).objects.order_by()
    gives = {"none": people.none(), "no keys": people.filter(pk__in=[]), "no answer": None}
    scope = Scope("department", "Department", owners=lambda user: gives[nobody])
    alone = make_role(permissions="contacts.view", records={"contacts": "department"})
    contacts((ann := make_user("ann", alone), 0, False))
    give(lea, alone)
    with patch.dict(registry._scopes, {"department": scope}):
        for reader, rows in ((fetch(lea), 50), (fetch(ann), 1)):
            page = reach(reader)[:50]
            assert len(page) == rows and list(policy.planned(page.all())) == list(page)


# Cursors


def test_cursors_give_each_row_once_in_the_order_of_the_list(lea):
    everything, found = list(reach(lea)), []
    page = reach(lea)[:25]
    for _number in range(8):
        found += list(policy.planned(page))
        page = policy.after(reach(lea), found[-1])[:25]
        assert is_planned(page)
    assert found == everything and list(policy.planned(page)) == []


def test_a_cursor_keeps_the_filters_and_is_read_plainly_with_them(lea):
    asked = reach(lea, last_name__contains="1")
    rows = list(asked)
    page = policy.after(asked, rows[3])[:10]
    assert list(policy.planned(page)) == rows[4:14] and not is_planned(page)


def test_a_cursor_of_a_list_that_does_not_end_in_its_key_is_an_error():
    from accounts.models import User

    with pytest.raises(ValueError, match=r"accounts\.User is not ordered by a column and its key"):
        policy.after(User.objects.all(), make_user())


# The paginator


def test_pages_by_number_are_planned(lea):
    planned, plain = (kind(reach(lea), 50) for kind in (PlannedPaginator, Paginator))
    for number in planned.page_range:
        assert list(planned.page(number)) == list(plain.page(number))
    queries = (str(one.page(1).object_list.query) for one in (planned, plain))
    assert len(set(queries)) == 2


def test_pages_of_what_is_no_query_are_cut_as_ever():
    assert list(PlannedPaginator([1, 2, 3], 2).page(2)) == [3]


# Every case at once

minute = st.one_of(st.integers(0, 6), st.integers(0, 500))
row = st.tuples(st.integers(-1, 7), minute, st.booleans())
rows_of = st.one_of(st.lists(row, max_size=6), st.lists(row, min_size=20, max_size=40))
of_others = st.sets(st.sampled_from(["team", "department", "reporting_line"]), min_size=1)
any_scope = st.sampled_from(["own", "team", "department", "own", "all"]).map(lambda one: {one})


@settings(
    deadline=None,
    max_examples=40,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_planned_page_is_the_plain_page(data):
    """Random owners, ties, offsets, cursors, shares, filters and masks."""
    with transaction.atomic():
        try:
            _compare(data)
        finally:
            transaction.set_rollback(True)


def _compare(data):
    people = [make_user() for _number in range(8)]
    reader = people[0]
    _organise(data, reader, people)
    reader = fetch(reader)
    owners = [*people, None]  # -1 is nobody
    made = contacts(*((owners[o], m, d and m % 2 == 0) for o, m, d in data.draw(rows_of)))
    _share(data, reader, people, made)
    limits = data.draw(st.sampled_from([(500, 2000), (0, 2000), (2, 20), (0, 3)]))
    first = data.draw(st.integers(0, 12))
    end = first + data.draw(st.integers(1, 12))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_plan, "THRESHOLD_OWNERS", limits[0])
        patch.setattr(page_plan, "WALK_ROWS", limits[1])
        for rows in _lists(data, reader, made):
            plain = list(rows.all())[first:end]
            assert list(policy.planned(rows[first:end])) == plain
            masked = list(policy.planned(policy.with_masks(rows, reader)[first:end]))
            assert masked == plain
            assert policy.field_masks(reader, masked) == policy.field_masks(reader, plain)


def _organise(data, reader, people):
    """Give the reader one or two roles, teams, a department and people who report to them."""
    for scopes in [data.draw(of_others), *data.draw(st.lists(any_scope, max_size=1))]:
        level = data.draw(st.sampled_from(["hidden", "read_only"]))
        role = make_role(
            permissions="contacts.view",
            records={"contacts": {"*": frozenset(scopes)}},
            fields={"contacts": {"phone": level}},
        )
        give(reader, role)
    chosen = st.lists(st.sampled_from(people[1:]), unique=True, min_size=1)
    make_team("", reader, *data.draw(chosen))
    make_team("", *data.draw(chosen))
    below = make_department("", *data.draw(chosen), parent=make_department("", reader))
    make_department("", *data.draw(chosen), parent=below)
    for person in data.draw(chosen):
        set_manager(person, reader)


def _share(data, reader, people, made):
    for contact in data.draw(st.lists(st.sampled_from(made), unique=True)) if made else ():
        team = data.draw(st.sampled_from([None, reader.memberships.first().team]))
        user = None if team else data.draw(st.sampled_from([reader, people[1]]))
        ContactShare.objects.create(record=contact, user=user, team=team)


def _lists(data, reader, made):
    reached = reach(reader)
    yield reached
    yield reached.filter(created_at__gte=START + timedelta(minutes=data.draw(st.integers(0, 6))))
    if made:
        yield policy.after(reached, data.draw(st.sampled_from(made)))


# What is read


def rows_read(page):
    """Count the rows of contacts that the database reads for a page."""
    sql, parameters = page.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        answer = cursor.fetchone()[0]
    return sum(_read_by(answer[0]["Plan"]))


def _read_by(node):
    if node.get("Relation Name") == Contact._meta.db_table:
        per_loop = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield per_loop * node["Actual Loops"]
    for part in node.get("Plans", ()):
        yield from _read_by(part)


@pytest.mark.postgres
def test_a_page_of_people_who_left_reads_few_rows():
    """The trap: all records of the reach lie in the oldest tenth of the table."""
    lea = make_user("lea", make_role(permissions="contacts.view", records={"contacts": "team"}))
    others, members = [make_user() for _n in range(5)], [make_user() for _n in range(60)]
    make_team("closed", lea, *members)
    old = [(member, n, False) for n, member in enumerate(members * 10)]
    contacts(*old, *((others[n % 5], 1000 + n, False) for n in range(5400)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    page = reach(lea)[:50]
    assert is_planned(page)
    # The newest of each of 61 owners, the page by keys, and what lies at the bound or above it.
    assert rows_read(policy.planned(page)) <= 61 + 50 + 120
    assert rows_read(page) >= 600


@pytest.mark.postgres
def test_a_page_of_a_broad_reach_walks_no_further_than_the_page(monkeypatch):
    monkeypatch.setattr(page_plan, "THRESHOLD_OWNERS", 10)
    monkeypatch.setattr(page_plan, "WALK_ROWS", 200)
    lea = make_user("lea", make_role(permissions="contacts.view", records={"contacts": "team"}))
    members, others = [make_user() for _n in range(20)], [make_user() for _n in range(5)]
    make_team("broad", lea, *members)
    everybody = members + others
    contacts(*((everybody[n % 25], n, False) for n in range(3000)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert rows_read(policy.planned(reach(lea)[:50])) <= 2 * 80


def test_a_later_page_ends_where_the_walk_ends():
    assert pages.WALK_ROWS == page_plan.WALK_ROWS
