"""The API's lists and the admin's read their pages by the plan, unasked (habit 10, R22)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.models import Contact
from roles import policy
from tests.factories import fetch, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
PAGES = {"api": ("/api/v1/contacts/", 5), "admin": ("/crm/contact/", 5)}
"""Address, and the queries of a page: session, person, page, count, and one for the owners."""

MARK = {"postgresql": "bound AS MATERIALIZED", "sqlite": "SELECT id FROM (SELECT"}
"""What stands in the plan's statement and in no other."""


@pytest.fixture
def lea():
    """Someone who reads what the 60 people of her team own, two contacts each."""
    permissions = "contacts.view users.view accounts.view"
    lea = make_user("lea", make_role(permissions=permissions, records={"contacts": "team"}))
    members = [make_user() for _number in range(60)]
    make_team("", lea, *members)
    Contact.objects.bulk_create(
        Contact(last_name=f"N{n}", owner=members[n % 60]) for n in range(120)
    )
    return lea


def shown(door, answer):
    if door == "admin":
        return [row.pk for row in answer.context["cl"].result_list]
    return [row["id"] for row in answer.json()["results"]]


def page_of(lea, door, **query):
    """Give the rows of a list, the statements that read contacts, and how many there were."""
    client = Client()
    client.force_login(lea)
    client.get(PAGES[door][0], query)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(PAGES[door][0], query)
    planned = [q for q in queries.captured_queries if MARK[connection.vendor] in q["sql"]]
    return shown(door, answer), len(planned), len(queries)


@pytest.mark.parametrize("door", PAGES)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_page_has_the_rows_of_the_plain_list(lea, door, number):
    query = {"api": "page", "admin": "p"}[door]
    everything = [row.pk for row in policy.accessible(Contact.objects.all(), fetch(lea))]
    rows, planned, _queries = page_of(lea, door, **{query: number})
    assert rows == everything[(number - 1) * 50 : number * 50]
    assert planned == 1


@pytest.mark.parametrize("door", PAGES)
def test_the_plan_adds_no_query_however_many_rows_there_are(lea, door):
    counts = {page_of(lea, door)[2]}
    Contact.objects.bulk_create(Contact(last_name=f"M{n}", owner=lea) for n in range(200))
    counts.add(page_of(lea, door)[2])
    assert counts == {PAGES[door][1]}


@pytest.mark.parametrize(("door", "asked"), [("api", "search"), ("admin", "q")])
def test_a_search_is_read_plainly(lea, door, asked):
    rows, planned, _queries = page_of(lea, door, **{asked: "N11"})
    assert len(rows) == 11 and planned == 0


@pytest.mark.parametrize(
    ("door", "query"), [("api", {"ordering": "last_name"}), ("admin", {"o": 1})]
)
def test_another_order_is_read_plainly(lea, door, query):
    rows, planned, _queries = page_of(lea, door, **query)
    assert len(rows) == 50 and planned == 0
