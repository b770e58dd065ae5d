"""Guessing passwords is paused by account and address, whoever the account is (threats 12, 21)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIMIT = settings.AXES_FAILURE_LIMIT
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _ann_and_no_throttle_of_the_test_before():
    cache.clear()
    User.objects.create_user("ann", "ann@x.org", "demo")


def attempt(login="ann", password="wrong", address="192.0.2.1", **headers):
    client = Client(REMOTE_ADDR=address)
    data = {"login": login, "password": password}
    client.answer = client.post("/auth/login/", data, headers=headers)
    return client


def fail(times=LIMIT, **values):
    for _time in range(times):
        client = attempt(**values)
    return client.answer


def is_let_in(**values):
    return "_auth_user_id" in attempt(password="demo", **values).session


def test_after_too_many_failures_the_right_password_waits_too():
    assert fail(LIMIT - 1).status_code == 200
    assert is_let_in()
    answer = fail()
    assert answer.status_code == 429
    assert not is_let_in()
    assert "Too many tries" in answer.content.decode()


def test_the_pause_ends_by_itself():
    with time_machine.travel(NOW):
        fail()
        assert not is_let_in()
    with time_machine.travel(NOW + settings.AXES_COOLOFF_TIME + timedelta(minutes=1)):
        assert is_let_in()


def test_a_success_forgets_the_failures_before_it():
    fail(LIMIT - 1)
    assert is_let_in()
    fail(LIMIT - 1)
    assert is_let_in()


@pytest.mark.parametrize("other", [{"address": "192.0.2.2"}, {"login": "ben"}])
def test_another_address_and_another_account_are_not_held_up(other):
    """Who guesses locks themselves out, and no colleague."""
    User.objects.create_user("ben", password="demo")
    fail()
    assert is_let_in(**other)


def test_username_and_address_are_one_account():
    fail(LIMIT - 1, login="ANN")
    assert attempt(login="Ann@X.org").answer.status_code == 429
    assert not is_let_in(login="ann@x.org")


@pytest.mark.parametrize("nobody", ["nobody", "nobody@x.org", "n" * 300])
def test_an_account_that_does_not_exist_is_answered_in_the_same_way(nobody):
    there, missing = ([attempt(login).answer for _ in range(LIMIT)] for login in ("ann", nobody))
    assert [a.status_code for a in missing] == [a.status_code for a in there]
    assert without_token(missing[-1]) == without_token(there[-1])


def without_token(answer):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_an_address_that_the_client_writes_itself_counts_for_nothing():
    for number in range(LIMIT):
        answer = attempt(**{"X-Forwarded-For": f"198.51.100.{number}"}).answer
    assert answer.status_code == 429


def test_behind_a_proxy_of_ours_the_client_s_address_counts(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    fail(**{"X-Forwarded-For": "198.51.100.1"})
    assert not is_let_in(**{"X-Forwarded-For": "198.51.100.1"})
    assert is_let_in(**{"X-Forwarded-For": "198.51.100.2"})


def test_one_address_that_tries_many_accounts_is_paused():
    answers = {attempt(login=f"person-{number}").answer.content for number in range(31)}
    assert any(b"Too many tries" in answer for answer in answers)


def test_a_new_password_by_mail_ends_the_pause():
    fail()
    Client().post("/auth/password/reset/", {"email": "ann@x.org"})
    link = re.search(r"/auth/password/reset/key/\S+", mail.outbox[0].body).group()
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "Xy9!longenough"
    client.post(form, {"password1": new, "password2": new})
    assert "_auth_user_id" in attempt(password=new).session


def test_sessions_that_are_opened_without_the_form_do_not_suffer():
    fail()
    client, ben = Client(), make_user("ben", "user")
    client.force_login(ben)
    assert client.get("/crm/contact/").status_code == 200
