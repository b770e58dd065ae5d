"""Undo how people come in, and say what of it stays (D11, D12)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from roles.models import AuditEntry, Role, RoleAssignment
from roles.services.undoing import found, keeps, moved_on, undoes

from ...models import Invitation, RegistrationDomain, User
from ...models.user import State
from .. import approval, invitations, registration


@undoes("user.approved", "user.rejected")
def _let_wait(acting_user: Any, entry: AuditEntry) -> None:
    person, roles = _person_as_left(entry), _roles(entry, "new")
    as_given = RoleAssignment.objects.filter(user=person, valid_from=None, valid_until=None)
    if as_given.filter(role__in=roles).count() < len(roles):
        raise moved_on()
    approval.reopen_person(acting_user=acting_user, user=person, roles=roles)


@undoes("user.reopened")
def _decide_again(acting_user: Any, entry: AuditEntry) -> None:
    person, roles = _person_as_left(entry), _roles(entry, "old")
    if _state(entry)["old"] == State.REJECTED:
        approval.reject_person(acting_user=acting_user, user=person)
    else:
        approval.approve_person(acting_user=acting_user, user=person, roles=roles)


def _person_as_left(entry: AuditEntry) -> User:
    person: User = found(User, entry.subject_id)
    if person.state != _state(entry)["new"] or person.deleted_at is not None:
        raise moved_on()
    return person


def _state(entry: AuditEntry) -> dict[str, Any]:
    return next(row for row in entry.changes if row["field"] == "state")


def _roles(entry: AuditEntry, side: str) -> list[Role]:
    """Give the roles that came or went by a decision; where one is gone, things moved on."""
    keys = [key for row in entry.changes if row["field"] == "roles" for key in row[side]]
    return [found(Role, key) for key in keys]


# Invitations


@undoes("invitation.sent")
def _revoke(acting_user: Any, entry: AuditEntry) -> None:
    invitation = found(Invitation, entry.subject_id)
    invitations.revoke_invitation(acting_user=acting_user, invitation=invitation)


keeps(
    "invitation.revoked",
    because=_(
        "An invitation that was taken back cannot be brought back: its link is kept nowhere. "
        "Invite them anew."
    ),
)
keeps(
    "invitation.resent",
    because=_(
        "The link before this one is kept nowhere, so it cannot be brought back. Take the "
        "invitation back if nobody is to come in by it."
    ),
)
keeps(
    "invitation.accepted",
    "user.joined",
    "user.registered",
    because=_("Who came in by themselves cannot be sent back. Suspend or delete them instead."),
)


# E-mail domains


@undoes("domain.allowed")
def _forbid(acting_user: Any, entry: AuditEntry) -> None:
    domain = found(RegistrationDomain, entry.subject_id)
    registration.forbid_domain(acting_user=acting_user, domain=domain)


@undoes("domain.forbidden")
def _allow(acting_user: Any, entry: AuditEntry) -> None:
    name = entry.changes[0]["old"]
    if RegistrationDomain.objects.filter(name=name).exists():
        raise moved_on()
    registration.allow_domain(acting_user=acting_user, name=name)
