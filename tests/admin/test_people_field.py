"""Fields for a person carry no names, and search for who may name people only (R16, R24)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Contact
from tests.factories import make_role, make_team, make_user

pytestmark = pytest.mark.django_db
SEARCH = 'data-search="/api/v1/users/?state=active"'


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def page_for(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def manager_url():
    return reverse("admin:accounts_user_change", args=[make_user("low", "guest").pk])


def team_url():
    return reverse("team", args=[make_team("alpha").code])


@pytest.mark.parametrize("url", [manager_url, team_url])
def test_a_page_holds_a_field_that_searches_and_nobody_s_name(owner, url):
    make_user("somebody.else", first_name="Some", last_name="Body")
    page = page_for(owner, url())
    assert page.count(SEARCH) == 1 and page.count("roles/people.js") == 1
    assert "somebody.else" not in page


@pytest.mark.parametrize("url", [manager_url, team_url])
def test_a_page_costs_the_same_for_any_number_of_people(owner, url):
    address = url()
    page_for(owner, address)
    with CaptureQueriesContext(connection) as few:
        short = page_for(owner, address)
    for number in range(30):
        make_user(f"n{number}")
    with CaptureQueriesContext(connection) as many:
        long = page_for(owner, address)
    assert len(few) == len(many)
    assert abs(len(long) - len(short)) < 20


@pytest.mark.parametrize(
    ("codes", "fields", "is_offered"),
    [
        ("users.view", {}, True),
        ("users.view", {"users": {"username": "hidden"}}, False),
        ("roles.view", {}, False),
    ],
)
def test_who_may_not_name_people_is_offered_no_search(db, codes, fields, is_offered):
    """They still share with whom they know by name (R19)."""
    both = f"contacts.view contacts.edit {codes}"
    kim = make_user("kim", make_role(permissions=both, fields=fields))
    record = Contact.objects.create(last_name="Doe", owner=kim)
    url = reverse("admin:crm_contact_shares", args=[record.pk])
    assert (SEARCH in page_for(browser_of(kim), url)) is is_offered
    make_user("ben")
    browser_of(kim).post(url, {"share": "1", "user": "ben", "give": "view"})
    assert record.shares.count() == 1


def test_a_project_that_names_no_search_has_the_field_alone(owner, settings):
    settings.ROLES_PEOPLE_SEARCH = ""
    page = page_for(owner, manager_url())
    assert 'name="manager"' in page and "<datalist" not in page
