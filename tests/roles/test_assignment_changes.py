"""Change when somebody holds a role, and why: R2 at once, D2, D3, D5 as for giving, D7, undo."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from roles import signals
from roles.core import clock
from roles.core.errors import Blocked, Invalid, Refused
from roles.models import AuditEntry, RoleAssignment
from roles.services.assignment import assign_role, change_assignment
from roles.services.undoing import undo
from tests.factories import fetch, give, make_role, make_user, role_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moment(NOON):
        yield


@pytest.fixture
def chief(db):
    """Somebody of rank 50 who edits users and views contacts."""
    make_role("chief", level=50, permissions="users.view users.edit roles.view contacts.view")
    return fetch(make_user("chief", "chief"))


@pytest.fixture
def ann(db):
    """Ann holds a role that gives contacts.view, for ever, to cover for Ben."""
    make_role("rep", level=10, permissions="contacts.view")
    user = make_user("ann", "rep")
    RoleAssignment.objects.filter(user=user).update(reason="Covers for Ben")
    return user


def change(actor, user, code="rep", **values):
    return change_assignment(acting_user=actor, user=user, role=role_of(code), values=values)


def terms(user, code="rep"):
    held = RoleAssignment.objects.get(user=user, role__code=code)
    return held.valid_from, held.valid_until, held.reason


def test_what_is_named_changes_at_once_and_the_rest_stays(chief, ann):
    """R2, R28."""
    before = fetch(ann)
    assert before.has_perm("contacts.view")
    change(chief, ann, valid_until=NOON + HOUR)
    assert terms(ann) == (None, NOON + HOUR, "Covers for Ben")
    change(chief, ann, valid_from=NOON + HOUR / 2, reason="")
    assert terms(ann) == (NOON + HOUR / 2, NOON + HOUR, "")
    assert not fetch(ann).has_perm("contacts.view")
    change(chief, ann, valid_from=None, valid_until=None)
    assert fetch(ann).has_perm("contacts.view")


def test_an_assignment_that_has_ended_goes_on(chief, ann):
    change(chief, ann, valid_until=NOON - HOUR)
    assert not fetch(ann).has_perm("contacts.view")
    change(chief, ann, valid_until=NOON + HOUR)
    assert fetch(ann).has_perm("contacts.view")


def test_the_log_tells_old_and_new_and_it_is_announced(
    chief, ann, django_capture_on_commit_callbacks
):
    """D13."""
    heard = []

    def listen(*, user_id, role_code, action, **kwargs):
        heard.append((user_id, role_code, action))

    signals.assignment_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            change(chief, ann, valid_until=NOON + HOUR, reason="Holidays", valid_from=None)
    finally:
        signals.assignment_changed.disconnect(listen)
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.actor, entry.action) == (chief, "role.assignment_changed")
    assert (entry.subject_name, entry.beside_name) == ("Rep", "ann")
    assert entry.changes == [
        {"field": "valid_until", "old": None, "new": (NOON + HOUR).isoformat()},
        {"field": "reason", "old": "Covers for Ben", "new": "Holidays"},
    ]
    assert heard == [(ann.pk, "rep", "role.assignment_changed")]


def test_what_stands_already_is_no_change_and_no_entry(chief, ann):
    entries = AuditEntry.objects.count()
    change(chief, ann, valid_from=None, reason="Covers for Ben")
    change(chief, ann)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(microseconds=1)])
def test_an_end_that_does_not_lie_after_the_beginning_is_refused(chief, ann, until):
    """R2: whichever of the two was there before."""
    change(chief, ann, valid_from=NOON)
    with pytest.raises(Invalid) as caught:
        change(chief, ann, valid_until=until)
    assert caught.value.errors.keys() == {"valid_until"}
    assert terms(ann) == (NOON, None, "Covers for Ben")


@pytest.mark.parametrize("name", ["role", "user", "assigned_by", "created_at", "level"])
def test_who_holds_which_role_is_no_term(owner, ann, name):
    """Threat 3."""
    values = {"reason": "New", name: 1}
    with pytest.raises(Refused, match=f"no field “{name}”"):
        change_assignment(acting_user=owner, user=ann, role=role_of("rep"), values=values)
    assert terms(ann) == (None, None, "Covers for Ben")


def test_what_is_not_held_is_not_changed(owner, ann):
    with pytest.raises(Invalid, match="does not hold"):
        change(owner, ann, "guest", reason="x")


def test_nobody_changes_their_own_terms(owner, chief, ann):
    """D2; the twin is the first test."""
    give(owner, "rep")
    give(chief, "rep")
    for person in (owner, chief):
        with pytest.raises(Refused, match="D2"):
            change(fetch(person), person, reason="x")


def test_a_peer_and_a_role_too_high_or_too_wide_are_refused(chief, ann):
    """D3 for the person and the role; D5: to go on holding is to be given again."""
    peer = make_user("peer", "chief", "rep")
    give(ann, make_role("wide", level=5, permissions="deals.delete"))
    give(ann, make_role("high", level=60), valid_until=NOON - HOUR)
    with pytest.raises(Refused, match="D3"):
        change(chief, peer, reason="x")
    with pytest.raises(Refused, match="Delete on Deals"):
        change(chief, ann, "wide", valid_until=NOON + HOUR)
    with pytest.raises(Refused, match="D3"):
        change(chief, ann, "high", valid_until=None)
    assert terms(ann, "wide") == (None, None, "")
    assert terms(ann, "high") == (None, NOON - HOUR, "")


@pytest.mark.parametrize("values", [{"state": "suspended"}, {"is_active": False}])
def test_who_is_out_or_has_no_right_changes_nothing(chief, ann, values):
    """R1, D1."""
    lame = make_user("lame", "chief", **values)
    viewer = make_user("vic", make_role("viewer", level=90, permissions="users.view"))
    for person in (lame, viewer, AnonymousUser()):
        with pytest.raises(Refused):
            change(person, ann, reason="x")
    assert terms(ann)[2] == "Covers for Ben"
    change(chief, ann, reason="x")


# The last Owner (D7)


@pytest.mark.parametrize(
    "values",
    [{"valid_until": NOON + HOUR}, {"valid_until": NOON - HOUR}, {"valid_from": NOON + HOUR}],
)
def test_the_last_owner_gets_no_end_and_no_later_beginning(owner, values):
    breaker = make_user("sam", is_superuser=True)
    with pytest.raises(Blocked, match="last Owner"):
        change(breaker, owner, "owner", **values)
    assert terms(owner, "owner")[:2] == (None, None)
    change(breaker, owner, "owner", valid_from=NOON - 2 * HOUR, reason="Founder")
    make_user("otto", "owner")
    change(breaker, owner, "owner", **values)


# Undo


def test_undo_sets_the_terms_back_that_stood_before(owner, ann):
    owner = fetch(owner)
    change(owner, ann, valid_until=NOON + HOUR, reason="")
    entry = AuditEntry.objects.order_by("pk").last()
    made = undo(acting_user=owner, entry=entry)
    assert (made.action, made.undoes) == ("role.assignment_changed", entry)
    assert terms(ann) == (None, None, "Covers for Ben")


@pytest.mark.parametrize("later", [{"reason": "Other"}, {"valid_until": NOON + 2 * HOUR}])
def test_undo_is_refused_where_the_terms_moved_on(owner, ann, later):
    owner = fetch(owner)
    change(owner, ann, valid_until=NOON + HOUR, reason="")
    entry = AuditEntry.objects.order_by("pk").last()
    change(owner, ann, **later)
    with pytest.raises(Blocked, match="moved on"):
        undo(acting_user=owner, entry=entry)


def test_undo_is_held_to_the_rules_of_the_change(owner, chief, ann):
    """D5, by way of undo (threat 8)."""
    give(ann, make_role("wide", level=5, permissions="deals.delete"))
    change(owner, ann, "wide", valid_until=NOON - HOUR)
    entry = AuditEntry.objects.order_by("pk").last()
    undoer = make_role(
        "undoer",
        level=50,
        permissions="activities.view activities.undo users.view users.edit roles.view",
    )
    person = fetch(make_user("una", undoer))
    with pytest.raises(Refused, match="Delete on Deals"):
        undo(acting_user=person, entry=entry)
    assert terms(ann, "wide")[1] == NOON - HOUR


def test_a_reason_that_no_column_holds_is_refused_and_one_that_it_just_holds_is_not(owner):
    """Whatever door it comes through."""
    ann, rep = make_user("ann"), make_role("rep")
    with pytest.raises(Invalid, match="at most 500") as caught:
        assign_role(acting_user=owner, user=ann, role=rep, reason="x" * 501)
    assert list(caught.value.errors) == ["reason"]
    assign_role(acting_user=owner, user=ann, role=rep, reason="x" * 500)
    with pytest.raises(Invalid, match="at most 500"):
        change_assignment(acting_user=owner, user=ann, role=rep, values={"reason": "y" * 501})
