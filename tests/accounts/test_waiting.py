"""Whoever waits has the waiting page and their own profile; whoever is out is told so (R1, D12)."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from crm.models import Contact
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEARLY = "Your account is nearly ready"
MODULES = ("Contacts", "Leads", "Roles", "Projects")


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


def waiting(*roles, **values):
    client = Client()
    client.user = make_user("wes", *roles, state="waiting", **values)
    client.force_login(client.user)
    return client


def assert_says_nothing_of_the_modules(page: str) -> None:
    assert not [name for name in MODULES if name in page]
    assert "site-search" not in page and 'id="sidebar"' not in page


@pytest.mark.parametrize("roles", [["guest"], ["owner"], []])
def test_the_first_page_says_what_happens_next_whatever_the_roles(roles):
    answer = waiting(*roles).get("/")
    page = answer.content.decode()
    assert answer.status_code == 200 and NEARLY in page and "wes" in page
    assert "Sign out" in page and "/profile/" in page
    assert_says_nothing_of_the_modules(page)


def test_their_profile_is_theirs_and_says_that_they_wait():
    answer = waiting("owner", first_name="Wes").get("/profile/")
    page = answer.content.decode()
    assert answer.status_code == 200 and "Waiting for approval" in page
    assert "Owner</strong>" not in page and "What you may do" not in page
    assert_says_nothing_of_the_modules(page)


@pytest.mark.parametrize(
    "url",
    [
        "/crm/contact/",
        "/crm/contact/1/change/",
        "/crm/contact/add/",
        "/crm/",
        "/roles/role/",
        "/roles/role/add/",
        "/search/?q=doe",
        "/password_change/",
        "/auth/password/change/",
        "/auth/reauthenticate/",
        "/autocomplete/",
        "/nothing/at/all/",
        "/nothing",
    ],
)
@pytest.mark.parametrize("values", [{}, {"is_superuser": True}])
def test_every_other_address_is_their_waiting_page(url, values):
    Contact.objects.create(pk=1, last_name="Doe")
    client = waiting("owner", **values)
    answer = client.get(url)
    page = answer.content.decode()
    assert answer.status_code == 403 and NEARLY in page
    assert_says_nothing_of_the_modules(page)
    assert client.post(url).status_code == 403
    client.user.state = "active"
    client.user.save()
    assert NEARLY not in client.get(url).content.decode()


def test_once_approved_the_same_session_has_its_modules():
    client = waiting("user")
    User.objects.filter(pk=client.user.pk).update(state="active")
    page = client.get("/").content.decode()
    assert "Contacts" in page and NEARLY not in page


@pytest.mark.parametrize("values", [{"state": "waiting"}, {"state": "suspended"}])
def test_a_session_that_was_open_loses_everything_at_once(values):
    client = Client()
    ann = make_user("ann", "owner")
    client.force_login(ann)
    assert "Contacts" in client.get("/").content.decode()
    User.objects.filter(pk=ann.pk).update(**values)
    for url in ("/", "/profile/", "/crm/contact/", "/search/?q=an"):
        assert_says_nothing_of_the_modules(client.get(url).content.decode())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "suspended"}, "Your account is suspended"),
        ({"state": "rejected"}, "Your registration was not accepted"),
        ({"is_active": False}, "Your account is switched off"),
    ],
)
def test_whoever_is_out_is_told_why_and_only_with_the_right_password(values, words):
    User.objects.create_user("sue", password="demo", first_name="Susan", **values)
    client = Client()
    answer = client.post("/auth/login/", {"login": "sue", "password": "demo"}, follow=True)
    page = answer.content.decode()
    assert words in page and "ask an Owner" in page
    assert "Susan" not in page and "_auth_user_id" not in client.session
    wrong = client.post("/auth/login/", {"login": "sue", "password": "wrong"}).content.decode()
    assert words not in wrong and "switched off" not in wrong


def test_the_page_about_it_says_only_what_it_knows():
    page = Client().get("/auth/inactive/", {"because": "<b>x</b>"}).content.decode()
    assert "This account is not open at the moment" in page and "<b>x</b>" not in page
