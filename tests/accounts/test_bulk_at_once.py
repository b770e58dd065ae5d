"""Many people changed at once while somebody else administers: nothing overtakes (R25, D7)."""

import pytest

from accounts.models import User
from accounts.services.bulk import change_people
from accounts.services.people import delete_person, suspend_person
from roles import policy
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from roles.services.role import change_role
from tests.factories import fetch, make_role, make_user, role_of
from tests.roles.together import refusals, run_together, while_uncommitted

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sam(transactional_db):
    """Somebody whom D7 does not count, so that both Owners can go."""
    return make_user("sam", is_superuser=True)


@pytest.fixture
def owners(sam):
    return [make_user(name, "owner") for name in ("olga", "otto")]


@pytest.fixture
def chief(owners):
    make_role(
        "chief",
        level=50,
        permissions="roles.view users.view users.edit contacts.view contacts.export",
    )
    return make_user("chief", "chief")


@pytest.fixture
def low(chief):
    make_role("rep", permissions="contacts.view contacts.export")
    return [make_user(name) for name in ("ann", "ben")]


def give(*, acting_user, person, role):
    """Give a role in the shape of a change of many, as the page of people does."""
    assign_role(acting_user=acting_user, user=person, role=role)


def bulk(actor, people, change=suspend_person, *, skip=False, **values):
    return change_people(
        acting_user=fetch(actor), people=people, change=change, values=values, skip_refused=skip
    )


def states(*people):
    return [User.objects.get(pk=person.pk).state for person in people]


# Two that change many


@pytest.mark.parametrize("skip", [False, True])
def test_two_that_together_would_take_the_last_owners_leave_one(sam, owners, low, skip):
    """D7: where nobody is skipped, who stood beside the Owner in the batch stays too (R25)."""
    pairs = list(zip(low, owners, strict=True))
    for _round in range(3):
        User.objects.update(state="active")
        results = run_together(*(lambda p=p: bulk(sam, p, skip=skip) for p in pairs))
        assert policy.lasting_owners().count() == 1
        assert len(refusals(results, Refused)) == (0 if skip else 1)
        assert sorted(states(*low)) == ["suspended"] * 2 if skip else ["active", "suspended"]
        if skip:
            assert sum(len(outcome.refused) for outcome in results) == 1


def test_owners_who_shut_each_other_out_in_bulk_leave_one(owners, low):
    """D3, R1: whoever was shut out first shuts nobody out any more."""
    one, other = owners
    results = run_together(
        lambda: bulk(one, [other, low[0]], delete_person),
        lambda: bulk(other, [one, low[1]], delete_person),
    )
    assert len(refusals(results, Refused)) == 1
    assert policy.lasting_owners().count() == 1
    assert User.objects.filter(pk__in=[one.pk for one in low], deleted_at=None).count() == 1


def test_two_that_give_the_same_role_give_it_once(owners, low):
    """R2: the other is told in words, not by the database."""
    values = {"change": give, "role": role_of("rep"), "skip": True}
    results = run_together(*(lambda one=one: bulk(one, low, **values) for one in owners))
    assert refusals(results) == []
    assert sorted(len(outcome.changed) for outcome in results) == [0, 2]
    assert {s.because for o in results for s in o.refused} == {
        f"{name} holds “Rep” already (R2)." for name in ("ann", "ben")
    }
    assert RoleAssignment.objects.filter(role__code="rep").count() == 2


# One that changes many, and the actor meanwhile


def change_chief(owner, **changes):
    change_role(acting_user=fetch(owner), role=role_of("chief"), changes=RoleChanges(**changes))


MEANWHILE = {
    "the permission to edit people": lambda owner, chief: change_chief(
        owner, revoked=frozenset({"users.edit"})
    ),
    "their rank": lambda owner, chief: change_chief(owner, values={"level": (50, 0)}),
    "their role": lambda owner, chief: unassign_role(
        acting_user=fetch(owner), user=chief, role=role_of("chief")
    ),
    "their account": lambda owner, chief: suspend_person(acting_user=fetch(owner), person=chief),
}
CHANGES = {
    "suspending": lambda chief, low: bulk(chief, low, skip=True),
    "giving a role": lambda chief, low: bulk(chief, low, give, role=role_of("rep"), skip=True),
}


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_taken_from_the_actor_meanwhile_is_missing_for_each(
    owners, chief, low, change, what
):
    """D1, D3: they are read under the lock, not before."""
    before = AuditEntry.objects.count()
    outcome = while_uncommitted(
        lambda: MEANWHILE[what](owners[0], chief), lambda: CHANGES[change](chief, low)
    )
    assert outcome.changed == [] and len(outcome.refused) == 2, outcome
    assert states(*low) == ["active", "active"]
    assert not RoleAssignment.objects.filter(role__code="rep").exists()
    assert AuditEntry.objects.count() == before + 1


def test_a_role_that_became_more_than_the_actor_s_own_meanwhile_is_given_to_nobody(
    owners, chief, low
):
    """D5."""
    outcome = while_uncommitted(
        lambda: change_chief(owners[0], revoked=frozenset({"contacts.export"})),
        lambda: CHANGES["giving a role"](chief, low),
    )
    assert outcome.changed == []
    assert not RoleAssignment.objects.filter(role__code="rep").exists()


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_nothing_to_do_with_it_is_no_hindrance(owners, chief, low, change):
    outcome = while_uncommitted(
        lambda: change_chief(owners[0], granted=frozenset({"leads.view"})),
        lambda: CHANGES[change](chief, low),
    )
    assert outcome.changed == low and outcome.refused == []


# One that changes many, and one that changes one


def leave(sam, owner):
    unassign_role(acting_user=fetch(sam), user=owner, role=role_of("owner"))


def test_a_single_change_that_waited_for_many_finds_the_last_owner_taken(sam, owners, low):
    """D7."""
    outcome = while_uncommitted(
        lambda: bulk(sam, [low[0], owners[0]]), lambda: leave(sam, owners[1])
    )
    assert isinstance(outcome, Refused) and "last Owner" in str(outcome)
    assert policy.lasting_owners().get() == owners[1]
    assert states(low[0], owners[0]) == ["suspended", "suspended"]


@pytest.mark.parametrize("skip", [False, True])
def test_many_that_waited_for_a_single_change_find_the_last_owner_taken(sam, owners, low, skip):
    """D7, R25."""
    outcome = while_uncommitted(
        lambda: leave(sam, owners[1]), lambda: bulk(sam, [low[0], owners[0]], skip=skip)
    )
    assert policy.lasting_owners().get() == owners[0]
    assert states(low[0], owners[0]) == ["suspended" if skip else "active", "active"]
    if skip:
        assert [step.person for step in outcome.refused] == [owners[0]]
    else:
        assert isinstance(outcome, Refused) and "1 of 2 people" in str(outcome)


def test_a_single_gift_that_waited_for_many_is_refused_in_words(owners, low):
    outcome = while_uncommitted(
        lambda: bulk(owners[0], low, give, role=role_of("rep")),
        lambda: give(acting_user=fetch(owners[1]), person=low[1], role=role_of("rep")),
    )
    assert isinstance(outcome, Invalid) and "holds “Rep” already" in str(outcome)
    assert RoleAssignment.objects.filter(role__code="rep").count() == 2


def test_who_was_deleted_while_many_waited_is_left_where_they_are(owners, low):
    """R26."""
    outcome = while_uncommitted(
        lambda: delete_person(acting_user=fetch(owners[0]), person=low[0]),
        lambda: bulk(owners[1], low, skip=True),
    )
    assert [step.person for step in outcome.refused] == [low[0]]
    assert states(*low) == ["active", "suspended"]
