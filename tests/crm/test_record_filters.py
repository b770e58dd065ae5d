"""The filters in words: whose records, and about when; never more than the list shows (R23)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from crm.models import Contact, Deal, Task
from tests.admin.conftest import signed_in
from tests.factories import make_role, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def everyones():
    """A browser of an Owner."""
    return signed_in("olga", "owner")


def names(browser, address, model=Contact):
    """Give which of the stored records the list shows."""
    page = browser.get(address).content.decode()
    name = model.named_by[-1]
    return {found for found in model.objects.values_list(name, flat=True) if f">{found}<" in page}


def three(mine):
    for name, owner in (("Ours", mine), ("Hers", make_user()), ("Nobodys", None)):
        Contact.objects.create(last_name=name, owner=owner)


def test_records_are_found_by_whose_they_are(everyones):
    three(User.objects.get(username="olga"))
    assert names(everyones, "/crm/contact/") == {"Ours", "Hers", "Nobodys"}
    for word, found in (("mine", "Ours"), ("others", "Hers"), ("nobody", "Nobodys")):
        assert names(everyones, f"/crm/contact/?owner={word}") == {found}


def test_who_sees_only_their_own_is_not_asked_whose():
    seller = signed_in("sam", "user")
    three(User.objects.get(username="sam"))
    assert "?owner=mine" not in seller.get("/crm/contact/").content.decode()
    assert names(seller, "/crm/contact/?owner=others") <= {"Ours"}


def test_nobodys_is_offered_to_those_who_reach_them():
    """R9: only `all` reaches an ownerless record."""
    make_role("mate", permissions="contacts.view", records={"contacts": "team"})
    mate = signed_in("sam", "mate")
    ben = make_user("ben")
    make_team("", User.objects.get(username="sam"), ben)
    Contact.objects.create(last_name="His", owner=ben)
    page = mate.get("/crm/contact/").content.decode()
    assert "?owner=others" in page and "?owner=nobody" not in page
    assert names(mate, "/crm/contact/?owner=others") == {"His"}
    assert mate.get("/crm/contact/?owner=nobody")["Location"].endswith("?e=1")


def test_a_hidden_owner_can_be_neither_filtered_nor_asked_for():
    """R23."""
    make_role(
        "blind",
        permissions="contacts.view",
        records={"contacts": "all"},
        fields={"contacts": {"owner": "hidden"}},
    )
    blind = signed_in("sam", "blind")
    assert "owner=" not in blind.get("/crm/contact/").content.decode()
    assert blind.get("/crm/contact/?owner=mine").status_code == 400


@pytest.mark.parametrize("lookup", ["owner__exact", "owner__in", "owner__isnull", "owner__manager"])
def test_owners_are_not_asked_for_by_their_ids(lookup):
    """R24: who may not see people cannot find out which records are one's."""
    make_role("all", permissions="contacts.view", records={"contacts": "all"})
    assert signed_in("sam", "all").get(f"/crm/contact/?{lookup}=1").status_code == 400


@pytest.mark.parametrize("query", ["owner=1", "owner=MINE", "owner="])
def test_a_word_that_does_not_exist_is_refused_as_any_wrong_filter_is(everyones, query):
    answer = everyones.get(f"/crm/contact/?{query}")
    assert answer.status_code == 302 and answer["Location"].endswith("?e=1")


def test_tasks_are_found_by_when_they_are_due(everyones):
    today = timezone.localdate()
    for title, days in (("Late", -1), ("Today", 0), ("Soon", 6), ("Month", 20), ("Far", 31)):
        Task.objects.create(title=title, due_date=today + timedelta(days=days))
    Task.objects.create(title="Whenever", due_date=None)
    for word, found in (
        ("past", {"Late"}),
        ("week", {"Today", "Soon"}),
        ("month", {"Today", "Soon", "Month"}),
        ("later", {"Far"}),
        ("none", {"Whenever"}),
    ):
        assert names(everyones, f"/crm/task/?due_date={word}", Task) == found


def test_deals_are_found_by_the_calendar(everyones):
    today = timezone.localdate()
    years = {"Now": today, "Last": today.replace(year=today.year - 1, day=1)}
    years["Old"] = today.replace(year=today.year - 2, day=1)
    for name, closed_on in years.items():
        Deal.objects.create(name=name, closed_on=closed_on)
    for word, found in (
        ("month", {"Now"}),
        ("quarter", {"Now"}),
        ("year", {"Now"}),
        ("last_year", {"Last"}),
        ("earlier", {"Old"}),
        ("none", set()),
    ):
        assert names(everyones, f"/crm/deal/?closed_on={word}", Deal) == found


def test_counts_are_of_what_the_viewer_may_view_in_as_many_queries_for_any_number():
    seller = signed_in("sam", "user")
    sam, ben = User.objects.get(username="sam"), make_user("ben")
    seller.get("/crm/task/")
    counted = []
    for _round in range(2):
        Task.objects.create(title="Ours", owner=sam)
        Task.objects.create(title="His", owner=ben)
        with CaptureQueriesContext(connection) as queries:
            page = seller.get("/crm/task/?_facets=True").content.decode()
        counted.append(len(queries))
        assert f"No date ({_round + 1})" in page
    assert counted[0] == counted[1]
