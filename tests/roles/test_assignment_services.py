"""Give a role and take it back: R2 (once, in order), D2 (not oneself), D7 (the last Owner)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from roles import signals
from roles.core import clock
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from tests.factories import fetch, give, make_role, make_user, role_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ann(db):
    return make_user("ann")


@pytest.fixture
def breaker(db):
    """The break-glass account, which is no Owner for D2 and D7 (R3)."""
    return make_user("sam", is_superuser=True)


def holds(user, code):
    return RoleAssignment.objects.filter(user=user, role__code=code).exists()


def owners():
    found = RoleAssignment.objects.filter(role__code="owner")
    return set(found.values_list("user__username", flat=True))


def take_owner(acting_user, user):
    unassign_role(acting_user=acting_user, user=user, role=role_of("owner"))


def test_an_assignment_is_stored_with_all_that_was_said(owner, ann):
    made = assign_role(
        acting_user=owner,
        user=ann,
        role=role_of("manager"),
        valid_from=NOON,
        valid_until=NOON + HOUR,
        reason="Holiday cover",
    )
    stored = RoleAssignment.objects.get(pk=made.pk)
    assert (stored.user, stored.role.code) == (ann, "manager")
    assert (stored.valid_from, stored.valid_until) == (NOON, NOON + HOUR)
    assert (stored.reason, stored.assigned_by) == ("Holiday cover", owner)
    with clock.moment(NOON):
        assert fetch(ann).has_perm("reports.view")


def test_the_log_tells_who_gave_what_until_when_and_who_took_it_back(owner, ann):
    role = make_role("rep")
    assign_role(acting_user=owner, user=ann, role=role, valid_until=NOON, reason="Cover")
    given = AuditEntry.objects.order_by("pk").last()
    assert (given.actor, given.action) == (owner, "role.assigned")
    assert (given.subject_name, given.beside_name) == ("Rep", "ann")
    assert set(AuditEntry.objects.about(ann)) & set(AuditEntry.objects.about(role)) == {given}
    assert given.changes == [
        {"field": "role", "old": None, "new": "rep"},
        {"field": "valid_until", "old": None, "new": NOON.isoformat()},
        {"field": "reason", "old": None, "new": "Cover"},
    ]
    unassign_role(acting_user=owner, user=ann, role=role)
    taken = AuditEntry.objects.order_by("pk").last()
    assert (taken.action, taken.beside_type) == ("role.unassigned", "accounts.user")
    assert taken.changes == [{**row, "old": row["new"], "new": None} for row in given.changes]


def test_both_are_announced_when_they_are_committed_and_not_before(
    owner, ann, django_capture_on_commit_callbacks
):
    heard = []

    def listen(*, user_id, role_code, action, acting_user, **kwargs):
        heard.append((user_id, role_code, action, acting_user))

    signals.assignment_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            assign_role(acting_user=owner, user=ann, role=role_of("user"))
            with transaction.atomic():
                unassign_role(acting_user=owner, user=ann, role=role_of("user"))
                transaction.set_rollback(True)
            assert heard == []
        for callback in callbacks:
            callback()
    finally:
        signals.assignment_changed.disconnect(listen)
    assert heard == [(ann.pk, "user", "role.assigned", owner)]
    assert holds(ann, "user")


# What cannot be stored (R2)


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(microseconds=1)])
def test_an_end_that_does_not_lie_after_the_beginning_is_refused(owner, ann, until):
    with pytest.raises(Invalid) as caught:
        assign_role(
            acting_user=owner,
            user=ann,
            role=role_of("user"),
            valid_from=NOON,
            valid_until=until,
        )
    assert caught.value.errors.keys() == {"valid_until"}
    assert not holds(ann, "user")


def test_a_role_is_held_once(owner, ann):
    assign_role(acting_user=owner, user=ann, role=role_of("user"))
    entries = AuditEntry.objects.count()
    with pytest.raises(Invalid, match="ann holds “User” already") as caught:
        assign_role(acting_user=owner, user=ann, role=role_of("user"), valid_until=NOON)
    assert caught.value.errors.keys() == {"role"}
    assert AuditEntry.objects.count() == entries
    assign_role(acting_user=owner, user=ann, role=role_of("guest"))
    assert holds(ann, "user") and holds(ann, "guest")


def test_what_is_not_held_cannot_be_taken_back(owner, ann):
    with pytest.raises(Invalid, match="does not hold") as caught:
        unassign_role(acting_user=owner, user=ann, role=role_of("user"))
    assert caught.value.errors.keys() == {"role"}


# Nobody changes their own roles (D2)


def test_nobody_gives_themselves_a_role_nor_takes_one_back(owner, breaker):
    give(owner, "manager")
    give(breaker, "manager")
    for person in (owner, breaker):
        with pytest.raises(Refused, match="D2"):
            assign_role(acting_user=person, user=fetch(person), role=role_of("user"))
        with pytest.raises(Refused, match="D2"):
            unassign_role(acting_user=person, user=fetch(person), role=role_of("manager"))
        assert holds(person, "manager") and not holds(person, "user")


def test_an_owner_does_not_resign_even_beside_another(owner):
    make_user("otto", "owner")
    with pytest.raises(Refused, match="D2"):
        take_owner(owner, owner)
    assert owners() == {"olga", "otto"}


# The last Owner (D7)


def test_the_last_owner_stays(owner, breaker):
    with pytest.raises(Refused, match="last Owner"):
        take_owner(breaker, owner)
    assert owners() == {"olga"}


def test_one_of_two_owners_may_go(owner):
    other = make_user("otto", "owner")
    take_owner(owner, other)
    assert owners() == {"olga"}


@pytest.mark.parametrize(
    ("values", "moments"),
    [
        ({"state": "suspended"}, {}),
        ({"state": "waiting"}, {}),
        ({"state": "rejected"}, {}),
        ({"is_active": False}, {}),
        ({}, {"valid_until": NOON + HOUR}),
        ({}, {"valid_until": NOON - HOUR}),
        ({}, {"valid_from": NOON + HOUR}),
    ],
)
def test_an_owner_who_cannot_act_for_good_does_not_stand_in_for_the_last(
    owner, breaker, values, moments
):
    with clock.moment(NOON):
        other = make_user("otto", **values)
        give(other, "owner", **moments)
        with pytest.raises(Refused, match="D7"):
            take_owner(breaker, owner)
        take_owner(breaker, other)  # while that one may go
    assert owners() == {"olga"}


def test_an_owner_for_good_whose_time_has_begun_stands_in_for_the_last(owner, breaker):
    with clock.moment(NOON):
        give(make_user("otto"), "owner", valid_from=NOON)
        take_owner(breaker, owner)
    assert owners() == {"otto"}


def test_the_break_glass_account_is_no_owner_that_could_stay(owner, breaker):
    make_user("other", is_superuser=True)
    with pytest.raises(Refused, match="D7"):
        take_owner(breaker, owner)
    assign_role(acting_user=breaker, user=make_user("otto"), role=role_of("owner"))
    take_owner(breaker, owner)
    assert owners() == {"otto"}


def test_other_roles_of_the_last_owner_may_go(owner, breaker):
    give(owner, "manager")
    unassign_role(acting_user=breaker, user=owner, role=role_of("manager"))
    assert owners() == {"olga"} and not holds(owner, "manager")
