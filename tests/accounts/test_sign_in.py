"""Who gets a session at the sign-in page (R1)."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


def sign_in(name: str, password: str = "demo"):
    """Post the sign-in form in a new browser; give it with the answer."""
    client = Client()
    return client, client.post("/auth/login/", {"login": name, "password": password})


@pytest.mark.parametrize("name", ["ann", "ann@example.com", "ANN@Example.com"])
def test_people_sign_in_by_name_or_address(name):
    User.objects.create_user("ann", "ann@example.com", "demo")
    client, answer = sign_in(name)
    assert answer.status_code == 302
    assert client.get("/").status_code == 200
    assert client.session["_auth_user_backend"] == "rbac_site.backends.SiteBackend"


@pytest.mark.parametrize("values", [{"state": "suspended"}, {"state": "rejected"}])
def test_whoever_is_shut_out_gets_a_page_that_says_so_and_no_session(values):
    User.objects.create_user("ann", password="demo", **values)
    client, answer = sign_in("ann")
    assert answer.url.startswith("/auth/inactive/?because=")
    assert "_auth_user_id" not in client.session
    assert client.get("/").status_code == 302


def test_the_deactivated_get_no_session_and_the_waiting_do():
    User.objects.create_user("ann", password="demo", is_active=False)
    User.objects.create_user("wes", password="demo", state="waiting")
    assert "_auth_user_id" not in sign_in("ann")[0].session
    client, _answer = sign_in("wes")
    assert client.get("/").status_code == 200
    assert client.get("/crm/contact/").status_code == 403


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer():
    User.objects.create_user("ann", password="demo")
    wrong, unknown = (
        sign_in(name, "wrong")[1].context["form"].errors.as_json() for name in ("ann", "nobody")
    )
    assert wrong == unknown


def test_nobody_registers_alone_while_no_domain_is_on_the_list():
    answer = Client().get("/auth/signup/")
    assert answer.status_code == 200
    assert "password1" not in answer.content.decode()
