"""The pages of invitations: for whoever invites, and for whoever was invited (D11, threat 14)."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Invitation, User
from accounts.services.invitations import revoke_invitation
from roles.core import clock
from roles.models import AuditEntry
from tests.factories import fetch, make_role, make_user

from .joining import PASSWORD, accept, invite, links_mailed

pytestmark = pytest.mark.django_db
ACCOUNT = {"first_name": "New", "last_name": "Comer", "username": "newt"}
ACCOUNT |= {"password": PASSWORD, "again": PASSWORD}


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    return " ".join(answer.content.decode().split())


def address_of(sent):
    return f"/auth/join/{sent.key}/"


def opened_by(client, sent):
    return client.get(address_of(sent), follow=True)


def shown_link(answer):
    return re.search(r'readonly value="https?://[^/]+([^"]+)"', answer.content.decode()).group(1)


# Inviting


def test_an_owner_invites_and_the_newcomer_comes_in(owner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        data = {"email": "new@x.org", "role": "user"}
        answer = browse(owner).post("/invitations/", data)
    assert "The invitation for new@x.org is on its way" in words(answer)
    (mailed,) = links_mailed()
    assert mailed != shown_link(answer)
    newcomer = Client()
    assert "new@x.org" in words(newcomer.get(mailed, follow=True))
    answer = newcomer.post("/auth/join/", ACCOUNT, follow=True)
    assert "Your account is ready" in words(answer)
    newcomer.post("/auth/login/", {"login": "newt", "password": PASSWORD})
    assert newcomer.get("/crm/contact/").status_code == 200


def test_the_link_that_is_shown_works_and_is_kept_by_no_cache(owner):
    client = browse(owner)
    answer = client.post("/invitations/", {"email": "new@x.org", "role": "user"})
    assert "no-store" in answer["Cache-Control"]
    assert "Make your account" in words(Client().get(shown_link(answer), follow=True))
    assert "readonly" not in client.get("/invitations/").content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"email": "", "role": "user"}, "This field is required"),
        ({"email": "x", "role": "user"}, "Enter an e-mail address"),
        ({"email": "new@x.org", "role": "nothing"}, "Select a valid choice"),
        ({"email": "new@x.org"}, "This field is required"),
        ({"email": "olga@x.org", "role": "user"}, "olga has this address"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_and_nobody_is_invited(owner, data, said):
    User.objects.update(email="olga@x.org")
    answer = browse(owner).post("/invitations/", data)
    assert answer.status_code == 200 and said in words(answer)
    assert not Invitation.objects.exists()


def test_without_the_permission_the_pages_are_refused_and_lead_nowhere(owner):
    sent = invite(owner).invitation
    client = browse(make_user("sam", make_role("host", level=60, permissions="users.view")))
    assert client.get("/invitations/").status_code == 403
    assert client.post("/invitations/", {"email": "a@x.org", "role": "guest"}).status_code == 403
    for act in ("resend", "revoke"):
        assert client.post(f"/invitations/{sent.pk}/{act}/").status_code == 403
    assert 'href="/invitations/"' not in client.get("/").content.decode()
    assert 'href="/invitations/"' in browse(owner).get("/").content.decode()
    assert Invitation.objects.get().revoked_at is None


@pytest.mark.parametrize("url", ["/invitations/", "/registrations/", "/domains/"])
def test_whoever_is_not_signed_in_or_waits_gets_no_page(url):
    assert Client().get(url).url.startswith("/login/?next=")
    waiting = browse(make_user("wes", "owner", state="waiting"))
    assert waiting.get(url).status_code == 403
    assert "nearly ready" in words(waiting.get(url))
    User.objects.update(state="active")
    assert waiting.get(url).status_code == 200


def test_they_can_be_sent_again_and_taken_back(owner):
    client, sent = browse(owner), invite(owner)
    Invitation.objects.update(sent_at=clock.now() - timedelta(hours=2))
    again = client.post(f"/invitations/{sent.invitation.pk}/resend/")
    assert "does not work" in words(opened_by(Client(), sent))
    assert "Make your account" in words(Client().get(shown_link(again), follow=True))
    answer = client.post(f"/invitations/{sent.invitation.pk}/revoke/", follow=True)
    assert "The invitation for new@x.org is taken back" in words(answer)
    assert "was taken back" in words(Client().get(shown_link(again), follow=True))


@pytest.mark.parametrize("act", ["resend", "revoke"])
def test_an_address_that_is_only_opened_changes_no_invitation(owner, act):
    sent = invite(owner).invitation
    before = Invitation.objects.values().get()
    assert browse(owner).get(f"/invitations/{sent.pk}/{act}/").status_code == 405
    assert browse(owner).post(f"/invitations/{sent.pk + 1}/{act}/").status_code == 404
    assert Invitation.objects.values().get() == before


def test_of_people_out_of_view_no_name_is_shown(owner):
    """R24: who invited, and who joined."""
    User.objects.filter(pk=owner.pk).update(first_name="Olga", last_name="Orlova")
    accept(invite(owner), first_name="Nora")
    host = make_user("sam", make_role("host", level=60, permissions="users.invite"))
    page = words(browse(host).get("/invitations/"))
    assert "new@x.org" in page and "Orlova" not in page and "Nora" not in page
    page = words(browse(owner).get("/invitations/"))
    assert "Orlova" in page and "Nora" in page


def test_the_list_asks_as_much_for_many_as_for_one(owner, django_assert_max_num_queries):
    client = browse(owner)
    invite(owner, "first@x.org")
    client.get("/invitations/")
    for number in range(30):
        invite(owner, f"n{number}@x.org")
    with django_assert_max_num_queries(14):
        assert "31 invitations" in words(client.get("/invitations/"))


# Being invited


def test_opening_the_link_changes_nothing(owner):
    sent = invite(owner)
    before = (Invitation.objects.values().get(), User.objects.count(), AuditEntry.objects.count())
    for _time in range(3):
        assert opened_by(Client(), sent).status_code == 200
    after = (Invitation.objects.values().get(), User.objects.count(), AuditEntry.objects.count())
    assert before == after


def test_the_link_leads_at_once_to_an_address_without_it_and_sends_no_referrer(owner):
    sent, client = invite(owner), Client()
    answer = client.get(address_of(sent))
    assert answer.status_code == 302 and answer.url == "/auth/join/"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "private" in answer["Cache-Control"]
    page = client.get("/auth/join/")
    assert sent.key not in page.content.decode()
    token = str(client.session.items())
    assert sent.key not in token


@pytest.mark.parametrize("ends", ["revoked", "expired", "used", "never was"])
def test_a_link_that_is_over_leaves_nothing_in_the_log_of_requests(owner, caplog, ends):
    key = dead(owner, ends)
    with caplog.at_level(logging.DEBUG):
        Client().get(f"/auth/join/{key}/", follow=True)
    assert key not in caplog.text and key[:20] not in caplog.text


@pytest.mark.parametrize(
    ("ends", "status", "said"),
    [
        ("revoked", 410, "was taken back"),
        ("expired", 410, "is too old"),
        ("used", 410, "was used"),
        ("never was", 404, "does not work"),
    ],
)
def test_a_link_that_is_over_says_so_and_no_more(owner, ends, status, said):
    answer = Client().get(f"/auth/join/{dead(owner, ends)}/", follow=True)
    page = words(answer)
    assert answer.status_code == status and said in page
    assert "x.org" not in page and "olga" not in page and "<form" not in page


def dead(owner, ends):
    """Give the key of a link that ended so."""
    sent = invite(owner)
    if ends == "revoked":
        revoke_invitation(acting_user=owner, invitation=sent.invitation)
    elif ends == "used":
        accept(sent)
    elif ends == "expired":
        ago = clock.now() - timedelta(days=8)
        Invitation.objects.update(sent_at=ago, expires_at=ago + timedelta(days=7))
    return "made-up:signature" if ends == "never was" else sent.key


def test_without_a_link_there_is_no_form():
    client = Client()
    for answer in (client.get("/auth/join/"), client.post("/auth/join/", ACCOUNT)):
        assert answer.status_code == 404 and "<form" not in answer.content.decode()
    assert not User.objects.filter(username="newt").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"last_name": "Newtonian", "password": "newtonian", "again": "newtonian"}, "too similar"),
        ({"again": "another"}, "The two passwords differ"),
        ({"username": "olga"}, "Somebody has this username"),
        ({"first_name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_with_an_account_is_said_and_mended(owner, change, said):
    client, sent = Client(), invite(owner)
    opened_by(client, sent)
    answer = client.post("/auth/join/", ACCOUNT | change)
    assert answer.status_code == 200 and said in words(answer)
    assert PASSWORD not in answer.content.decode()
    assert client.post("/auth/join/", ACCOUNT).status_code == 302
    assert User.objects.get(username="newt").email == "new@x.org"


@pytest.mark.parametrize("forged", [{"email": "ceo@x.org"}, {"role": "owner"}, {"state": "active"}])
def test_the_newcomer_chooses_neither_address_nor_role(owner, forged):
    """Threat 3 and 14."""
    client = Client()
    opened_by(client, invite(owner))
    client.post("/auth/join/", ACCOUNT | forged | {"is_superuser": "on", "is_staff": "on"})
    newt = fetch(User.objects.get(username="newt"))
    assert newt.email == "new@x.org" and not newt.is_superuser and not newt.is_staff
    assert [a.role.code for a in newt.role_assignments.all()] == ["user"]


def test_whoever_is_signed_in_makes_no_second_account_by_mistake(owner):
    client, sent = browse(make_user("ben", "user")), invite(owner)
    assert "You are signed in already" in words(opened_by(client, sent))
    assert client.post("/auth/join/", ACCOUNT).status_code == 200
    assert not User.objects.filter(username="newt").exists()
    client.logout()
    opened_by(client, sent)
    assert client.post("/auth/join/", ACCOUNT).status_code == 302


def test_an_invitation_that_was_taken_back_while_the_form_was_filled_in_is_over(owner):
    client, sent = Client(), invite(owner)
    opened_by(client, sent)
    revoke_invitation(acting_user=owner, invitation=sent.invitation)
    answer = client.post("/auth/join/", ACCOUNT)
    assert answer.status_code == 410 and not User.objects.filter(username="newt").exists()


def test_a_form_from_another_site_makes_no_account(owner):
    client = Client(enforce_csrf_checks=True)
    opened_by(client, invite(owner))
    assert client.post("/auth/join/", ACCOUNT).status_code == 403
    assert not User.objects.filter(username="newt").exists()


def test_newcomers_whom_nobody_vouches_for_any_more_are_told_that_they_wait(owner):
    ida = make_user("ida", "owner")
    client, sent = Client(), invite(fetch(ida))
    ida.role_assignments.all().delete()
    opened_by(client, sent)
    assert "somebody has to let you in" in words(client.post("/auth/join/", ACCOUNT, follow=True))
    client.post("/auth/login/", {"login": "newt", "password": PASSWORD})
    assert "nearly ready" in words(client.get("/"))
