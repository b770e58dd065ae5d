"""Two connections at once: one invitation lets one person in (D11, threat 17)."""

import pytest

from accounts.models import Invitation, User
from accounts.services.approval import approve_person, reject_person
from accounts.services.invitations import Over, revoke_invitation
from accounts.services.registration import allow_domain, forbid_domain, register_person
from roles.core.errors import Invalid, Refused
from roles.models import RoleAssignment
from roles.services.assignment import unassign_role
from tests.factories import fetch, make_user, role_of
from tests.roles.together import refusals, run_together, while_uncommitted

from .joining import PASSWORD, accept, invite

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(transactional_db):
    return make_user("olga", "owner")


def came(email="new@x.org"):
    return User.objects.filter(email=email).count()


def test_one_invitation_is_accepted_once(owner):
    for number in range(3):
        address = f"n{number}@x.org"
        sent = invite(owner, address)
        tries = [lambda name=f"a{number}-{n}", sent=sent: accept(sent, name) for n in range(3)]
        assert len(refusals(run_together(*tries), Over)) == 2
        assert came(address) == 1
        joined = Invitation.objects.get(email=address)
        assert joined.person.email == address
        assert RoleAssignment.objects.filter(user=joined.person).count() == 1


def test_an_invitation_is_accepted_or_taken_back_and_not_both(owner):
    for number in range(3):
        sent = invite(owner, f"n{number}@x.org")
        results = run_together(
            lambda sent=sent, name=f"b{number}": accept(sent, name),
            lambda sent=sent: revoke_invitation(acting_user=owner, invitation=sent.invitation),
        )
        assert len(refusals(results, Refused)) == 1
        stored = Invitation.objects.get(pk=sent.invitation.pk)
        assert came(f"n{number}@x.org") == (stored.accepted_at is not None)
        assert (stored.accepted_at is None) != (stored.revoked_at is None)


def test_an_inviter_who_loses_the_right_at_that_moment_vouches_or_does_not(owner):
    """Never half: let in with the role, or waiting as a Guest."""
    for number in range(3):
        ida = make_user(f"ida{number}", "owner")
        sent = invite(ida, f"n{number}@x.org", "manager")
        results = run_together(
            lambda sent=sent, name=f"c{number}": accept(sent, name),
            lambda ida=ida: ida.role_assignments.all().delete(),
        )
        assert refusals(results) == []
        person = User.objects.get(username=f"c{number}")
        role = person.role_assignments.get().role.code
        assert (person.state, role) in {("active", "manager"), ("waiting", "guest")}


def test_an_inviter_whose_right_is_being_taken_vouches_no_more(owner):
    """D11: whoever accepts waits until it is known, and then for approval."""
    ida = make_user("ida", "owner")
    sent = invite(ida, "new@x.org", "manager")
    person = while_uncommitted(
        lambda: unassign_role(acting_user=fetch(owner), user=ida, role=role_of("owner")),
        lambda: accept(sent, "cy"),
    )
    assert (person.state, person.role_assignments.get().role.code) == ("waiting", "guest")


def test_nobody_registers_at_a_domain_that_is_being_closed(owner):
    domain = allow_domain(acting_user=owner, name="x.org")
    outcome = while_uncommitted(
        lambda: forbid_domain(acting_user=fetch(owner), domain=domain),
        lambda: register_person(address="a@x.org", username="ann", password=PASSWORD),
    )
    assert isinstance(outcome, Invalid) and list(outcome.errors) == ["email"]
    assert not came("a@x.org")


def test_one_address_is_invited_once_at_once(owner):
    results = run_together(*[lambda: invite(owner)] * 3)
    assert len(refusals(results, Invalid)) == 2
    assert Invitation.objects.count() == 1


def test_one_username_and_one_address_are_given_once(owner):
    allow_domain(acting_user=owner, name="x.org")

    def register(address, name):
        return register_person(address=address, username=name, password=PASSWORD)

    results = run_together(lambda: register("a@x.org", "ann"), lambda: register("b@x.org", "ANN"))
    assert len(refusals(results, Invalid)) == 1
    results = run_together(lambda: register("c@x.org", "cy"), lambda: register("C@x.org", "cyd"))
    assert len(refusals(results, Refused, Invalid)) == 1
    assert User.objects.filter(email__iexact="c@x.org").count() == 1


def test_two_who_decide_on_one_person_decide_once(owner):
    for number in range(3):
        wes = make_user(f"wes{number}", "guest", state="waiting")
        results = run_together(
            lambda wes=wes: approve_person(acting_user=owner, user=wes),
            lambda wes=wes: reject_person(acting_user=owner, user=wes),
        )
        assert len(refusals(results, Refused)) == 1
