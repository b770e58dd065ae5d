"""A new password by mail: the same answer for everybody, one link, one entry (threat 12, D13)."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.adapter import AccountAdapter
from accounts.models import User
from roles.models import AuditEntry
from tests.factories import make_user

from .joining import PASSWORD, links_mailed
from .test_invitation_pages import words

pytestmark = pytest.mark.django_db
RESET = "/auth/password/reset/"


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", "ann@x.org", "demo", first_name="Ann")


def forget(address):
    return Client().post(RESET, {"email": address}, follow=True)


def choose(link, password=PASSWORD):
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    return client.post(form, {"password1": password, "password2": password})


def test_the_answer_hides_whether_there_is_an_account(ann):
    make_user("out", email="out@x.org", state="suspended")
    answers = [forget(a) for a in ("ann@x.org", "out@x.org", "nobody@x.org")]
    assert len({words(answer) for answer in answers}) == 1
    assert len({str(answer.redirect_chain) for answer in answers}) == 1
    assert [sent.to for sent in mail.outbox[::2]] == [["ann@x.org"], ["nobody@x.org"]]


def test_the_mail_speaks_in_the_site_s_words_and_names_no_library(ann):
    forget("ann@x.org")
    forget("nobody@x.org")
    known, unknown = mail.outbox
    assert known.subject == "Choose a new password for Sales CRM" and "ann" in known.body
    assert "There is no such account" in unknown.body and "http" not in unknown.body


def test_the_link_works_once_and_is_not_in_the_address_of_the_form(ann):
    forget("ann@x.org")
    (link,) = links_mailed()
    key = link.rstrip("/").rpartition("-")[2]
    form = Client().get(link)
    assert form.status_code == 302 and key not in form.url
    assert choose(link).status_code == 302
    assert User.objects.get(username="ann").check_password(PASSWORD)
    assert "no longer works" in words(Client().get(link, follow=True))


def test_a_weak_password_is_refused_and_the_link_still_works(ann):
    forget("ann@x.org")
    (link,) = links_mailed()
    assert "too short" in words(choose(link, "short"))
    assert choose(link).status_code == 302


def test_the_log_tells_that_and_not_what(ann):
    forget("ann@x.org")
    choose(links_mailed()[0])
    entry = AuditEntry.objects.get(action="user.password_changed")
    assert (entry.actor, entry.subject_id, entry.changes) == (ann, str(ann.pk), [])


def test_who_was_shut_out_while_they_chose_stays_out(ann):
    """Threat 17: the password is written, and nothing that was read before."""
    User.objects.filter(pk=ann.pk).update(state="suspended", first_name="Anna")
    AccountAdapter().set_password(ann, PASSWORD)
    stored = User.objects.get(pk=ann.pk)
    assert (stored.state, stored.first_name) == ("suspended", "Anna")
    assert stored.check_password(PASSWORD)


def test_many_mails_to_one_address_are_paused(ann):
    """Threat 21."""
    for _time in range(12):
        forget("ann@x.org")
    assert len(mail.outbox) <= 5
    assert re.search("new password", mail.outbox[0].subject)


def test_the_forms_speak_in_the_site_s_words_and_say_nothing_twice(ann):
    """The library's placeholders repeat its labels."""
    forget("ann@x.org")
    client = Client()
    page = client.get(links_mailed()[0], follow=True)
    assert "New password, once more" in words(page) and "(again)" not in words(page)
    client.force_login(ann)
    pages = [
        page,
        *(client.get(f"/auth/{name}/") for name in ("password/change", "reauthenticate")),
    ]
    assert all("password" in words(one) for one in pages)
    assert not any(b"placeholder=" in one.content.split(b"<main")[1] for one in pages)
