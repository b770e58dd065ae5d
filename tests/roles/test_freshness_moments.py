"""R2: an assignment begins and ends at its moment, inside whatever a process remembers."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from roles import policy
from roles.core import clock
from roles.core.access import NO_ACCESS
from roles.models import RoleAssignment
from roles.snapshots.memory import Held, Term
from tests.factories import fetch, give, make_role, make_user

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def travel(at):
    """Move the machine's clock, which stands still at `at`."""
    return time_machine.travel(at, tick=False)


CLOCKS = pytest.mark.parametrize("at", [clock.moment, travel], ids=["moment", "time_machine"])


@pytest.fixture
def rep(db):
    return make_role("rep", permissions="contacts.view")


@pytest.fixture
def ann(db):
    return make_user("ann")


def asked(at, moment, user):
    with at(moment):
        return user.has_perm("contacts.view")


@CLOCKS
def test_an_assignment_counts_from_its_first_moment_and_not_an_instant_earlier(at, ann, rep):
    give(ann, rep, valid_from=NOON)
    user = fetch(ann)
    assert not asked(at, NOON - INSTANT, user)
    with CaptureQueriesContext(connection) as queries:
        assert asked(at, NOON, user)
        assert asked(at, NOON + HOUR, user)
    assert len(queries) == 0  # what was remembered says it


@CLOCKS
def test_an_assignment_stops_counting_at_its_last_moment(at, ann, rep):
    give(ann, rep, valid_until=NOON)
    user = fetch(ann)
    assert asked(at, NOON - INSTANT, user)
    with CaptureQueriesContext(connection) as queries:
        assert not asked(at, NOON, user)
        assert not asked(at, NOON + HOUR, user)
    assert len(queries) == 0


@CLOCKS
def test_another_request_finds_the_same_moments_in_the_same_memory(at, ann, rep):
    give(ann, rep, valid_from=NOON, valid_until=NOON + HOUR)
    for moment, counts in (
        (NOON - INSTANT, False),
        (NOON, True),
        (NOON + HOUR - INSTANT, True),
        (NOON + HOUR, False),
        (NOON, True),  # a clock that is set back
        (NOON - INSTANT, False),
    ):
        assert asked(at, moment, fetch(ann)) == counts


def test_a_clock_set_back_within_a_request_is_believed(ann, rep):
    give(ann, rep, valid_from=NOON, valid_until=NOON + HOUR)
    user = fetch(ann)
    assert not asked(clock.moment, NOON + HOUR, user)
    assert asked(clock.moment, NOON, user)
    assert not asked(clock.moment, NOON - INSTANT, user)


def test_each_of_several_roles_begins_and_ends_by_itself(ann, rep):
    give(ann, rep, valid_until=NOON)
    give(ann, "guest", valid_from=NOON - HOUR, valid_until=NOON + HOUR)
    give(ann, make_role("late", permissions="leads.view"), valid_from=NOON + INSTANT)
    user = fetch(ann)
    expected = {
        NOON - 2 * HOUR: {"contacts.view"},
        NOON - HOUR: {"contacts.view", "profile.view"},
        NOON: {"profile.view"},
        NOON + INSTANT: {"profile.view", "leads.view"},
        NOON + HOUR: {"leads.view"},
    }
    for moment, codes in expected.items():
        with clock.moment(moment):
            assert policy.access_for(user).codes == codes


def test_every_form_of_the_question_knows_the_moment(ann, rep):
    give(ann, rep, valid_until=NOON)
    user = fetch(ann)
    with clock.moment(NOON - INSTANT):
        assert user.has_module_perms("crm")
        assert user.get_all_permissions() == {"contacts.view", "crm.view_contact"}
        assert list(policy.holders("contacts.view")) == [ann]
    with clock.moment(NOON):
        assert not user.has_module_perms("crm")
        assert user.get_all_permissions() == set()
        assert list(policy.holders("contacts.view")) == []


def test_rank_and_owner_end_with_their_assignment(ann):
    give(ann, "owner", valid_until=NOON)
    user = fetch(ann)
    with clock.moment(NOON - INSTANT):
        assert policy.access_for(user).is_owner and policy.access_for(user).rank > 100
        assert policy.is_owner(user)
    with clock.moment(NOON):
        assert not policy.access_for(user).is_owner and policy.access_for(user).rank == 0
        assert not policy.is_owner(user)


def test_the_zone_of_a_moment_does_not_matter_and_a_moment_without_one_is_refused(ann, rep):
    give(ann, rep, valid_until=NOON.astimezone(timezone(timedelta(hours=5, minutes=30))))
    user, tokyo = fetch(ann), timezone(timedelta(hours=9))
    assert asked(clock.moment, (NOON - INSTANT).astimezone(tokyo), user)
    assert not asked(clock.moment, NOON.astimezone(tokyo), user)
    with pytest.raises(ValueError, match="no time zone"):
        asked(clock.moment, NOON.replace(tzinfo=None), user)


def test_the_zone_in_which_the_database_keeps_moments_does_not_matter(ann, rep):
    """DATABASES may name one with TIME_ZONE."""
    give(make_user("ben"), "guest")
    with zone_of_the_database("Asia/Tokyo"):
        give(ann, rep, valid_from=NOON, valid_until=NOON + HOUR)
        for moment, counts in (
            (NOON - INSTANT, False),
            (NOON, True),
            (NOON + HOUR - INSTANT, True),
            (NOON + HOUR, False),
        ):
            assert asked(clock.moment, moment, fetch(ann)) == counts


@contextmanager
def zone_of_the_database(name):
    database = connections["default"]

    def use(zone):
        database.settings_dict["TIME_ZONE"] = zone
        for cached in ("timezone", "timezone_name"):
            vars(database).pop(cached, None)
        database.ensure_timezone()

    before = database.settings_dict["TIME_ZONE"]
    use(name)
    try:
        yield
    finally:
        use(before)


def test_a_fixed_moment_ends_with_its_block(ann, rep):
    give(ann, rep, valid_until=NOON)
    with travel(NOON + HOUR), clock.moment(NOON - HOUR):
        with clock.moment(NOON):
            assert clock.now() == NOON
        assert clock.now() == NOON - HOUR
    with travel(NOON + HOUR):
        assert clock.now() == NOON + HOUR


def test_the_rows_and_the_memory_agree_on_every_moment(ann, rep):
    """The queryset decides for `with_perm`, the term for `has_perm`: the same moments (R22)."""
    ends = [None, NOON - HOUR, NOON, NOON + HOUR]
    for begins in ends:
        for until in ends:
            if begins and until and begins >= until:
                continue
            made = RoleAssignment.objects.create(
                user=ann, role=rep, valid_from=begins, valid_until=until
            )
            for moment in (NOON - HOUR, NOON - INSTANT, NOON, NOON + INSTANT, NOON + HOUR):
                found = RoleAssignment.objects.current(moment).filter(pk=made.pk).exists()
                assert found == Term(rep.pk, begins, until).counts_at(moment)
            made.delete()


def test_what_is_held_knows_how_long_it_may_be_used():
    held = Held(NO_ACCESS, since=NOON, until=NOON + HOUR)
    for moment, current in (
        (NOON - INSTANT, False),
        (NOON, True),
        (NOON + HOUR - INSTANT, True),
        (NOON + HOUR, False),
    ):
        with clock.moment(moment):
            assert held.is_current() == current
    assert Held(NO_ACCESS, None, None).is_current()
