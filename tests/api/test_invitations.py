"""`invitations/`: who was invited, inviting, and taking back (D5, D11, threats 3, 14)."""

import pytest
from django.test import Client

from accounts.models import Invitation
from tests.accounts.joining import accept, invite
from tests.factories import make_role, make_user

from .people import Asker, errors, person, problem, with_role

pytestmark = pytest.mark.django_db
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


def test_a_parameter_that_is_not_read_is_refused(olga):
    assert set(errors(olga.ask("GET", "invitations/?state=open"))) == {"state"}
    assert olga.read("invitations/", page=1)["results"] == []


def test_the_list_asks_as_much_for_many_as_for_one(olga, django_assert_max_num_queries):
    olga.read("invitations/")
    for number in range(30):
        invite(olga.user, f"n{number}@x.org")
    with django_assert_max_num_queries(9):
        assert olga.read("invitations/")["count"] == 30
