"""Who may invite whom as what, asked when it is sent and when it is accepted (D3, D5, D11)."""

import contextlib
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.links import INVITATION_LASTS
from accounts.models import Invitation, InvitationState, User
from accounts.services.invitations import resend_invitation, revoke_invitation
from roles import policy
from roles.core import clock
from roles.core.changes import RoleChanges
from roles.core.errors import Refused
from roles.models import AuditEntry, Role
from roles.services.role import change_role
from tests.factories import fetch, give, make_role, make_user

from .joining import ORIGIN, accept, invite

pytestmark = pytest.mark.django_db
OUT = [{"state": "suspended"}, {"state": "waiting"}, {"is_active": False}]


def held(user):
    return list(user.role_assignments.values_list("role__code", flat=True))


def logged(action):
    return AuditEntry.objects.get(action=action)


def values_of(entry):
    return {change["field"]: change["new"] for change in entry.changes}


# Who may


def test_whoever_may_invites_with_a_role_within_their_own(owner):
    sent = invite(owner, " New@X.ORG ", "manager").invitation
    assert (sent.email, sent.role.code, sent.inviter) == ("New@x.org", "manager", owner)
    assert sent.state is InvitationState.OPEN
    assert sent.expires_at - sent.sent_at == INVITATION_LASTS


@pytest.mark.parametrize("values", OUT)
def test_whoever_is_not_let_in_invites_nobody(owner, values):
    inviter = make_user("ida", "owner", **values)
    with pytest.raises(Refused):
        invite(inviter)
    User.objects.filter(pk=inviter.pk).update(state="active", is_active=True)
    assert invite(fetch(inviter))


@pytest.mark.parametrize("actor", [AnonymousUser(), User(username="unsaved")])
def test_nobody_invites_without_an_account(actor):
    with pytest.raises(Refused):
        invite(actor)


def test_without_the_permission_nobody_invites():
    ida = make_user("ida", make_role("host", level=60, permissions="users.view"))
    with pytest.raises(Refused, match="permission"):
        invite(fetch(ida), role="guest")
    assert not Invitation.objects.exists()


HOST = "users.invite profile.view contacts.view"


@pytest.mark.parametrize(
    ("role", "values"),
    [
        ("owner", None),
        ("administrator", None),
        ("user", None),
        ("peer", {"level": 50}),
        ("above", {"level": 51}),
        ("editor", {"permissions": "contacts.edit"}),
        ("wider", {"permissions": "contacts.view", "records": {"contacts": "department"}}),
        ("keeper", {"privileges": "app.crm"}),
    ],
)
def test_nobody_invites_into_a_role_that_they_could_not_give(owner, role, values):
    """D3 and D5: the level, and all that the role gives."""
    host = make_role("host", level=50, permissions=HOST, records={"contacts": "team"})
    ida = make_user("ida", host)
    if values is not None:
        make_role(role, **{"level": 10, **values})
    with pytest.raises(Refused):
        invite(fetch(ida), role=role)
    assert not Invitation.objects.exists()
    assert invite(owner, role=role)


@pytest.mark.parametrize("role", ["guest", "below"])
def test_whoever_is_no_owner_invites_into_roles_within_their_own(role):
    host = make_role("host", level=50, permissions=HOST, records={"contacts": "team"})
    make_role("below", level=49, permissions="contacts.view", records={"contacts": "team"})
    ida = make_user("ida", host)
    person = accept(invite(fetch(ida), role=role))
    assert (person.state, held(person)) == ("active", [role])


@pytest.mark.parametrize("permissions", ["users.invite profile.view", HOST, f"{HOST} users.edit"])
def test_the_roles_to_choose_from_are_those_that_can_be_given(permissions):
    """R22: what is offered and what is accepted agree."""
    ida = make_user("ida", make_role("host", level=50, permissions=permissions))
    make_role("reader", permissions="contacts.view")
    make_role("keeper", privileges="app.crm")
    accepted = set()
    for role in Role.objects.all():
        with contextlib.suppress(Refused):
            invite(fetch(ida), f"{role.code}@x.org", role.code)
            accepted.add(role.code)
    assert policy.roles_to_give(fetch(ida)) == accepted
    assert 0 < len(accepted) < Role.objects.count()


def test_someone_at_level_0_invites_nobody():
    ida = make_user("ida", make_role("host", level=0, permissions="users.invite profile.view"))
    with pytest.raises(Refused):
        invite(fetch(ida), role="guest")


def test_an_inviter_who_lost_the_role_while_waiting_for_the_lock_invites_nobody(owner):
    waiting = fetch(owner)
    assert waiting.has_perm("users.invite")
    owner.role_assignments.all().delete()
    with pytest.raises(Refused):
        invite(waiting)


# D5, asked again


def test_newcomers_of_an_inviter_who_lost_the_right_wait_as_guests(owner):
    ida = make_user("ida", "owner")
    sent = invite(fetch(ida))
    ida.role_assignments.all().delete()
    person = accept(sent)
    assert person.state == "waiting" and held(person) == ["guest"]
    assert not fetch(person).has_perm("contacts.view")
    assert person.role_assignments.get().assigned_by is None


def test_newcomers_of_an_inviter_who_may_invite_no_more_wait(owner):
    """The role could still be theirs to give."""
    host = make_role("host", level=60, permissions="users.invite profile.view")
    ida, ike = make_user("ida", host), make_user("ike", host)
    sent = [invite(fetch(inviter), f"{inviter}@x.org", "guest") for inviter in (ida, ike)]
    ida.role_assignments.all().delete()
    give(ida, make_role("mute", level=60, permissions="users.view profile.view"))
    assert policy.excess_of_assignment(fetch(ida), "guest") == ()
    assert [accept(s, f"n{i}").state for i, s in enumerate(sent)] == ["waiting", "active"]


@pytest.mark.parametrize("values", OUT)
def test_newcomers_of_an_inviter_who_is_out_wait(owner, values):
    ida = make_user("ida", "owner")
    sent = invite(fetch(ida))
    User.objects.filter(pk=ida.pk).update(**values)
    assert accept(sent).state == "waiting"


def test_newcomers_of_an_inviter_who_is_gone_wait(owner):
    ida = make_user("ida", "owner")
    sent = invite(fetch(ida))
    ida.delete()
    assert accept(sent).state == "waiting"


def test_the_newcomer_waits_where_the_role_is_gone(owner):
    role = make_role("brief")
    sent = invite(owner, role="brief")
    role.delete()
    person = accept(sent)
    assert person.state == "waiting" and held(person) == ["guest"]


def test_the_newcomer_waits_where_the_role_has_outgrown_the_inviter(owner):
    """D5 is asked of the role as it is then."""
    ida = make_user("ida", make_role("host", level=50, permissions=HOST))
    role = make_role("reader", permissions="contacts.view")
    first, second = (invite(fetch(ida), f"{n}@x.org", "reader") for n in "ab")
    assert accept(first, "one").state == "active"
    change = RoleChanges(granted=frozenset({"contacts.delete"}))
    change_role(acting_user=owner, role=role, changes=change)
    assert accept(second, "two").state == "waiting"


def test_the_newcomer_waits_where_the_inviter_was_made_smaller(owner):
    host = make_role("host", level=50, permissions=HOST)
    make_role("reader", permissions="contacts.view")
    ida = make_user("ida", host)
    sent = invite(fetch(ida), role="reader")
    change = RoleChanges(revoked=frozenset({"contacts.view"}))
    change_role(acting_user=owner, role=host, changes=change)
    assert accept(sent).state == "waiting"


def test_who_sends_it_again_vouches_for_it(owner):
    ida = make_user("ida", "owner")
    sent = invite(fetch(ida))
    with clock.moment(sent.invitation.sent_at + timedelta(minutes=2)):
        again = resend_invitation(acting_user=owner, invitation=sent.invitation, origin=ORIGIN)
        ida.role_assignments.all().delete()
        assert accept(again).state == "active"


# Of others


@pytest.mark.parametrize("act", [resend_invitation, revoke_invitation])
def test_nobody_touches_the_invitation_into_a_role_that_they_could_not_give(owner, act):
    """Nor ends the work of somebody above them; what is their own they can take back."""
    ida = make_user("ida", make_role("host", level=50, permissions=HOST))
    more = {"origin": ORIGIN} if act is resend_invitation else {}
    above, within = invite(owner, "a@x.org", "manager"), invite(owner, "b@x.org", "guest")
    with clock.moment(above.invitation.sent_at + timedelta(minutes=2)):
        with pytest.raises(Refused):
            act(acting_user=fetch(ida), invitation=above.invitation, **more)
        act(acting_user=fetch(ida), invitation=within.invitation, **more)
    assert accept(above)


def test_one_takes_back_what_one_could_not_send_any_more(owner):
    ida = make_user("ida", "owner")
    sent = invite(fetch(ida), role="manager")
    ida.role_assignments.all().delete()
    give(ida, make_role("host", level=10, permissions=HOST))
    revoke_invitation(acting_user=fetch(ida), invitation=sent.invitation)
    assert Invitation.objects.get().revoked_at


@pytest.mark.parametrize("act", [resend_invitation, revoke_invitation])
def test_without_the_permission_nobody_touches_an_invitation(owner, act):
    sent = invite(owner)
    more = {"origin": ORIGIN} if act is resend_invitation else {}
    sam = make_user("sam", "user")
    with pytest.raises(Refused):
        act(acting_user=fetch(sam), invitation=sent.invitation, **more)
    assert accept(sent)
