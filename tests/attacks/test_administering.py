"""Roads around section 6: trash, undo, invitations, tokens, links (threats 3 to 5, 8, 12, 13, 16).

Each refusal has its twin: the same request by somebody who may.
"""

import json
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services.approval import approve_person
from accounts.services.people import delete_person, suspend_person
from roles.core.errors import Refused
from roles.core.limits import Limit
from roles.models import AuditEntry
from roles.services.tokens import create_token
from roles.services.undoing import undo
from tests.factories import fetch, give, make_department, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
UNDOES = "activities.view activities.undo users.view"


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def ask(client, method, path, body=None, **headers):
    data = "" if body is None else json.dumps(body)
    answer = client.generic(
        method, f"/api/v1/{path}", data, content_type="application/json", headers=headers
    )
    return answer.status_code, answer.content.decode()


def with_rights(permissions, level=50, **values):
    return make_user("ann", make_role("ann-s", level=level, permissions=permissions, **values))


@pytest.fixture
def olga():
    return fetch(make_user("olga", "owner"))


# The trash


def test_a_list_of_members_says_nothing_of_who_is_in_the_trash(olga):
    """Threat 13: the refusal told of somebody whom no list shows, and no list was saved."""
    boss, low = make_user("boss", make_role("boss", level=60)), make_user("low", "user")
    team = make_team("alpha", boss)
    delete_person(acting_user=olga, person=boss)
    client = signed_in(with_rights("users.view groups.manage"))
    assert ask(client, "PATCH", "teams/alpha/", {"members": ["low"]})[0] == 200
    assert set(team.members.all()) == {boss, low}
    assert ask(client, "PATCH", "teams/alpha/", {"members": []})[0] == 200
    assert set(team.members.all()) == {boss}


def test_who_is_in_the_trash_is_not_moved_with_their_department(olga):
    """D6a: who comes out of the trash would reach other records, and be reached by others."""
    boss = make_user("boss", make_role("boss", level=60))
    make_department("top", boss)
    make_department("sales")
    delete_person(acting_user=olga, person=boss)
    moves = ("PATCH", "departments/top/", {"parent": "sales"})
    assert ask(signed_in(with_rights("users.view groups.manage")), *moves)[0] == 403
    assert ask(signed_in(olga), *moves)[0] == 200


def test_nobody_takes_somebody_of_their_rank_out_of_the_trash(olga):
    """D3, R26: they are not in the trash of whoever may not delete them, so not found there."""
    for name, level in (("peer", 50), ("low", 49)):
        made = make_user(name, make_role(f"{name}-s", level=level))
        delete_person(acting_user=olga, person=made)
    client = signed_in(with_rights("users.view users.delete"))
    assert "peer" not in ask(client, "GET", "users/trash/")[1]
    assert ask(client, "POST", "users/peer/undelete/")[0] == 404
    assert ask(client, "POST", "users/low/undelete/")[0] == 200


# Above every level


@pytest.mark.parametrize("who", ["root", "later", "low"])
def test_level_100_manages_no_superuser_and_nobody_who_will_be_an_owner(who):
    """D3: both outrank 100, whatever else they hold today."""
    make_user("root", is_superuser=True)
    give(make_user("later"), "owner", valid_from=timezone.now() + timedelta(days=3))
    make_user("low")
    rights = "users.view users.edit users.delete groups.manage roles.view"
    client = signed_in(with_rights(rights, level=100))
    codes = [
        ask(client, *request)[0]
        for request in (
            ("PATCH", f"users/{who}/", {"email": "mine@x.org"}),
            ("PATCH", f"users/{who}/", {"teams": []}),
            ("POST", f"users/{who}/suspend/"),
            ("DELETE", f"users/{who}/"),
        )
    ]
    assert codes == ([200, 200, 200, 204] if who == "low" else [403] * 4)


# Undo


def test_an_undo_of_an_undo_gives_nothing_that_its_actor_could_not_give(olga):
    """D5, D13: taken back by rank alone, the role does not return the same way (threat 8)."""
    ann = with_rights(f"{UNDOES} users.approve users.edit roles.view")
    wide = make_role("wide", permissions="deals.export", records={"deals": "all"})
    wes = make_user("wes", "guest", state="waiting")
    approve_person(acting_user=olga, user=wes, roles=[wide])
    undo(acting_user=fetch(ann), entry=AuditEntry.objects.get(action="user.approved"))
    for action in ("user.reopened", "role.unassigned"):
        with pytest.raises(Refused, match="Export"):
            undo(acting_user=fetch(ann), entry=AuditEntry.objects.get(action=action))
    undo(acting_user=olga, entry=AuditEntry.objects.get(action="user.reopened"))
    wes.refresh_from_db()
    assert wes.state == "active" and wes.role_assignments.filter(role=wide).exists()


def test_whoever_lost_undo_while_waiting_for_the_lock_undoes_nothing(olga):
    """R28, threat 16: what else they hold would have let them do the opposite by hand."""
    manager = with_rights("users.view users.edit activities.view")
    undoing = give(manager, make_role("undoing", permissions="activities.undo"))
    ben = make_user("ben", "user")
    suspend_person(acting_user=olga, person=ben)
    entry, waiting = AuditEntry.objects.latest("pk"), fetch(manager)
    assert waiting.has_perm("activities.undo")
    undoing.delete()
    with pytest.raises(Refused, match="D1"):
        undo(acting_user=waiting, entry=entry)
    give(manager, "undoing")
    assert undo(acting_user=fetch(manager), entry=entry).action == "user.restored"


@pytest.mark.parametrize(("more", "code"), [("", 403), (" users.edit", 201)])
def test_a_token_undoes_only_what_it_could_do(olga, more, code):
    """R20a: `activities.undo` alone undoes nothing, whatever its Owner may."""
    ben = make_user("ben", "user")
    suspend_person(acting_user=olga, person=ben)
    entry = AuditEntry.objects.latest("pk")
    limit = Limit(frozenset((UNDOES + more).split()))
    _token, secret = create_token(acting_user=olga, name="CI", limit=limit)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert ask(Client(), "POST", f"activities/{entry.pk}/undo/", **bearer)[0] == code
    assert (User.objects.get(username="ben").state == "active") is (code == 201)


# Ways in


@pytest.mark.parametrize(("more", "told"), [("", False), (" roles.view", True)])
def test_a_refusal_tells_nothing_of_a_role_out_of_view(olga, more, told):
    """R24, threat 12: what an invitation's role gives is told to who may view roles."""
    make_role("wide", permissions="deals.export")
    sent = ask(signed_in(olga), "POST", "invitations/", {"email": "q@x.org", "role": "wide"})
    key = json.loads(sent[1])["id"]
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    client = signed_in(with_rights(f"users.invite{more}"))
    for request in (("POST", f"invitations/{key}/resend/"), ("DELETE", f"invitations/{key}/")):
        code, text = ask(client, *request)
        assert code == 403 and ("Export" in text) is told
    assert ask(signed_in(olga), "POST", f"invitations/{key}/resend/")[0] == 200


@pytest.mark.parametrize(("host", "sent"), [("evil.example", 0), ("crm.example.com", 1)])
def test_a_link_to_a_password_leads_to_no_host_of_the_asker_s(settings, host, sent):
    """Threat 3: whoever asks for somebody's link chooses no host; no server starts with any."""
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    ben = make_user("ben", "user", email="ben@x.org")
    EmailAddress.objects.create(user=ben, email="ben@x.org", primary=True, verified=True)
    headers = {"Host": host, "X-Forwarded-Host": "evil.example"}
    client = Client(raise_request_exception=False)
    client.post(reverse("account_reset_password"), {"email": "ben@x.org"}, headers=headers)
    assert len(mail.outbox) == sent and not [m for m in mail.outbox if "evil" in m.body]


@pytest.mark.parametrize(("change", "works"), [({"email": "new@x.org"}, False), ({}, True)])
def test_a_link_to_a_password_ends_with_the_address_that_it_went_to(olga, change, works):
    """Threats 3, 16: whoever reads the old mailbox does not get in after the address changed."""
    ben = make_user("ben", "user", email="ben@x.org")
    ben.set_password("demo")
    ben.save()
    EmailAddress.objects.create(user=ben, email="ben@x.org", primary=True, verified=True)
    Client().post(reverse("account_reset_password"), {"email": "ben@x.org"})
    path = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    assert ask(signed_in(olga), "PATCH", "users/ben/", change)[0] == 200
    page = Client().get(path, follow=True)
    assert ("This link no longer works" not in page.content.decode()) is works
