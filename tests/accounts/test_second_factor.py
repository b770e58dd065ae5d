"""The second factor: asked for after the password, stored encrypted, logged, and taken off."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from accounts.second_factor import SecondFactorAdapter
from roles.models import AuditEntry
from tests.factories import give

from .test_invitation_pages import words

pytestmark = pytest.mark.django_db
PAGES = "/auth/second-factor/"


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def ann(db):
    user = User.objects.create_user("ann", "ann@x.org", "demo")
    give(user, "user")
    return user


def sign_in(password="demo"):
    client = Client()
    client.answer = client.post("/auth/login/", {"login": "ann", "password": password})
    return client


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def turn_on(client):
    """Show that it is oneself, and turn it on; give the secret."""
    client.post("/auth/reauthenticate/", {"password": "demo"})
    secret = re.search(r'readonly value="(\w+)"', words(client.get(f"{PAGES}on/"))).group(1)
    cache.clear()
    answer = client.post(f"{PAGES}on/", {"code": code_for(secret)})
    assert answer.status_code == 302, words(answer)
    cache.clear()
    return secret


def is_in(client):
    return "_auth_user_id" in client.session


def test_without_it_the_password_is_enough(ann):
    client = sign_in()
    assert is_in(client) and "It is off" in words(client.get(PAGES))
    assert PAGES in client.get("/profile/").content.decode()


def test_with_it_the_password_alone_opens_nothing(ann):
    secret = turn_on(sign_in())
    client = sign_in()
    assert client.answer.url == f"{PAGES}authenticate/" and not is_in(client)
    for url in ("/", "/crm/contact/", "/api/v1/me/", PAGES, "/profile/"):
        assert client.get(url).status_code in (302, 401), url
    wrong = "000000" if code_for(secret) != "000000" else "111111"
    assert "This code is not right" in words(client.post(f"{PAGES}authenticate/", {"code": wrong}))
    assert not is_in(client)
    client.post(f"{PAGES}authenticate/", {"code": code_for(secret)})
    assert is_in(client)
    assert client.session["_auth_user_backend"] == "rbac_site.backends.SiteBackend"
    assert client.get("/crm/contact/").status_code == 200


def test_who_is_shut_out_meanwhile_is_not_let_in_by_the_code(ann):
    secret = turn_on(sign_in())
    client = sign_in()
    User.objects.update(state="suspended")
    client.post(f"{PAGES}authenticate/", {"code": code_for(secret)})
    assert client.get("/").status_code == 302


def test_a_recovery_code_works_once(ann):
    turn_on(first := sign_in())
    page = words(first.get(f"{PAGES}codes/"))
    code = re.search(r"<code>(\d+)</code>", page).group(1)
    for expected in (True, False):
        client = sign_in()
        client.post(f"{PAGES}authenticate/", {"code": code})
        assert is_in(client) is expected


def test_guessing_codes_is_paused(ann):
    secret = turn_on(sign_in())
    client = sign_in()
    for _time in range(11):
        client.post(f"{PAGES}authenticate/", {"code": "000000"})
    client.post(f"{PAGES}authenticate/", {"code": code_for(secret)})
    assert not is_in(client)


def test_the_secret_is_not_in_the_database(ann, settings):
    secret = turn_on(sign_in())
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert SecondFactorAdapter().decrypt(kept) == secret
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    assert SecondFactorAdapter().decrypt(kept) == secret


def test_the_log_tells_when_it_was_turned_on_and_off(ann):
    client = sign_in()
    turn_on(client)
    Authenticator.objects.get(type="totp").save()  # as each use of it does
    client.post(f"{PAGES}off/")
    assert not Authenticator.objects.filter(type="totp").exists()
    said = AuditEntry.objects.filter(action__startswith="user.").order_by("id")
    assert list(said.values_list("action", "actor")) == [
        ("user.second_factor_added", ann.pk),
        ("user.recovery_codes_made", ann.pk),
        ("user.second_factor_removed", ann.pk),
    ]
    assert is_in(sign_in())


def test_turning_it_off_takes_a_form(ann):
    client = sign_in()
    turn_on(client)
    assert "Turn off the second factor?" in words(client.get(f"{PAGES}off/"))
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.parametrize("page", ["on/", "off/", "codes/", "codes/new/", "codes/download/"])
def test_an_open_session_is_asked_for_the_password_first(ann, page):
    """Who finds it open can neither turn it on nor off."""
    turn_on(sign_in())
    secret_free = Client()
    secret_free.force_login(ann)
    Authenticator.objects.filter(type="totp").delete() if page == "on/" else None
    answer = secret_free.get(PAGES + page, follow=True)
    assert "Is it you?" in words(answer) and "readonly" not in answer.content.decode()
    secret_free.post(PAGES + page)
    assert Authenticator.objects.filter(type="totp").exists() is (page != "on/")


@pytest.mark.parametrize("page", ["", "on/", "off/", "codes/", "codes/new/"])
def test_whoever_waits_or_is_not_signed_in_has_none_of_the_pages(ann, page):
    assert Client().get(PAGES + page).status_code == 302
    client = sign_in()
    User.objects.update(state="waiting")
    assert client.get(PAGES + page).status_code == 403


def test_whoever_runs_the_server_takes_it_off(ann, capsys):
    turn_on(sign_in())
    call_command("remove_second_factor", "ann")
    assert is_in(sign_in())
    assert AuditEntry.objects.filter(action="user.second_factor_removed", actor=None).exists()
    for name in ("ann", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", name)
