"""Let everything that the log can tell of happen once, through the services."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.adapter import AccountAdapter
from accounts.models import User
from accounts.second_factor import remove_second_factor
from accounts.services import approval, invitations, organisation, people, placing, registration
from crm.models import Contact
from roles.core import clock
from roles.core.changes import RoleChanges
from roles.core.specs import RoleSpec
from roles.services.assignment import assign_role, change_assignment, unassign_role
from roles.services.records import change_record, create_record, delete_record, restore_record
from roles.services.role import change_role, create_role, delete_role
from roles.services.sharing import share_record, unshare_record
from roles.services.tokens import create_token, revoke_token
from tests.factories import role_of

from .joining import ORIGIN, PASSWORD, accept


def let_everything_happen(olga: Any, ann: Any) -> None:
    """Let an Owner do all there is to do; `ann` is whom most of it is done to."""
    for happen in (_roles, _records, _people, _organisation, _invitations, _registration, _tokens):
        happen(olga, ann)


def _roles(olga: Any, ann: Any) -> None:
    rep = create_role(acting_user=olga, wanted=RoleSpec(code="rep", name="Rep", level=10))
    wanted = RoleSpec(code="", name="Rep two", level=10)
    copy = create_role(acting_user=olga, wanted=wanted, cloned_from="rep")
    given = RoleChanges(granted=frozenset({"contacts.view"}))
    change_role(acting_user=olga, role=copy, changes=given)
    delete_role(acting_user=olga, role=copy)
    assign_role(acting_user=olga, user=ann, role=rep)
    change_assignment(acting_user=olga, user=ann, role=rep, values={"reason": "Holidays"})
    unassign_role(acting_user=olga, user=ann, role=rep)


def _records(olga: Any, ann: Any) -> None:
    contact: Any = create_record(acting_user=olga, record=Contact(last_name="Doe", phone="1"))
    contact.phone = "2"
    change_record(acting_user=olga, record=contact)
    share = share_record(acting_user=olga, record=contact, receiver=ann, give="view")
    unshare_record(acting_user=olga, share=share)
    delete_record(acting_user=olga, record=contact)
    restore_record(acting_user=olga, record=contact)


def _people(olga: Any, ann: Any) -> None:
    values = {"username": "neil", "email": "neil@x.org"}
    neil = people.create_person(acting_user=olga, values=values, origin=ORIGIN)
    people.edit_person(acting_user=olga, person=neil, values={"first_name": "Neil"})
    people.suspend_person(acting_user=olga, person=neil)
    people.restore_person(acting_user=olga, person=neil)
    people.reset_password(acting_user=olga, person=neil, origin=ORIGIN)
    people.delete_person(acting_user=olga, person=neil)
    people.undelete_person(acting_user=olga, person=neil)
    AccountAdapter().set_password(neil, PASSWORD)
    Authenticator.objects.create(user=ann, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=ann, type=Authenticator.Type.RECOVERY_CODES, data={})
    remove_second_factor(user=ann)


def _organisation(olga: Any, ann: Any) -> None:
    sales = organisation.create_department(acting_user=olga, code="sales", name="Sales")
    north = organisation.create_department(acting_user=olga, code="north", name="North")
    organisation.rename(acting_user=olga, part=north, name="The North")
    organisation.move_department(acting_user=olga, department=north, parent=sales)
    placing.move_to_department(acting_user=olga, person=ann, department=sales)
    organisation.delete_department(acting_user=olga, department=north)
    team = organisation.create_team(acting_user=olga, code="alpha", name="Alpha")
    placing.set_members(acting_user=olga, team=team, members=[ann])
    organisation.rename(acting_user=olga, part=team, name="Alpha One")
    organisation.delete_team(acting_user=olga, team=team)


def _invitations(olga: Any, _ann: Any) -> None:
    sent = _invite(olga, "new@x.org")
    with clock.moment(clock.now() + timedelta(minutes=2)):
        again = invitations.resend_invitation(
            acting_user=olga, invitation=sent.invitation, origin=ORIGIN
        )
        accept(again)
    other = _invite(olga, "other@x.org")
    invitations.revoke_invitation(acting_user=olga, invitation=other.invitation)


def _invite(olga: Any, email: str) -> invitations.Sent:
    return invitations.invite_person(
        acting_user=olga, email=email, role=role_of("user"), origin=ORIGIN
    )


def _registration(olga: Any, _ann: Any) -> None:
    domain = registration.allow_domain(acting_user=olga, name="example.org")
    wes, zoe = (_registered(name) for name in ("wes", "zoe"))
    registration.forbid_domain(acting_user=olga, domain=domain)
    approval.approve_person(acting_user=olga, user=wes, roles=[role_of("user")])
    approval.reject_person(acting_user=olga, user=zoe)
    approval.reopen_person(acting_user=olga, user=zoe)


def _registered(name: str) -> User:
    return registration.register_person(
        address=f"{name}@example.org", username=name, password=PASSWORD
    )


def _tokens(olga: Any, _ann: Any) -> None:
    token, _secret = create_token(acting_user=olga, name="CI", limit=None)
    revoke_token(acting_user=olga, token=token)
