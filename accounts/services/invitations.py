"""Invite people, and let them in (D11): the link works once, and D5 is asked at both ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles import policy
from roles.core import clock
from roles.core.errors import Blocked, Invalid, Paused, Refused
from roles.models import Role
from roles.models.versions import lock_policy, one_bump
from roles.services import audit
from roles.services.assignment import give_role
from roles.services.delegation import require_within, why_not

from .. import mail
from ..addresses import normal_address
from ..links import INVITATION_LASTS, hash_of, invitation_key, make_token
from ..models import Invitation, InvitationState, User
from ..models.user import State
from .acting import administering, changed
from .mailing import mail_once_done
from .newcomers import came_in, first_role, log_person, store_newcomer

INVITE = "users.invite"
Change = tuple[str, Any, Any]
SENT_IN_AN_HOUR = 100
"""So many invitations one person sends within an hour: beyond it is no office, but a flood."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with the key of its link, which nobody can read again."""

    invitation: Invitation
    key: str


class Over(Refused):
    """The link lets nobody in; `state` is what has become of the invitation, if it was one."""

    def __init__(self, state: InvitationState | None) -> None:
        self.state = state
        super().__init__(_("This invitation is over. Ask whoever invited you for a new one."))


def invite_person(*, acting_user: Any, email: str, role: Role, origin: str) -> Sent:
    """Invite whoever reads mail at `email` to hold `role`; `origin` is the site's address."""
    with administering(acting_user, INVITE) as actor:
        address = normal_address(email)
        _require_role(actor, role)
        _require_moderate(acting_user)
        _make_room(acting_user, address)
        token, now = make_token(), clock.now()
        invitation = Invitation.objects.create(
            email=address,
            role=role,
            inviter=acting_user,
            token_hash=hash_of(token),
            sent_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        said: list[Change] = [("email", None, address), ("role", None, role)]
        _log(acting_user, "invitation.sent", invitation, said)
        return _send(invitation, token, origin)


def resend_invitation(*, acting_user: Any, invitation: Invitation, origin: str) -> Sent:
    """Send a new link, which ends the one before; from now on the actor vouches for the role."""
    with administering(acting_user, INVITE) as actor:
        held = _unanswered(invitation)
        if held.role is None:
            raise Refused(_("The role of this invitation is gone. Take it back and invite anew."))
        _require_its_role(actor, held.role)
        _require_moderate(acting_user)
        if held.sent_at > clock.now() - timedelta(minutes=1):
            words = _("A link was sent within the last minute. Wait a little.")
            raise Paused(words, wait=60)
        token, before = make_token(), held.inviter
        held.inviter, held.token_hash, held.sent_at = acting_user, hash_of(token), clock.now()
        held.expires_at = held.sent_at + INVITATION_LASTS
        held.save(update_fields=["inviter", "token_hash", "sent_at", "expires_at"])
        vouches = ("inviter", before, acting_user)
        _log(acting_user, "invitation.resent", held, [vouches] if before != acting_user else [])
        return _send(held, token, origin)


def revoke_invitation(*, acting_user: Any, invitation: Invitation) -> None:
    """Take an invitation back: one's own, or one whose role the actor could give themselves."""
    with administering(acting_user, INVITE) as actor:
        held = _unanswered(invitation)
        if not may_revoke(actor, held, ()):
            _require_its_role(actor, held.role)
        _revoke(acting_user, held)


def may_revoke(user: Any, invitation: Invitation, givable: Collection[int]) -> bool:
    """Tell whether the person may take it back; `givable` holds the roles that they may give."""
    is_theirs = invitation.inviter_id == user.pk
    return is_theirs or invitation.role_id is None or invitation.role_id in givable


def accept_invitation(*, token_hash: str, proven: bool, **values: str) -> User:
    """Let the newcomer in, once; raise `Over` where the link lets nobody in.

    With the inviter's right to hand the role out they come in with it, else they wait for
    approval as Guest (D11). `values` are username, password, first_name and last_name.
    """
    with transaction.atomic(), one_bump():
        lock_policy()
        invitation = Invitation.objects.select_for_update().filter(token_hash=token_hash).first()
        if invitation is None or invitation.state is not InvitationState.OPEN:
            raise Over(invitation and invitation.state)
        if User.objects.filter(email__iexact=invitation.email, deleted_at=None).exists():
            raise Over(InvitationState.ACCEPTED)
        vouched = still_vouched(invitation)
        person = store_newcomer(
            email=invitation.email,
            state=State.ACTIVE if vouched else State.WAITING,
            proven=proven,
            **values,
        )
        invitation.accepted_at, invitation.person = clock.now(), person
        invitation.save(update_fields=["accepted_at", "person"])
        log_person(person, "user.joined", person, came_in(person))
        _log(person, "invitation.accepted", invitation, [("person", None, person)])
        given = invitation.role if vouched else first_role()
        giver = invitation.inviter if vouched else None
        give_role(acting_user=giver, user=person, role=given)
    return person


def still_vouched(invitation: Invitation) -> bool:
    """Tell whether who invited could do so now (D5, asked again)."""
    if invitation.role is None or invitation.inviter is None:
        return False
    inviter = policy.as_stored(invitation.inviter)
    excess = policy.excess_of_assignment(inviter, invitation.role.code)
    return not (why_not(inviter, INVITE) or excess)


def _require_role(actor: Any, role: Role) -> None:
    """Hold a newcomer's role to D5; without a role they rank below everybody (D3)."""
    require_within(policy.excess_of_assignment(actor, role.code))


def _require_its_role(actor: Any, role: Any) -> None:
    """Hold a role that stands in an invitation to D5; of one out of view nothing is told (R24)."""
    if policy.excess_of_assignment(actor, role.code) and not policy.check(
        actor, "roles.view", role
    ):
        raise Refused(_("You cannot give the role of this invitation (D5). Ask an Owner."))
    _require_role(actor, role)


def _unanswered(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update().unanswered()
    held = rows.filter(pk=invitation.pk).first()
    if held is None:
        raise Blocked(
            _("This invitation was accepted or taken back meanwhile. Load the page again.")
        )
    return held


def _require_moderate(acting_user: Any) -> None:
    since = clock.now() - timedelta(hours=1)
    sent = Invitation.objects.filter(inviter=acting_user.pk, sent_at__gt=since)
    if sent.count() >= SENT_IN_AN_HOUR:
        words = _("You sent %(count)d invitations within an hour. Go on later.")
        wait = sent.earliest("sent_at").sent_at - since
        raise Paused(words % {"count": SENT_IN_AN_HOUR}, wait=int(wait.total_seconds()) + 1)


def _make_room(acting_user: Any, address: str) -> None:
    """Take an expired invitation back; refuse where somebody is there or on their way.

    Which of the two it is learns only who may see people and their addresses (R23).
    """
    waiting = Invitation.objects.select_for_update().unanswered()
    before = waiting.filter(email__iexact=address).first()
    there = User.objects.filter(email__iexact=address, deleted_at=None).first()
    if there is not None and policy.check_read(acting_user, there, "email"):
        raise Invalid({"email": [_("%(person)s has this address.") % {"person": there}]})
    if there is not None or (before and before.state is InvitationState.OPEN):
        words = _("This address has an account or an invitation already.")
        raise Invalid({"email": [words]})
    if before is not None:
        _revoke(acting_user, before)


def _revoke(acting_user: Any, invitation: Invitation) -> None:
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    _log(acting_user, "invitation.revoked", invitation, [])


def _send(invitation: Invitation, token: str, origin: str) -> Sent:
    """Mail the link once the change stands; a mail that fails leaves the link that is shown."""
    key = invitation_key(token, mailed=True)
    mail_once_done(invitation.email, lambda: mail.send_invitation(invitation, key, origin))
    return Sent(invitation, invitation_key(token, mailed=False))


def _log(acting_user: Any, action: str, invitation: Invitation, changes: list[Change]) -> None:
    rows = [changed(*change) for change in changes]
    audit.record(acting_user=acting_user, action=action, subject=invitation, changes=rows)
