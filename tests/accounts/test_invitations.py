"""Invitations: a link that works once, for one address, with a log of what became of it (D11)."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.links import hash_of, read_invitation
from accounts.models import Invitation, InvitationState, User
from accounts.services import invitations
from accounts.services.invitations import Over, resend_invitation, revoke_invitation
from roles.core import clock
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, Role
from tests.factories import fetch, give, make_role, make_user, role_of

from .joining import ORIGIN, PASSWORD, accept, accept_with, invite, links_mailed, opened

pytestmark = pytest.mark.django_db
OUT = [{"state": "suspended"}, {"state": "waiting"}, {"is_active": False}]


def held(user):
    return list(user.role_assignments.values_list("role__code", flat=True))


def logged(action):
    return AuditEntry.objects.get(action=action)


def values_of(entry):
    return {change["field"]: change["new"] for change in entry.changes}


@pytest.fixture
def send_mail_at_once(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


# The link


def test_of_the_link_a_hash_is_kept_and_nothing_that_opens_it(owner):
    sent = invite(owner)
    stored = {str(value) for value in Invitation.objects.values_list().get()}
    link = opened(sent)
    assert link.token_hash in stored
    logs = str(list(AuditEntry.objects.values_list()))
    assert sent.key not in str(stored) + logs and link.token_hash not in logs
    assert hash_of(link.token_hash) not in stored


@pytest.mark.parametrize("change", [lambda k: k[:-1], lambda k: "x" + k, lambda k: "", str.upper])
def test_a_link_that_was_changed_is_read_as_none(owner, change):
    key = invite(owner).key
    assert read_invitation(key) is not None
    assert read_invitation(change(key)) is None


def test_the_mail_goes_to_the_address_with_the_link_that_proves_it(owner, send_mail_at_once):
    with send_mail_at_once():
        shown = invite(owner)
    assert [sent.to for sent in mail.outbox] == [["new@x.org"]]
    (mailed,) = links_mailed()
    key = mailed.split("/")[-2]
    assert read_invitation(key).mailed and not opened(shown).mailed
    assert read_invitation(key).token_hash == opened(shown).token_hash
    person = accept_with(read_invitation(key))
    assert EmailAddress.objects.get(user=person).verified


def test_who_came_by_the_link_that_was_shown_has_an_unproven_address(owner):
    """The inviter could have opened it themselves."""
    person = accept(invite(owner))
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.primary, address.verified) == ("new@x.org", True, False)


def test_a_mail_that_cannot_be_sent_leaves_the_invitation(owner, send_mail_at_once, monkeypatch):
    def fails(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("accounts.mail.send_mail", fails)
    with send_mail_at_once():
        sent = invite(owner)
    assert accept(sent).username == "newt"


# Accepting


def test_the_newcomer_holds_the_role_and_signs_in(owner):
    person = fetch(accept(invite(owner), first_name="Ada"))
    assert (person.email, person.first_name, person.state) == ("new@x.org", "Ada", "active")
    assert person.check_password(PASSWORD)
    assert held(person) == ["user"] and person.has_perm("contacts.view")
    assert person.role_assignments.get().assigned_by == owner


def test_it_works_once(owner):
    sent = invite(owner)
    accept(sent)
    with pytest.raises(Over) as caught:
        accept(sent, "again")
    assert caught.value.state is InvitationState.ACCEPTED
    assert not User.objects.filter(username="again").exists()


def test_it_ends_after_a_week_and_not_before(owner):
    first, second = invite(owner, "a@x.org"), invite(owner, "b@x.org")
    end = first.invitation.expires_at
    with clock.moment(end - timedelta(seconds=1)):
        assert accept(first)
    with clock.moment(second.invitation.expires_at), pytest.raises(Over) as caught:
        accept(second, "late")
    assert caught.value.state is InvitationState.EXPIRED


def test_taken_back_it_lets_nobody_in(owner):
    sent = invite(owner)
    revoke_invitation(acting_user=owner, invitation=sent.invitation)
    with pytest.raises(Over) as caught:
        accept(sent)
    assert caught.value.state is InvitationState.REVOKED


def test_a_token_that_never_was_lets_nobody_in(owner):
    invite(owner)
    with pytest.raises(Over) as caught:
        invitations.accept_invitation(
            token_hash="0" * 64, proven=True, username="eve", password=PASSWORD
        )
    assert caught.value.state is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"username": "OLGA"}, "username"),
        ({"username": "with space"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "n" * 151}, "username"),
        ({"first_name": "n" * 151}, "first_name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_link_still_works(owner, values, field):
    sent = invite(owner)
    with pytest.raises(Invalid) as caught:
        accept(sent, **values)
    assert set(caught.value.errors) == {field}
    assert sent.invitation.state is InvitationState.OPEN
    assert accept(sent)


def test_an_address_that_has_an_account_by_now_gets_no_second_one(owner):
    sent = invite(owner)
    make_user("ned", email="NEW@x.org")
    with pytest.raises(Over):
        accept(sent)
    assert not User.objects.filter(username="newt").exists()


# Again, and back


def test_sent_again_the_new_link_works_and_the_old_one_does_not(owner):
    sent = invite(owner)
    later = sent.invitation.expires_at + timedelta(days=30)
    with clock.moment(later):
        again = resend_invitation(acting_user=owner, invitation=sent.invitation, origin=ORIGIN)
        with pytest.raises(Over):
            accept(sent)
        assert accept(again)


def test_it_is_not_sent_twice_within_a_minute(owner):
    sent = invite(owner)
    with pytest.raises(Refused, match="minute"):
        resend_invitation(acting_user=owner, invitation=sent.invitation, origin=ORIGIN)


def test_one_person_sends_a_hundred_in_an_hour_and_no_more(owner, monkeypatch):
    monkeypatch.setattr(invitations, "SENT_IN_AN_HOUR", 2)
    first = invite(owner, "a@x.org")
    invite(owner, "b@x.org")
    with pytest.raises(Refused, match="hour"):
        invite(owner, "c@x.org")
    with clock.moment(first.invitation.sent_at + timedelta(hours=1, seconds=1)):
        assert invite(owner, "c@x.org")


def test_what_is_sent_again_counts_towards_the_hundred_of_who_sends_it(owner, monkeypatch):
    """However many invitations of others there are to send again."""
    olaf = make_user("olaf", "owner")
    old = [invite(owner, f"{name}@x.org").invitation for name in "ab"]
    monkeypatch.setattr(invitations, "SENT_IN_AN_HOUR", 1)
    with clock.moment(old[1].sent_at + timedelta(minutes=2)):
        resend_invitation(acting_user=olaf, invitation=old[0], origin=ORIGIN)
        with pytest.raises(Refused, match="hour"):
            resend_invitation(acting_user=olaf, invitation=old[1], origin=ORIGIN)


@pytest.mark.parametrize("by", ["owner", "olaf"])
def test_an_invitation_whose_role_is_gone_is_taken_back_and_not_sent_again(owner, by):
    """By whoever invites at all: there is no role left that could be beyond them (D5)."""
    make_user("olaf", "owner")
    actor = fetch(User.objects.get(username=by if by == "olaf" else owner.username))
    make_role("passing")
    sent = invite(owner, role="passing").invitation
    role_of("passing").delete()
    with clock.moment(sent.sent_at + timedelta(minutes=2)):
        with pytest.raises(Refused, match="is gone"):
            resend_invitation(acting_user=actor, invitation=sent, origin=ORIGIN)
        revoke_invitation(acting_user=actor, invitation=sent)
    assert Invitation.objects.get().state is InvitationState.REVOKED


@pytest.mark.parametrize("end", ["accepted", "revoked"])
def test_what_is_over_is_neither_sent_again_nor_taken_back(owner, end):
    sent = invite(owner)
    if end == "accepted":
        accept(sent)
    else:
        revoke_invitation(acting_user=owner, invitation=sent.invitation)
    with pytest.raises(Refused, match="meanwhile"):
        revoke_invitation(acting_user=owner, invitation=sent.invitation)
    with pytest.raises(Refused, match="meanwhile"):
        resend_invitation(acting_user=owner, invitation=sent.invitation, origin=ORIGIN)


# Addresses


def test_the_address_of_who_is_in_the_trash_is_free_to_be_invited_and_to_come_in_by(owner):
    """R26."""
    ann = make_user("ann", email="new@x.org")
    User.objects.filter(pk=ann.pk).update(deleted_at=clock.now())
    assert accept(invite(owner)).email == "new@x.org"


@pytest.mark.parametrize("again", ["new@x.org", "NEW@X.ORG", "new@ｘ.org"])
def test_one_address_is_invited_once(owner, again):
    invite(owner)
    with pytest.raises(Invalid, match="already"):
        invite(owner, again)
    assert Invitation.objects.count() == 1


def test_an_expired_or_revoked_invitation_makes_room(owner):
    first = invite(owner)
    with clock.moment(first.invitation.expires_at):
        second = invite(owner)
        revoke_invitation(acting_user=owner, invitation=second.invitation)
        assert accept(invite(owner))
    first.invitation.refresh_from_db()
    assert first.invitation.state is InvitationState.REVOKED


def test_whoever_has_an_account_is_not_invited(owner):
    make_user("ned", email="Ned@x.org", first_name="Ned", last_name="Land")
    with pytest.raises(Invalid, match="Ned Land"):
        invite(owner, "ned@X.org")


def test_who_may_not_see_people_learns_not_which_of_both_it_is(owner):
    """R23: an account and an open invitation are refused in the same words."""
    host = make_role("host", level=60, permissions="users.invite profile.view")
    ida = make_user("ida", host)
    make_user("ned", email="ned@x.org", first_name="Ned")
    invite(owner, "open@x.org")
    said = set()
    for address in ("ned@x.org", "open@x.org"):
        with pytest.raises(Invalid) as caught:
            invite(fetch(ida), address, "guest")
        said.add(str(caught.value))
    assert len(said) == 1 and "Ned" not in said.pop()
    assert invite(fetch(ida), "free@x.org", "guest")


@pytest.mark.parametrize(
    "address", ["", "x", "@x.org", "a@", "a@b@c.org", "a\nb@x.org", "a@x..org"]
)
def test_what_is_no_address_is_refused(owner, address):
    with pytest.raises(Invalid) as caught:
        invite(owner, address)
    assert set(caught.value.errors) == {"email"}


def test_the_database_keeps_one_unanswered_invitation_for_an_address(owner):
    sent = invite(owner).invitation
    copy = Invitation(email="NEW@x.org", token_hash="1", expires_at=sent.expires_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    copy.revoked_at = clock.now()
    copy.save()


# The log (D13)


def test_the_log_tells_who_invited_whom_as_what_and_who_joined(owner):
    give(owner, "guest")
    person = accept(invite(owner, role="manager"))
    sent, joined = logged("invitation.sent"), logged("user.joined")
    assert (sent.actor, sent.subject_name) == (owner, "new@x.org")
    assert values_of(sent) == {"email": "new@x.org", "role": role_of("manager").pk}
    assert (joined.actor, joined.subject_id) == (person, str(person.pk))
    assert values_of(joined)["email"] == "new@x.org"
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert logged("invitation.accepted").actor == person
    given = AuditEntry.objects.get(action="role.assigned", beside_id=str(person.pk))
    assert given.actor == owner


def test_the_log_tells_of_sending_again_and_taking_back(owner):
    ida = make_user("ida", "owner")
    sent = invite(owner)
    with clock.moment(sent.invitation.sent_at + timedelta(minutes=2)):
        resend_invitation(acting_user=ida, invitation=sent.invitation, origin=ORIGIN)
        revoke_invitation(acting_user=ida, invitation=sent.invitation)
    assert values_of(logged("invitation.resent")) == {"inviter": ida.pk}
    assert logged("invitation.revoked").actor == ida


def test_what_is_refused_leaves_no_trace(owner):
    sent = invite(owner)
    before = AuditEntry.objects.count()
    with pytest.raises(Invalid):
        accept(sent, password="short")
    assert AuditEntry.objects.count() == before and not Role.objects.filter(code="newt").exists()
    assert not User.objects.filter(username="newt").exists()
