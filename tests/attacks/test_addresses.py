"""Allauth's pages under /auth/: what anybody can do there (R1, D13, threats 3, 12, 18)."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.services.mailing import FOR_ANYBODY, mail_for_anybody
from roles.models import AuditEntry

from .conftest import ask, person, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/auth/email/"
OPEN = "urls.py includes all of allauth.urls: /auth/email/ is open to everyone who may sign in"


def add(client: Client, address: str) -> None:
    client.post(PAGE, {"action_add": "", "email": address})


def make_primary(client: Client, address: str):
    return client.post(PAGE, {"action_primary": "", "email": address})


def test_nobody_s_address_can_be_captured_by_another_account():
    """One click on the mail that the attacker had sent, and the victim's own account is out.

    Allauth prefers verified addresses: from then on the victim's address signs in to, and
    resets the password of, the attacker's account only. The victim's password is refused.
    """
    person("vic", email="victim@x.org")
    mallory = signed_in("mal", "guest", email="mal@x.org")
    mallory.get(PAGE)
    make_primary(mallory, "mal@x.org")
    add(mallory, "victim@x.org")
    if mail.outbox:
        link = re.search(r"/auth/confirm-email/\S+", mail.outbox[-1].body).group()
        Client().post(link)
    cache.clear()
    answer = Client().post("/auth/login/", {"login": "victim@x.org", "password": "demo"})
    assert answer.status_code == 302
    mail.outbox.clear()
    Client().post("/auth/password/reset/", {"email": "victim@x.org"})
    assert "your username is vic" in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_a_taken_address_is_no_oracle_and_no_server_error():
    """A free address is taken over with 302, another person's fails with 500."""
    person("vic", email="victim@x.org")
    mallory = signed_in("mal", email="mal@x.org")
    answers = []
    for address in ("victim@x.org", "nobody@x.org"):
        add(mallory, address)
        answers.append(make_primary(mallory, address).status_code)
    assert answers[0] == answers[1] and 500 not in answers


@pytest.mark.parametrize("state", ["active", "waiting"])
def test_nobody_takes_an_address_that_is_not_proven_theirs(state):
    """Without a password or a confirmation, and without an entry in the log (D13)."""
    mallory = signed_in("mal", email="mal@x.org", state=state)
    add(mallory, "ceo@x.org")
    make_primary(mallory, "ceo@x.org")
    assert User.objects.get(username="mal").email == "mal@x.org"


def test_a_changed_password_is_in_the_log():
    mallory = signed_in("mal")
    data = {"oldpassword": "demo", "password1": "Xy9!longenough", "password2": "Xy9!longenough"}
    mallory.post("/auth/password/change/", data)
    assert User.objects.get(username="mal").check_password("Xy9!longenough")
    assert AuditEntry.objects.filter(subject_type__contains="user").exists()


@pytest.mark.parametrize("url", [PAGE, "/auth/password/change/", "/password_change/"])
def test_a_personal_page_is_kept_by_no_cache(url):
    """Threat 20. The page of addresses names the person; it says nothing to caches."""
    answer = signed_in("mal", email="mal@x.org").get(url)
    assert "private" in answer.headers.get("Cache-Control", "")


def test_the_admin_has_no_door_beside_the_catalogue_s():
    """Of a superuser only `has_perm` is Django's; these pages ask nothing else and log nothing.

    A superuser who waits for approval comes in here too (R1, R3).
    """
    for name in ("account_emailaddress", "auth_group"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}_changelist")


# One mailbox under many names (threats 15, 21)

SAME = ["ann@ｅxample.com", "Ann@EXAMPLE.com", "ann@ex\u00adample.com"]
LOOK_ALIKES = ["\u212aim@example.com", "ſam@example.com", "ıan@example.com"]
WAYS = {"edit": ("PATCH", "users/ben/", {}), "create": ("POST", "users/", {"username": "new"})}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", [*SAME, *LOOK_ALIKES])
def test_nobody_is_given_an_address_whose_mail_goes_to_another_person(address, way):
    """Two accounts with one mailbox, and mails that are counted apart."""
    person("ann", email="ann@example.com")
    person("ben", email="ben@example.com")
    client, (method, path, more) = signed_in("olga", "owner"), WAYS[way]
    code, text = ask(client, method, path, {**more, "email": address})
    assert code == 400 and "email" in text
    assert not User.objects.filter(username="new").exists()
    code, _text = ask(client, method, path, {**more, "email": "cyd@ｅxample.com"})
    assert code in (200, 201)
    assert User.objects.filter(email="cyd@example.com").exists()


def test_an_address_that_stands_in_another_form_is_kept_where_it_is_sent_back():
    person("ben", email="ben@ｅxample.com")
    body = {"email": "ben@ｅxample.com", "first_name": "Ben"}
    assert ask(signed_in("olga", "owner"), "PATCH", "users/ben/", body)[0] == 200
    assert User.objects.get(username="ben").email == "ben@ｅxample.com"


@pytest.mark.parametrize(
    "written", ["ann+{}@example.com", "ann+{}@ｅxample.com", "+{}@x.org"], ids=ascii
)
def test_no_mailbox_is_flooded_under_other_names(written):
    """Each form of the address had a count of its own."""
    for number in range(FOR_ANYBODY + 2):
        mail_for_anybody(written.format(number), lambda: mail.outbox.append("one"))
    mail_for_anybody(written.replace("+{}", "zed"), lambda: mail.outbox.append("another's"))
    assert len(mail.outbox) == FOR_ANYBODY + 1


# Attacks that fail


@pytest.mark.parametrize("address", ["ſam@x.org", "ｓam@x.org", "sam@x.org\u200b", "sam@ｘ.org"])
def test_a_look_alike_of_an_address_gets_no_link(address):
    """CVE-2019-19844: the mail goes to the address of the account, or has no link."""
    person("sam", email="sam@x.org")
    Client().post("/auth/password/reset/", {"email": address})
    assert all(m.to == ["sam@x.org"] or "/key/" not in m.body for m in mail.outbox)


@pytest.mark.parametrize("state", ["suspended", "rejected"])
def test_a_new_password_lets_nobody_in_who_is_out(state):
    person("sue", email="sue@x.org", state=state)
    client = Client()
    client.post("/auth/password/reset/", {"email": "sue@x.org"})
    for sent in mail.outbox:
        link = re.search(r"/auth/password/reset/key/\S+", sent.body)
        if link:
            form = client.get(link.group(), follow=True).redirect_chain[-1][0]
            new = {"password1": "Xy9!longenough", "password2": "Xy9!longenough"}
            client.post(form, new)
            client.post("/auth/login/", {"login": "sue", "password": "Xy9!longenough"})
    assert "_auth_user_id" not in client.session
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("to", ["https://evil.org/", "//evil.org", "/\\evil.org", "https:evil.org"])
def test_signing_in_and_out_leads_nowhere_else(to):
    person("sam")
    client = Client()
    form = client.get("/login/", {"next": to}).headers["Location"]
    assert form.startswith("/auth/login/?next=")
    answer = client.post(form, {"login": "sam", "password": "demo", "next": to})
    assert answer.headers["Location"] == "/"
    assert client.post("/logout/", {"next": to}).headers["Location"] == "/auth/login/"


def test_a_session_key_planted_before_is_worth_nothing_after():
    person("sam")
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/auth/login/", {"login": "sam", "password": "demo"})
    assert client.session.session_key != session.session_key
    strict = Client(enforce_csrf_checks=True)
    for url in ("/auth/login/", "/auth/logout/", "/logout/", "/auth/password/reset/"):
        assert strict.post(url).status_code == 403
