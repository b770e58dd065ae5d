"""What others do to a person's password and second factor: the mail, the page, the API (D2, D3)."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import people
from roles.core.errors import Blocked, Refused
from roles.models import AuditEntry
from tests.admin.people import EVERYTHING, LIST, browser_of, page_of, with_rights, words
from tests.api.people import Asker, problem
from tests.factories import fetch, make_role, make_user

from .joining import ORIGIN, PASSWORD, links_mailed

pytestmark = pytest.mark.django_db
mails = pytest.mark.django_db(transaction=True)
"""For what is sent once the change is committed."""
RESET = "act/reset_password/"
REMOVE = "act/remove_second_factor/"
HELPS = f"{EVERYTHING} passwords.manage"


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def desk(db) -> Client:
    """A browser of somebody of rank 50 who may reset passwords."""
    return with_rights("mia", HELPS)


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", "ann@x.org", "demo", first_name="Ann")


def choose(link):
    client = Client()
    form = client.get(link.replace(ORIGIN.rstrip("/"), ""), follow=True).redirect_chain[-1][0]
    return client.post(form, {"password1": PASSWORD, "password2": PASSWORD})


def signs_in(username, password) -> bool:
    client = Client()
    client.post("/auth/login/", {"login": username, "password": password})
    return "_auth_user_id" in client.session


def with_factor(person):
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type=kind, data={}) for kind in kinds
    )
    return person


def has_factor(person) -> bool:
    return Authenticator.objects.filter(user=person).exists()


# The password


@mails
def test_a_reset_ends_the_password_and_mails_the_way_to_a_new_one(desk, ann):
    said = words(desk.post(page_of(ann, RESET), follow=True))
    assert "The password of Ann is reset. An e-mail with a link" in said
    assert not signs_in("ann", "demo")
    (sent,) = mail.outbox
    assert sent.to == ["ann@x.org"] and sent.subject == "Choose a new password for Sales CRM"
    assert "mia reset the password of your account" in sent.body and "username is ann" in sent.body
    (link,) = links_mailed()
    assert choose(link).status_code == 302 and signs_in("ann", PASSWORD)
    assert "no longer works" in words(Client().get(link, follow=True))


@mails
def test_a_second_reset_ends_the_link_of_the_first_once_a_password_is_chosen(desk, ann):
    for _time in range(2):
        desk.post(page_of(ann, RESET))
    first, second = links_mailed()
    assert choose(second).status_code == 302
    assert "no longer works" in words(Client().get(first, follow=True))


@mails
def test_without_an_address_the_page_says_what_to_do_and_no_mail_goes(desk):
    ben = User.objects.create_user("ben", "", "demo")
    assert "They have no e-mail address for a link" in words(desk.get(page_of(ben)))
    said = words(desk.post(page_of(ben, RESET), follow=True))
    assert "so no link was sent. Enter one, then press “Reset Password”." in said
    assert mail.outbox == [] and not signs_in("ben", "demo")


@mails
def test_who_may_not_read_addresses_is_not_told_whether_there_is_one(ann):
    """R16, R23: the same words for either."""
    desk = with_rights("mia", HELPS, fields={"users": {"email": "hidden"}})
    ben = User.objects.create_user("ben", "", "demo")
    shown = {words(desk.get(page_of(p))).partition("signed out everywhere.")[2] for p in (ann, ben)}
    assert len(shown) == 1
    for person in (ann, ben):
        said = words(desk.post(page_of(person, RESET), follow=True))
        assert "If they have an e-mail address, a link to choose a password is on its way." in said
    assert [sent.to for sent in mail.outbox] == [["ann@x.org"]]


@mails
def test_a_reset_that_is_refused_mails_nothing(desk, ann):
    """D1, D3."""
    peer = make_user("pat", "manager", email="pat@x.org")
    assert desk.post(page_of(peer, RESET)).status_code == 403
    assert with_rights("max", EVERYTHING).post(page_of(ann, RESET)).status_code == 403
    assert mail.outbox == [] and signs_in("ann", "demo")


@mails
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_new_person_is_mailed_the_way_to_their_first_password(owner, door):
    values = {"username": "nina", "email": "nina@x.org"}
    if door == "api":
        assert Asker(owner).ask("POST", "users/", values).status_code == 201
    else:
        answer = browser_of(owner).post(f"{LIST}add/", values, follow=True)
        assert "An e-mail with a link to choose a password is on its way" in words(answer)
    (sent,) = mail.outbox
    assert sent.to == ["nina@x.org"] and sent.subject == "Your account at Sales CRM"
    assert "olga made an account for you" in sent.body and "username is nina" in sent.body
    assert choose(links_mailed()[0]).status_code == 302 and signs_in("nina", PASSWORD)


@mails
def test_a_new_person_without_an_address_is_made_and_the_page_says_what_is_missing(owner):
    answer = browser_of(owner).post(f"{LIST}add/", {"username": "nina"}, follow=True)
    assert "They have no e-mail address, so no link was sent." in words(answer)
    assert mail.outbox == [] and User.objects.filter(username="nina").exists()


@mails
def test_a_creation_that_is_refused_mails_nothing(owner, ann):
    values = {"username": "nina", "email": "ANN@x.org"}
    assert Asker(owner).ask("POST", "users/", values).status_code == 400
    assert mail.outbox == []


# The second factor


def test_who_looks_after_passwords_sees_who_has_one_and_takes_it_off(desk, ann):
    """D13: with its recovery codes; the password stays, and where they are signed in they stay."""
    assert "Second factor off" in words(desk.get(page_of(ann)))
    assert "Remove Second Factor" not in words(desk.get(page_of(ann)))
    session = browser_of(with_factor(ann))
    assert not signs_in("ann", "demo")
    page = words(desk.get(page_of(ann)))
    assert "Second factor on" in page and "stay signed in where they are" in page
    said = words(desk.post(page_of(ann, REMOVE), follow=True))
    assert "Ann has no second factor any more, and signs in with the password alone." in said
    assert not has_factor(ann) and signs_in("ann", "demo")
    assert "_auth_user_id" in session.session
    entry = AuditEntry.objects.get(action="user.second_factor_removed")
    assert (entry.actor.username, entry.subject_id) == ("mia", str(ann.pk))


def test_nobody_else_sees_who_has_one(ann):
    with_factor(ann)
    client = with_rights("max", EVERYTHING)
    assert "Second factor" not in words(client.get(page_of(ann)))
    assert client.post(page_of(ann, REMOVE)).status_code == 403 and has_factor(ann)


def test_a_peer_s_and_one_s_own_stay(desk, owner):
    """D2, D3: a forged post as well; an Owner has their own page for it."""
    peer = with_factor(make_user("pat", "manager"))
    mia, olga = with_factor(User.objects.get(username="mia")), with_factor(owner)
    for client, person in ((desk, peer), (desk, mia), (browser_of(olga), olga)):
        answer = client.post(page_of(person, REMOVE))
        assert answer.status_code == 403 and "Nothing was changed." in words(answer)
        assert has_factor(person)
    with pytest.raises(Refused, match="on your profile"):
        people.remove_second_factor(acting_user=fetch(olga), person=olga)
    assert "Second factor on" in words(browser_of(olga).get(page_of(olga)))
    assert browser_of(olga).post(page_of(peer, REMOVE)).status_code == 302
    assert not has_factor(peer)


def test_where_there_is_none_there_is_nothing_to_take_off(owner, ann):
    with pytest.raises(Blocked, match="has no second factor"):
        people.remove_second_factor(acting_user=fetch(owner), person=ann)
    assert not AuditEntry.objects.filter(action="user.second_factor_removed").exists()


def test_over_the_api_it_is_taken_off_by_whoever_may_reset_the_password(owner, ann):
    """D1, D2, D3 and R23, in the order of the answers."""
    address = "users/ann/second-factor/"
    with_factor(ann)
    peer = with_factor(make_user("pat", "manager"))
    role = make_role("desk", level=50, permissions=HELPS)
    desk, clerk = Asker(make_user("mia", role)), Asker(make_user("max", make_role(level=60)))
    problem(Asker().ask("DELETE", address), 401)
    problem(clerk.ask("DELETE", address), 403)
    problem(desk.ask("DELETE", "users/nobody/second-factor/"), 404)
    problem(desk.ask("DELETE", f"users/{peer.username}/second-factor/"), 403)
    problem(Asker(with_factor(owner)).ask("DELETE", "users/olga/second-factor/"), 403)
    assert has_factor(ann) and has_factor(peer) and has_factor(owner)
    assert desk.ask("DELETE", address).status_code == 204
    assert not has_factor(ann)
    problem(desk.ask("DELETE", address), 404)
