"""The list of roles: its columns, search, chips, order, tree, and who sees it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from roles.admin.coverage import groups_of
from roles.models import AuditEntry, Role
from roles.registry import registry
from roles.services.installation import switch_modules
from roles.snapshots import load_policy
from tests.factories import give, make_role, make_user

from .conftest import only_looking, signed_in

LIST = "/roles/role/"


def names(answer) -> list[str]:
    """Give the roles of a list, or of a tree in the order in which it is read."""
    page = answer.content.decode()
    body = page.partition('id="changelist-form"')[2]
    return re.findall(
        r'/roles/role/\d+/change/">([^<]+)</a>\s*(?:<span class="tag"|</th>|</?span)', body
    )


def row_of(page: str, name: str) -> str:
    """Give the words of one role's row."""
    (row,) = [
        r for r in re.findall(r"<tr>.*?</tr>", page, re.S) if f">{name}</a>" in r.split("</th>")[0]
    ]
    return row


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def cells() -> dict[str, frozenset[str]]:
    """Give the cells of each module group."""
    return {g.label: g.codes for g in groups_of(registry.catalogue, frozenset())}


@pytest.fixture
def several(db):
    """Sales on User, Field Sales on Sales; Lone on none, held by nobody."""
    make_role("sales", level=20, base="user", permissions="contacts.delete")
    make_role("field-sales", name="Field Sales", level=30, base="sales", description="Out of house")
    make_role("lone", level=5, privileges="report.export")
    give(make_user("ann"), "sales")
    give(make_user("ben"), "sales")
    give(make_user("cleo"), "field-sales", valid_from=timezone.now() + timedelta(days=3))


# Columns


def test_a_row_says_level_base_people_and_system(owner, several):
    page = owner.get(LIST).content.decode()
    row = row_of(page, "Sales")
    assert 'value="20"' in row
    assert f'/roles/role/{Role.objects.get(code="user").pk}/change/"><span' in row
    assert "based on User" in words(row)
    assert "2 people" in words(row)
    assert "system" not in words(row)
    assert "system role" in words(row_of(page, "Manager"))


def test_people_are_those_who_hold_the_role_today(owner, several):
    """R2: Cleo's assignment begins later."""
    assert "nobody" in words(row_of(owner.get(LIST).content.decode(), "Field Sales"))


def test_coverage_counts_own_and_inherited_cells_in_words(owner, several):
    """R4: Delete is its own, the rest comes from User."""
    page = owner.get(LIST).content.decode()
    user, sales = (load_policy().role(code).permissions for code in ("user", "sales"))
    groups = cells()
    given = len(groups["Sales"] & sales.keys())
    assert given == len(groups["Sales"] & user.keys()) + 1
    assert f"Sales: {given} of {len(groups['Sales'])}" in row_of(page, "Sales")
    assert f"Sales: 0 of {len(groups['Sales'])}" in row_of(page, "Lone")


def test_coverage_leaves_a_disabled_module_out(owner, several):
    """R7."""
    before = len(cells()["Sales"])
    switch_modules(["deals"], enabled=False)
    assert f"of {before - 6}," in row_of(owner.get(LIST).content.decode(), "Owner")


def test_the_last_change_is_that_of_the_log(owner, several, form_of):
    role = Role.objects.get(code="lone")
    assert "never" in words(row_of(owner.get(LIST).content.decode(), "Lone"))
    owner.post(f"/roles/role/{role.pk}/change/", form_of(owner, role) | {"level": "6"})
    row = row_of(owner.get(LIST).content.decode(), "Lone")
    moment = AuditEntry.objects.get(action="role.changed").moment
    assert f'<time datetime="{moment.isoformat()}"' in row
    assert "just now" in words(row)


def test_the_log_of_an_earlier_role_of_the_same_code_is_not_this_one_s(owner, db):
    """Threat 22."""
    old = make_role("temp")
    owner.post(f"/roles/role/{old.pk}/delete/")
    assert AuditEntry.objects.filter(subject_name="Temp").exists()
    make_role("temp")
    assert "never" in words(row_of(owner.get(LIST).content.decode(), "Temp"))


def test_a_role_is_cloned_and_built_on_from_its_row(owner, several):
    row = row_of(owner.get(LIST).content.decode(), "Sales")
    assert "?clone=sales" in row and "Clone Sales" in words(row)
    assert "?base=sales" in row and "Base a Role on Sales" in words(row)
    assert "?base=owner" not in owner.get(LIST).content.decode()


def test_nothing_is_offered_that_would_be_refused(db, several):
    """D1: who may see roles and not make them; an Administrator is offered both."""
    assert "Add Role" in signed_in("adam", "administrator").get(LIST).content.decode()
    page = only_looking("ada").get(LIST).content.decode()
    assert "?clone=" not in page and "Add Role" not in page
    assert "Sales" in page


# Search and chips


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("FIELD", ["Field Sales"]),
        ("field-sa", ["Field Sales"]),
        ("out of", ["Field Sales"]),
        ("report.exp", ["Lone"]),
        ("sales", ["Field Sales", "Sales"]),
    ],
)
def test_search_finds_by_name_code_description_and_privilege(owner, several, query, expected):
    assert names(owner.get(LIST, {"q": query})) == expected


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ({"kind": "own"}, ["Field Sales", "Sales", "Lone"]),
        ({"kind": "system", "people": "some"}, ["Owner"]),
        ({"kind": "own", "people": "nobody"}, ["Field Sales", "Lone"]),
        ({"base": "sales"}, ["Field Sales"]),
        ({"kind": "own", "base": "-"}, ["Lone"]),
    ],
)
def test_chips_keep_what_they_say_and_count_it(owner, several, chips, expected):
    answer = owner.get(LIST, chips)
    assert names(answer) == expected
    chosen = [
        choice["count"]
        for spec, choices in answer.context["cl"].chips
        for choice in choices
        if choice["selected"] and spec.value() is not None
    ]
    assert chosen == [str(len(expected))] * len(chips)


@pytest.mark.parametrize("chips", ["kind=other", "people=me", "base=nobody", "base=%2Bx", "kind="])
def test_an_unknown_choice_is_refused_and_not_passed_over(owner, several, chips):
    """Threat 1; the twins are above."""
    answer = owner.get(f"{LIST}?{chips}")
    assert answer.status_code == 302 and answer.url.endswith("?e=1")


@pytest.mark.parametrize(
    "query", ["permissions__code=x", "assignments__user=1", "o=99&q=" + "x" * 201]
)
def test_nothing_else_can_be_asked(owner, several, query):
    assert owner.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", [{"q": "nothing at all"}, {"people": "nobody", "kind": "system", "base": "user"}]
)
@pytest.mark.parametrize("view", ["", "tree"])
def test_where_nothing_matches_there_is_a_way_back(owner, several, query, view):
    answer = owner.get(LIST, query | {"view": view} if view else query)
    page = answer.content.decode()
    assert "No role matches" in page
    assert "Show all roles" in page


# Order


def by(client: Client, order: str):
    """Ask for the list in the order of a column."""
    columns = client.get(LIST).context["cl"].list_display
    number = columns.index(order.removeprefix("-"))
    return client.get(LIST, {"o": f"-{number}" if order.startswith("-") else str(number)})


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        ("name", "Administrator", "User"),
        ("-level", "Administrator", "Guest"),
        ("level", "Guest", "Owner"),
    ],
)
def test_columns_order_the_list(owner, several, order, first, last):
    found = names(by(owner, order))
    assert (found[0], found[-1]) == (first, last)


def test_the_list_is_ordered_by_people_and_by_last_change(owner, several):
    assert names(by(owner, "-people"))[0] == "Sales"
    role = Role.objects.get(code="lone")
    AuditEntry.objects.create(subject_type="roles.role", subject_id=role.pk, action="role.changed")
    assert names(by(owner, "last_change"))[0] == "Lone"


# Tree


def test_the_tree_nests_each_role_under_its_base(owner, several):
    answer = owner.get(LIST, {"view": "tree"})
    branches = {b.row.role.name: b for b in answer.context["cl"].branches}
    (sales,) = branches["User"].derived
    assert [b.row.role.name for b in sales.derived] == ["Field Sales"]
    assert "Sales" not in branches
    assert names(answer).index("User") + 1 == names(answer).index("Sales")
    assert len(names(answer)) == Role.objects.count()


def test_the_tree_keeps_the_bases_of_what_was_found_and_says_so(owner, several):
    answer = owner.get(LIST, {"view": "tree", "q": "out of house"})
    assert names(answer) == ["User", "Sales", "Field Sales"]
    assert answer.content.decode().count("does not match") == 2


# How it scales, and who asks


@pytest.mark.parametrize("view", ["", "?view=tree"])
def test_queries_do_not_grow_with_roles(owner, several, view, django_assert_num_queries):
    owner.get(LIST + view)
    with CaptureQueriesContext(connection) as counted:
        owner.get(LIST + view)
    few = len(counted)
    base = None
    for number in range(200):
        base = make_role(f"r{number}", base=base if number % 15 else None, privileges="a.b")
    owner.get(LIST + view)
    with django_assert_num_queries(few):
        page = owner.get(LIST + view).content.decode()
    assert page.count('<svg class="coverage"') == (208 if view else 100)


@pytest.mark.parametrize("view", ["", "?view=tree", "?kind=own", "?q=a"])
def test_who_is_out_or_may_not_view_roles_gets_nothing(db, view):
    """R1, R12."""
    assert Client().get(LIST + view).status_code == 302
    assert signed_in("uma", "user").get(LIST + view).status_code == 403
    client = signed_in("ida", "administrator")
    assert client.get(LIST + view).status_code == 200
    User.objects.filter(username="ida").update(is_active=False)
    cache.clear()
    assert client.get(LIST + view).status_code == 302
