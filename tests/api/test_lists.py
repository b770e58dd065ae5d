"""Lists: filter, search, order and pages, by what may be read and by nothing else (R22, R23)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Contact
from tests.factories import make_user

from .people import MODELS, errors, make, with_role

pytestmark = pytest.mark.django_db
ALL_CONTACTS = {"contacts": "all"}


@pytest.fixture
def ann():
    """Someone who reads all contacts, without their notes."""
    hidden = {"contacts": {"notes": "hidden"}}
    return with_role("ann", "contacts.view", records=ALL_CONTACTS, fields=hidden)


@pytest.fixture
def mixed():
    """Example 1: `phone` of their own contacts only."""
    from tests.factories import give, make_role

    ann = with_role(
        "ann", "contacts.view", records=ALL_CONTACTS, fields={"contacts": {"phone": "hidden"}}
    )
    give(ann.user, make_role(permissions="contacts.view contacts.edit"))
    make("contacts", "Mine", ann.user, phone="555 0100")
    make("contacts", "Bens", make_user("ben"), phone="555 0199")
    return ann


# Filters

KINDS = [
    ("contacts", {"last_name": "Two"}, ["Two"]),
    ("contacts", {"last_name__icontains": "wO"}, ["Two"]),
    ("contacts", {"birth_date": "1990-01-02"}, ["Two"]),
    ("contacts", {"birth_date__lt": "1990-01-02"}, ["One"]),
    ("contacts", {"birth_date__gte": "1990-01-02", "last_name": "One"}, []),
    ("leads", {"status": "qualified"}, ["Two"]),
    ("leads", {"status__in": "new,qualified"}, ["Two", "One"]),
    ("deals", {"won": "true"}, ["Two"]),
    ("deals", {"amount__gt": "10.50"}, ["Two"]),
    ("deals", {"amount": "10.5"}, ["One"]),
    ("accounts", {"employees__lte": "10"}, ["One"]),
    ("contacts", {"owner": "ben"}, ["Two"]),
    ("contacts", {"owner": "nobody"}, []),
    ("contacts", {"created_at__gte": "2020-01-01T00:00:00Z"}, ["Two", "One"]),
    ("contacts", {"created_at__lt": "2020-01-01"}, []),
]
VALUES = {
    "contacts": [{"birth_date": "1990-01-01"}, {"birth_date": "1990-01-02"}],
    "leads": [{"status": "new"}, {"status": "qualified"}],
    "deals": [{"won": False, "amount": "10.50"}, {"won": True, "amount": "99"}],
    "accounts": [{"employees": 10}, {"employees": 11}],
}


@pytest.mark.parametrize(("module", "query", "expected"), KINDS)
def test_each_kind_of_column_is_filtered_by(olga, module, query, expected):
    first, second = VALUES[module]
    make(module, "One", **first), make(module, "Two", make_user("ben"), **second)
    assert olga.names(f"{module}/", **query) == expected


def test_a_reference_is_filtered_by_its_id(olga):
    account = make("accounts", "Acme")
    make("contacts", "One"), make("contacts", "Two", account=account)
    assert olga.names("contacts/", account=account.pk) == ["Two"]


def test_a_reference_out_of_reach_finds_what_one_that_never_was_finds(sam):
    """R24: the record says “no access”, the filter must not say which one."""
    account = make("accounts", "Hidden Inc")
    make("contacts", "One", sam.user, account=account)
    assert sam.read("contacts/")["results"][0]["account"] == "no access"
    assert sam.read("contacts/", account=account.pk) == sam.read("contacts/", account=999_999)
    assert sam.names("contacts/", account=account.pk) == []


def test_the_owner_is_asked_for_by_name_only_where_the_name_is_shown(ann):
    """R24: without users.view only one's own name."""
    make("contacts", "Mine", ann.user), make("contacts", "Bens", make_user("ben"))
    owners = {row["last_name"]: row["owner"] for row in ann.read("contacts/")["results"]}
    assert owners == {"Mine": "ann", "Bens": "no access"}
    assert ann.names("contacts/", owner="ben") == ann.names("contacts/", owner="never") == []
    assert ann.names("contacts/", owner="ann") == ["Mine"]


UNKNOWN = ["nonsense", "last_name__regex", "last_name__startswith", "id", "id__gt", "pk", "format"]
UNKNOWN += ["owner__manager__email", "owner__password__startswith", "account__name", "tasks"]
UNKNOWN += ["deleted_at", "deleted_at__isnull", "_asked_notes", "owner_id", "account__id", "q"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_filter_that_there_is_not_is_refused(olga, name):
    make("contacts", "One")
    assert errors(olga.ask("GET", f"contacts/?{name}=1")) == {
        name: [f"There is no field “{name}”."]
    }


@pytest.mark.parametrize("name", ["notes", "notes__icontains"])
def test_a_field_hidden_everywhere_is_no_filter(ann, name):
    """R23: in the words for a name that does not exist, however the value fits."""
    make("contacts", "One", notes="secret")
    found = ann.ask("GET", f"contacts/?{name}=secret")
    never = ann.ask("GET", "contacts/?never=secret")
    assert errors(found) == {name: [f"There is no field “{name}”."]}
    assert found.content == never.content.replace(b"never", name.encode())


def test_a_field_readable_on_some_rows_filters_among_those(mixed):
    """Example 1."""
    assert mixed.names("contacts/") == ["Bens", "Mine"]
    assert mixed.names("contacts/", phone__icontains="555") == ["Mine"]
    assert mixed.names("contacts/", phone="555 0199") == []


BAD = ["birth_date=soon", "birth_date=01/02/1990", "birth_date=", "account=x", "account=1.5"]
BAD += ["created_at__gte=0001-01-01T00:00:00%2B14:00", "last_name=a%00b", "last_name=a&last_name=b"]


@pytest.mark.parametrize("query", BAD)
def test_a_value_that_is_none_is_refused(olga, query):
    assert errors(olga.ask("GET", f"contacts/?{query}")).keys() == {query.partition("=")[0]}


@pytest.mark.parametrize(
    "query", ["deals/?amount=1e30", "deals/?amount=NaN", "deals/?won=maybe", "leads/?status=x"]
)
def test_a_value_that_no_column_holds_is_refused(olga, query):
    errors(olga.ask("GET", query))


@pytest.mark.parametrize(
    "query", [f"contacts/?account={'9' * 40}", f"accounts/?employees={'9' * 40}"]
)
def test_a_number_beyond_the_column_finds_nothing(olga, query):
    make("contacts", "One", account=make("accounts", "Acme", employees=3))
    assert olga.read(query)["results"] == []


# Search


def test_words_are_searched_in_readable_fields(ann, olga):
    make("contacts", "Marlowe", email="pm@example.org", notes="Hollywood")
    make("contacts", "Spade")
    assert ann.names("contacts/", search="marl PM@") == ["Marlowe"]
    assert ann.names("contacts/", search="") == ["Spade", "Marlowe"]
    assert ann.names("contacts/", search="marl nobody") == []
    assert ann.names("contacts/", search="%") == []


def test_a_search_looks_only_where_the_field_may_be_read(mixed):
    assert mixed.names("contacts/", search="555") == ["Mine"]
    assert mixed.names("contacts/", search="0199") == []


@pytest.mark.parametrize("text", ["a" * 201, "a " * 9, "a%00"])
def test_a_search_is_bounded(olga, text):
    assert errors(olga.ask("GET", f"contacts/?search={text}")).keys() == {"search"}


# Order


def test_a_list_is_ordered_by_several_fields(olga):
    for name, title in (("B", "x"), ("A", "x"), ("C", "w")):
        make("contacts", name, title=title)
    assert olga.names("contacts/") == ["C", "A", "B"]
    assert olga.names("contacts/", ordering="title,last_name") == ["C", "A", "B"]
    assert olga.names("contacts/", ordering="-title,-last_name") == ["B", "A", "C"]
    assert olga.names("contacts/", ordering="created_at") == ["B", "A", "C"]


def test_records_whose_field_may_not_be_read_come_where_empty_ones_do(mixed):
    """R23: among them the order says nothing of the hidden value."""
    make("contacts", "Third", make_user("cy"), phone="000")
    make("contacts", "Second", mixed.user, phone="600")
    up, down = (mixed.names("contacts/", ordering=o) for o in ("phone", "-phone"))
    assert [n for n in up if n in ("Mine", "Second")] == ["Mine", "Second"]
    assert [n for n in down if n in ("Mine", "Second")] == ["Second", "Mine"]
    hidden = ["Third", "Bens"]
    assert [n for n in up if n in hidden] == [n for n in down if n in hidden] == hidden


ORDERS = [
    "notes",
    "-notes",
    "never",
    "owner",
    "account",
    "account__name",
    "id",
    "pk",
    "?",
    "",
    "--title",
]
ORDERS += ["deleted_at", "owner__username", "last_name,", "last_name,-last_name", "a,b,c,d,e"]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_by_what_there_is_not_is_refused(ann, order):
    make("contacts", "One")
    assert errors(ann.ask("GET", f"contacts/?ordering={order}")).keys() == {"ordering"}


def test_an_order_by_a_hidden_field_is_refused_as_one_by_no_field(ann):
    found, never = (ann.ask("GET", f"contacts/?ordering={name}") for name in ("notes", "never"))
    assert found.content == never.content.replace(b"never", b"notes")


# Pages


def test_a_list_comes_in_pages_that_lead_to_each_other(olga):
    for number in range(5):
        make("contacts", f"N{number}")
    first = olga.read("contacts/", page_size=2, ordering="last_name")
    assert (first["count"], first["count_is_capped"], first["previous"]) == (5, False, None)
    second = olga.get(first["next"]).json()
    third = olga.get(second["next"]).json()
    rows = [row["last_name"] for page in (first, second, third) for row in page["results"]]
    assert rows == ["N0", "N1", "N2", "N3", "N4"]
    assert third["next"] is None and olga.get(third["previous"]).json() == second
    assert olga.get(second["previous"]).json()["results"] == first["results"]
    assert olga.read("contacts/", page=9)["results"] == []


@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "", "999999999", "9" * 30, "¹", "１"])
def test_a_page_that_there_cannot_be_is_refused(olga, name, value):
    assert errors(olga.ask("GET", f"contacts/?{name}={value}")).keys() == {name}


def test_a_page_has_at_most_a_hundred_records(olga):
    Contact.objects.bulk_create(Contact(last_name=f"N{i}") for i in range(120))
    assert len(olga.read("contacts/")["results"]) == 50
    assert len(olga.read("contacts/", page_size=100)["results"]) == 100
    errors(olga.ask("GET", "contacts/?page_size=101"))


def test_a_count_stops_at_a_thousand_and_says_so(olga):
    Contact.objects.bulk_create(Contact(last_name="N") for _ in range(1002))
    page = olga.read("contacts/")
    assert (page["count"], page["count_is_capped"]) == (1000, True)


def test_a_count_tells_of_no_record_out_of_reach(sam):
    make("contacts", "Mine", sam.user), make("contacts", "Other")
    assert sam.read("contacts/")["count"] == 1


QUERIES = {"contacts": 6, "accounts": 5, "leads": 5, "opportunities": 7, "deals": 7, "tasks": 7}
QUERIES["projects"] = 7
"""Session, person, page, count, and one for each reference that the page holds."""


@pytest.mark.parametrize("module", MODELS)
def test_the_number_of_queries_is_constant_and_known(sam, module):
    """Habit 10: with 5 and 50 rows, masks and references in and out of reach."""
    counts = []
    for rows in (6, 50):
        _fill(module, rows, sam.user)
        sam.ask("GET", f"{module}/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = sam.read(f"{module}/", page_size=rows - 1)
        assert len(page["results"]) == rows - 1 and page["next"]
        counts.append(len(queries))
    assert counts == [QUERIES[module]] * 2, [q["sql"][:150] for q in queries]


def _fill(module, rows, owner):
    names = {field.name for field in MODELS[module]._meta.fields}
    ben = make_user()
    references = {
        name: [make(other, "Seen", owner), make(other, "Unseen", ben)]
        for name, other in (
            ("account", "accounts"),
            ("contact", "contacts"),
            ("opportunity", "opportunities"),
            ("project", "projects"),
            ("related_to", "contacts"),
        )
        if name in names
    }
    for number in range(rows):
        chosen = {name: pair[number % 2] for name, pair in references.items()}
        record = make(module, f"Row {number}", owner, **chosen)
        if module == "projects":
            record.members.set([owner, ben])
