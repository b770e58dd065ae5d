"""The list of people: its columns, chips, search and order, and who sees what of it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.factories import give, make_department, make_role, make_team, make_user

from .people import LIST, with_rights, words

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    """Give the usernames of a list, in its order."""
    found = re.findall(r'class="field-name[^>]*><a [^>]*>(.*?)</a>', answer.content.decode(), re.S)
    return [re.sub(r"<[^>]*>", " ", name).split()[-1] for name in found]


def row_of(answer, username: str) -> str:
    """Give the words of one person's row."""
    rows = re.findall(r"<tr>.*?</tr>", answer.content.decode(), re.S)
    (row,) = [r for r in rows if re.search(rf"\b{username}(</span>)?</a>", r)]
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


@pytest.fixture
def several(db):
    """Ann in Sales North and Alpha; Ben suspended, in Bravo; Cleo begins later; Dan waits."""
    sales = make_department("sales")
    north = make_department("north", parent=sales)
    ann = make_user("ann", "user", first_name="Zoe", last_name="Lee", department=north)
    make_team("alpha", ann)
    ben = make_user("ben", "user", state="suspended", department=sales, email="ben@corp.example")
    make_team("bravo", ben)
    cleo = make_user("cleo", "guest")
    give(cleo, "manager", valid_from=timezone.now() + timedelta(days=3))
    make_user("dan", state="waiting")
    make_user("eve", is_active=False)


# Columns


def test_a_row_says_name_state_roles_rank_department_and_last_sign_in(owner, several):
    row = row_of(owner.get(LIST), "ann")
    assert row == "Zoe Lee ann Active User rank 10 North last sign-in never"


def test_a_role_that_begins_later_says_so_and_gives_no_rank_yet(owner, several):
    """R2."""
    row = row_of(owner.get(LIST), "cleo")
    assert re.search(r"Manager from \d+ \w+ \d{4} Guest rank 0 ", row)


def test_each_state_has_its_word(owner, several):
    page = owner.get(LIST)
    for username, state in (("ben", "Suspended"), ("dan", "Waiting"), ("eve", "Deactivated")):
        assert state in row_of(page, username)


def test_an_owner_stands_above_all_levels(owner, several):
    assert "Owner rank above 100" in row_of(owner.get(LIST), "olga")


def test_who_may_not_view_roles_is_told_of_none(several):
    """R24: the column, the chips and the names are absent, for the rank they have the number."""
    with_roles = with_rights("mia", "users.view roles.view")
    without = with_rights("max", "users.view")
    page = without.get(LIST).content.decode()
    assert "/roles/role/" not in page and "column-roles" not in page
    assert "column-roles" in with_roles.get(LIST).content.decode()
    assert without.get(LIST, {"role": "user"}).status_code == 400
    assert with_roles.get(LIST, {"role": "user"}).status_code == 200


def test_a_hidden_field_has_no_column_no_chip_no_search_and_no_order(several):
    """R23."""
    fields = {"users": {"department": "hidden", "email": "hidden", "last_name": "hidden"}}
    client = with_rights("mia", "users.view", fields=fields)
    page = client.get(LIST)
    assert "column-department" not in page.content.decode()
    ann = User.objects.get(username="ann")
    assert "Lee" not in words(page) and f"User {ann.pk} " in words(page)
    assert client.get(LIST, {"department": "sales"}).status_code == 400
    assert "No users match" in words(client.get(LIST, {"q": "corp.example"}))
    assert "No users match" in words(client.get(LIST, {"q": "Lee"}))
    order = page.context["cl"].queryset.query.order_by
    assert all(name in ("pk", "-pk") for name in order)


# Search and chips


@pytest.mark.parametrize("query", ["ANN", "zoe", "lee"])
def test_search_finds_by_name_and_username(owner, several, query):
    assert names(owner.get(LIST, {"q": query})) == ["ann"]


def test_search_finds_by_address(owner, several):
    assert names(owner.get(LIST, {"q": "corp.example"})) == ["ben"]


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ({"state": "suspended"}, ["ben"]),
        ({"state": "deactivated"}, ["eve"]),
        ({"role": "user"}, ["ben", "ann"]),
        ({"role": "manager"}, []),
        ({"role": "-"}, ["dan", "eve"]),
        ({"department": "sales"}, ["ben", "ann"]),
        ({"department": "north"}, ["ann"]),
        ({"department": "-"}, ["cleo", "dan", "eve", "olga"]),
        ({"team": "alpha"}, ["ann"]),
        ({"team": "-"}, ["cleo", "dan", "eve", "olga"]),
        ({"team": "alpha", "role": "user", "state": "suspended"}, []),
        ({"department": "sales", "role": "user", "state": "suspended"}, ["ben"]),
    ],
)
def test_chips_keep_what_they_say_and_count_it(owner, several, chips, expected):
    """R2, R9: a role that begins later is not held; a department has those below it."""
    answer = owner.get(LIST, chips)
    assert names(answer) == expected
    counted = [
        choice["count"]
        for spec, choices in answer.context["cl"].chips
        for choice in choices
        if choice["selected"] and spec.value() is not None
    ]
    assert counted == [str(len(expected))] * len(chips)


@pytest.mark.parametrize("chips", ["state=other", "role=nobody", "department=x", "team=", "team=x"])
def test_an_unknown_choice_is_refused_and_not_passed_over(owner, several, chips):
    """Threat 1; the twins are above."""
    answer = owner.get(f"{LIST}?{chips}")
    assert answer.status_code == 302 and answer.url.endswith("?e=1")


@pytest.mark.parametrize(
    "query", ["password__startswith=a", "is_superuser=1", "manager=1", "q=" + "x" * 201]
)
def test_nothing_else_can_be_asked(owner, several, query):
    assert owner.get(f"{LIST}?{query}").status_code == 400


def test_where_nothing_matches_there_is_a_way_back(owner, several):
    page = words(owner.get(LIST, {"q": "nobody at all"}))
    assert "No users match what you look for." in page and "Show all users" in page


def test_the_list_is_ordered_by_the_name_that_it_shows_and_by_rank(owner, several):
    assert names(owner.get(LIST)) == ["ben", "cleo", "dan", "eve", "olga", "ann"]
    columns = owner.get(LIST).context["cl"].list_display
    assert names(owner.get(LIST, {"o": f"-{columns.index('rank')}"}))[0] == "olga"


# Who sees it, and how it scales


def test_add_user_is_offered_to_who_may_create_and_to_nobody_else(several):
    """D1."""
    assert "Add User" in words(with_rights("mia", "users.view users.create").get(LIST))
    assert "Add User" not in words(with_rights("max", "users.view").get(LIST))


def test_who_is_out_or_may_not_view_people_gets_nothing(several):
    """R1, R12."""
    assert Client().get(LIST).status_code == 302
    assert with_rights("max", "contacts.view").get(LIST).status_code == 403
    client = with_rights("mia", "users.view")
    assert client.get(LIST).status_code == 200
    User.objects.filter(username="mia").update(state="suspended")
    assert client.get(LIST).status_code == 302


def test_queries_do_not_grow_with_people(owner, several, django_assert_num_queries):
    owner.get(LIST)
    with CaptureQueriesContext(connection) as counted:
        owner.get(LIST)
    few = len(counted)
    assert few <= 20
    team, department = make_team("beta"), make_department("far")
    for number in range(60):
        person = make_user(f"p{number}", "user", make_role(), department=department)
        team.members.add(person)
    owner.get(LIST)
    with django_assert_num_queries(few):
        assert len(names(owner.get(LIST))) == 66
