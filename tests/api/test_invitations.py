"""`invitations/`: who was invited, inviting, and taking back (D5, D11, threats 3, 14)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Invitation
from roles.core import clock
from tests.accounts.joining import accept, invite
from tests.factories import make_role, make_user

from .people import Asker, errors, person, problem, with_role

pytestmark = pytest.mark.django_db
LIST, DAY = "invitations/", timedelta(days=1)
ONE = {"email": "new@x.org", "role": "user"}


@pytest.fixture
def ida(db):
    """Someone who may invite, at level 50, and view contacts."""
    return with_role("ida", "users.invite profile.view contacts.view", level=50)


def test_an_invitation_is_made_and_its_link_shown_once(olga):
    answer = olga.ask("POST", "invitations/", ONE)
    made = answer.json()
    assert answer.status_code == 201 and answer["Cache-Control"] == "no-store"
    assert (made["email"], made["role"], made["state"]) == ("new@x.org", "user", "open")
    assert (made["inviter"], made["person"]) == ("olga", None)
    link = made.pop("link")
    assert olga.read("invitations/")["results"] == [made]
    path = link[link.index("/auth/") :]
    assert "Make your account" in Client().get(path, follow=True).content.decode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "user"}, "email"),
        ({"email": "new@x.org"}, "role"),
        (ONE | {"email": "x"}, "email"),
        (ONE | {"email": ["new@x.org"]}, "email"),
        (ONE | {"role": "nothing"}, "role"),
        (ONE | {"role": "a\x00b"}, "role"),
        (ONE | {"role": {"code": "user"}}, "role"),
        (ONE | {"state": "accepted"}, "state"),
        (ONE | {"expires_at": "2099-01-01T00:00:00Z"}, "expires_at"),
        (ONE | {"inviter": "root"}, "inviter"),
        (ONE | {"level": 100}, "level"),
    ],
)
def test_what_is_wrong_is_named_and_nobody_is_invited(olga, body, field):
    assert set(errors(olga.ask("POST", "invitations/", body))) == {field}
    assert not Invitation.objects.exists()


def test_who_is_there_already_is_named_at_the_address(olga):
    make_user("ned", email="new@x.org")
    assert set(errors(olga.ask("POST", "invitations/", ONE))) == {"email"}


def test_a_role_beyond_one_s_own_is_refused(ida):
    """D5; one that may not even be viewed is answered as none (R24)."""
    make_role("reader", permissions="contacts.view")
    assert set(errors(ida.ask("POST", "invitations/", ONE))) == {"role"}
    give_sight = make_role("sight", level=5, permissions="roles.view")
    ida.user.role_assignments.create(role=give_sight)
    problem(ida.ask("POST", "invitations/", ONE), 403)
    assert not Invitation.objects.exists()
    assert ida.ask("POST", "invitations/", ONE | {"role": "reader"}).status_code == 201


def test_it_is_taken_back_once(olga):
    made = olga.ask("POST", "invitations/", ONE).json()
    path = f"invitations/{made['id']}/"
    assert olga.ask("DELETE", path).status_code == 204
    problem(olga.ask("DELETE", path), 409)
    assert olga.read("invitations/")["results"][0]["state"] == "revoked"
    problem(olga.ask("DELETE", "invitations/999999/"), 404)
    problem(olga.ask("GET", path), 405)


def test_the_invitation_of_somebody_above_is_not_taken_back(olga, ida):
    above, within = invite(olga.user, "a@x.org", "manager"), invite(olga.user, "b@x.org", "guest")
    problem(ida.ask("DELETE", f"invitations/{above.invitation.pk}/"), 403)
    assert ida.ask("DELETE", f"invitations/{within.invitation.pk}/").status_code == 204


def test_people_and_roles_out_of_view_have_no_name(olga, ida):
    """R24."""
    accept(invite(olga.user, role="manager"))
    (row,) = ida.read("invitations/")["results"]
    assert (row["role"], row["inviter"], row["person"]) == ("no access",) * 3
    (row,) = olga.read("invitations/")["results"]
    assert (row["role"], row["inviter"], row["person"]) == ("manager", "olga", "newt")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_permission_there_is_none(method):
    body = None if method == "GET" else ONE
    sam = with_role("sam", "users.view users.create users.edit", level=60)
    problem(sam.ask(method, "invitations/", body), 403)
    problem(Asker().ask(method, "invitations/", body), 401)
    problem(person("wes", "owner", state="waiting").ask(method, "invitations/", body), 403)
    assert not Invitation.objects.exists()


def test_without_the_permission_none_is_taken_back(olga):
    sent = invite(olga.user).invitation
    problem(
        with_role("sam", "users.delete", level=60).ask("DELETE", f"invitations/{sent.pk}/"), 403
    )
    problem(Asker().ask("DELETE", f"invitations/{sent.pk}/"), 401)
    assert olga.ask("DELETE", f"invitations/{sent.pk}/").status_code == 204


# Asking for some of them


@pytest.fixture
def sent(olga):
    """One of each state, by address: an accepted, a revoked, an expired and an open one."""
    accept(invite(olga.user, "accepted@x.org", role="guest"))
    olga.ask("DELETE", f"invitations/{invite(olga.user, 'revoked@x.org').invitation.pk}/")
    expired = invite(olga.user, "expired@y.org").invitation
    early = clock.now() - timedelta(days=90)
    Invitation.objects.filter(pk=expired.pk).update(sent_at=early, expires_at=early + DAY)
    invite(olga.user, "open@x.org")
    return olga


def addresses(asker, **query):
    return [row["email"].partition("@")[0] for row in asker.read(LIST, **query)["results"]]


@pytest.mark.parametrize("state", ["accepted", "revoked", "expired", "open"])
def test_invitations_are_asked_for_by_what_has_become_of_them(sent, state):
    (row,) = sent.read(LIST, state=state)["results"]
    assert (row["state"], row["email"].partition("@")[0]) == (state, state)


def test_invitations_are_asked_for_by_address_role_and_words(sent):
    assert addresses(sent, email="OPEN@x.org") == ["open"] and addresses(sent, email="open") == []
    assert addresses(sent, role="guest") == ["accepted"] and addresses(sent, role="none") == []
    assert addresses(sent, search="y.org exp") == ["expired"]
    assert addresses(sent, search="x.org", state="open", role="user") == ["open"]


def test_invitations_come_in_the_order_that_is_asked_for(sent):
    assert addresses(sent) == ["open", "revoked", "accepted", "expired"]
    assert addresses(sent, ordering="email") == sorted(addresses(sent))
    assert addresses(sent, ordering="-expires_at,email")[-1] == "expired"
    assert addresses(sent, ordering="sent_at", page_size=1) == ["expired"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("state=odd", "state"),
        ("state=", "state"),
        ("email=", "email"),
        ("role=a%00b", "role"),
        ("search=" + "x" * 201, "search"),
        ("search=a%00b", "search"),
        ("ordering=token_hash", "ordering"),
        ("ordering=inviter", "ordering"),
        ("ordering=email,-email", "ordering"),
        ("token_hash=x", "token_hash"),
        ("inviter=olga", "inviter"),
        ("state=open&state=expired", "state"),
    ],
)
def test_what_nobody_can_ask_of_invitations_is_refused_by_name(sent, query, named):
    """Threat 1."""
    assert list(errors(sent.ask("GET", f"{LIST}?{query}"))) == [named]


def test_a_role_that_is_not_named_to_the_asker_filters_nothing_out_and_in(sent, ida):
    """R23, R24: as a role that never was."""
    assert {row["role"] for row in ida.read(LIST)["results"]} == {"no access", "guest"}
    assert addresses(ida, role="user") == addresses(ida, role="none") == []
    assert addresses(ida, role="guest") == ["accepted"]


# Sending again


def resendable(olga, role="user", **values):
    made = invite(olga.user, role=role).invitation
    early = clock.now() - timedelta(hours=1)
    Invitation.objects.filter(pk=made.pk).update(sent_at=early, **values)
    return f"{LIST}{made.pk}/resend/"


def test_an_invitation_is_sent_again_with_a_new_link_that_is_shown_once(olga):
    path = resendable(olga, expires_at=clock.now() - timedelta(minutes=1))
    old = Invitation.objects.get().token_hash
    answer = olga.ask("POST", path)
    shown = answer.json()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    link = shown.pop("link")
    assert olga.read(LIST)["results"] == [shown] and shown["state"] == "open"
    assert "Make your account" in Client().get(link[link.index("/auth/") :], follow=True).text
    assert Invitation.objects.get().token_hash != old


def test_what_cannot_be_sent_again_says_why(olga, ida):
    """D5, D11: a role beyond one's own, one that was answered, one that was sent just now."""
    path = resendable(olga, role="manager")
    problem(ida.ask("POST", path), 403)
    assert list(errors(olga.ask("POST", path, {"role": "guest"}))) == ["role"]
    assert olga.ask("POST", path).status_code == 200
    problem(olga.ask("POST", path), 429)
    olga.ask("DELETE", path.removesuffix("resend/"))
    problem(olga.ask("POST", path), 409)
    problem(olga.ask("POST", f"{LIST}999999/resend/"), 404)
    problem(olga.ask("GET", path), 405)


def test_without_the_permission_none_is_sent_again(olga):
    path = resendable(olga)
    problem(Asker().ask("POST", path), 401)
    problem(person("wes", "owner", state="waiting").ask("POST", path), 403)
    problem(with_role("sam", "users.create users.edit", level=60).ask("POST", path), 403)
    assert olga.ask("POST", path).status_code == 200


def test_the_list_asks_as_much_for_many_as_for_one(olga, django_assert_max_num_queries):
    olga.read("invitations/")
    for number in range(30):
        invite(olga.user, f"n{number}@x.org")
    with django_assert_max_num_queries(9):
        assert olga.read("invitations/")["count"] == 30
