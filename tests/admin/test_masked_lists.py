"""A list whose rows show different fields, and what it may be asked about (R15, R16, R22-R24)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Account, Contact, Project
from tests.factories import make_role

from .conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = "/crm/contact/"


@pytest.fixture
def ann(db):
    """Worked example 1: all contacts without their phone, and the own ones whole."""
    hidden = {"contacts": {"phone": "hidden", "last_name": "hidden"}}
    codes = "contacts.view users.view"
    make_role("a", permissions=codes, records={"contacts": "all"}, fields=hidden)
    codes = "contacts.view contacts.edit contacts.delete"
    make_role("b", permissions=codes, records={"contacts": "own"})
    return signed_in("ann", "a", "b")


@pytest.fixture
def people(ann):
    """One contact of hers, one of Ben's; both have a phone."""
    ben = User.objects.create(username="ben")
    mine = Contact.objects.create(
        first_name="My", last_name="Friend", phone="tel-one", owner=User.objects.get(username="ann")
    )
    theirs = Contact.objects.create(
        first_name="His", last_name="Secret", phone="tel-two", title="Boss", owner=ben
    )
    return mine, theirs


def text(answer):
    return answer.content.decode()


def shown(answer):
    return [row.pk for row in answer.context["cl"].result_list]


def column(client, name):
    columns = client.get(LIST).context["cl"].list_display
    return [getattr(c, "__name__", c) for c in columns].index(name)


def test_each_row_shows_the_fields_that_may_be_read_on_it(ann, people):
    page = text(ann.get(LIST))
    assert "tel-one" in page and "tel-two" not in page
    assert "My Friend" in page and "Secret" not in page
    assert f"Contact {people[1].pk}" in page
    assert '<span class="quiet">No access</span>' in page


def test_the_box_of_a_row_does_not_tell_its_hidden_name(people, ann):
    theirs = people[1]
    page = text(ann.get(LIST))
    assert "for an action - My Friend" in page
    assert f"for an action - Contact {theirs.pk}" in page and "Secret" not in page


def test_a_page_tells_of_each_record_what_its_row_tells(ann, people):
    mine, theirs = (text(ann.get(f"{LIST}{row.pk}/change/")) for row in people)
    assert 'name="phone"' in mine and "_save" in mine and "My Friend" in mine
    assert "tel-two" not in theirs and "Secret" not in theirs and "_save" not in theirs


def test_a_search_finds_only_what_may_be_read(ann, people):
    """Filtering by phone finds only her own contacts."""
    mine, theirs = people
    for words, found in (
        ("tel-one", []),
        ("Secret", []),
        ("Friend", [mine.pk]),
        ("His", [theirs.pk]),
    ):
        assert shown(ann.get(LIST, {"q": words})) == found, words


def test_an_order_takes_what_is_hidden_for_empty(ann, people):
    mine, theirs = people
    place = column(ann, "phone")
    for other in ("000", "999"):
        Contact.objects.filter(pk=theirs.pk).update(phone=other)
        assert shown(ann.get(LIST, {"o": f"{place}"})) == [theirs.pk, mine.pk]
        assert shown(ann.get(LIST, {"o": f"-{place}"})) == [mine.pk, theirs.pk]


def test_a_filter_takes_what_is_hidden_for_empty(ann):
    """Its choices come from the readable rows only."""
    hidden = {"accounts": {"industry": "hidden"}}
    make_role("c", permissions="accounts.view", records={"accounts": "all"}, fields=hidden)
    make_role("d", permissions="accounts.view", records={"accounts": "own"})
    cat = signed_in("cat", "c", "d")
    mine = Account.objects.create(
        name="Mine", industry="Steel", owner=User.objects.get(username="cat")
    )
    Account.objects.create(name="Theirs", industry="Arms")
    page = cat.get("/crm/account/")
    assert "Steel" in text(page) and "Arms" not in text(page)
    assert shown(cat.get("/crm/account/", {"industry": "Steel"})) == [mine.pk]
    for lookup in ("industry", "industry__exact"):
        assert shown(cat.get("/crm/account/", {lookup: "Arms"})) == []
    for kind in ("startswith", "regex", "contains", "gte", "isnull__exact"):
        assert cat.get("/crm/account/", {f"industry__{kind}": "A"}).status_code == 400
    assert "Arms" not in text(cat.get("/crm/account/?_facets=True"))


def test_a_field_that_is_hidden_everywhere_is_no_column_and_no_filter(db):
    hidden = {"accounts": {"industry": "hidden"}}
    make_role("c", permissions="accounts.view", records={"accounts": "all"}, fields=hidden)
    cat = signed_in("cat", "c")
    Account.objects.create(name="Theirs", industry="Arms")
    assert "industry" not in text(cat.get("/crm/account/")).lower()
    nonsense = cat.get("/crm/account/", {"nonsense": "Arms"})
    hidden = cat.get("/crm/account/", {"industry": "Arms"})
    assert (nonsense.status_code, nonsense.headers.get("Location")) == (
        hidden.status_code,
        hidden.headers.get("Location"),
    )


def test_fifty_masked_rows_cost_as_many_queries_as_two(ann, people):
    """Session, person, count, page, and one for the names of the owners: five."""
    mine, theirs = people
    ann.get(LIST)
    counts = []
    for more in (0, 24, 24):
        Contact.objects.bulk_create(
            Contact(last_name=f"N{n}", owner=(mine.owner, theirs.owner)[n % 2]) for n in range(more)
        )
        with CaptureQueriesContext(connection) as queries:
            answer = ann.get(LIST)
        counts.append(len(queries))
    assert len(shown(answer)) == 50
    assert set(counts) == {5}


def test_a_value_that_another_role_opens_elsewhere_is_not_written_here(ann, people):
    """R15: a role that edits does not reach the record, a role that reaches it does not edit."""
    mine, theirs = people
    assert ann.post(f"{LIST}{theirs.pk}/change/", {"title": "Fool"}).status_code == 403
    sent = {"last_name": "Friend", "phone": "tel-three", "owner": mine.owner_id}
    assert ann.post(f"{LIST}{mine.pk}/change/", sent).status_code == 302
    mine.refresh_from_db()
    assert mine.phone == "tel-three"


def test_a_field_with_many_values_that_some_rows_hide_lists_no_row_twice(db):
    """R16, R22: each project once, whether or not its members may be seen."""
    hidden = {"projects": {"members": "hidden"}}
    make_role("a", permissions="projects.view", records={"projects": "all"}, fields=hidden)
    make_role("b", permissions="projects.view", records={"projects": "own"})
    bea = signed_in("bea", "a", "b")
    people = [User.objects.create(username=f"m{number}") for number in range(3)]
    owners = (User.objects.get(username="bea"), people[0])
    projects = [Project.objects.create(name="Fair", owner=owner) for owner in owners]
    for project in projects:
        project.members.set(people)
    assert sorted(shown(bea.get("/crm/project/"))) == [project.pk for project in projects]
    assert sorted(shown(bea.get("/crm/project/?q=Fair"))) == [project.pk for project in projects]
