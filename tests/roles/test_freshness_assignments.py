"""R28: whoever is given a role, or has one taken back, by whatever road, next request."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.core.serializers import deserialize, serialize

from accounts.models import User
from roles.models import Role, RoleAssignment
from tests.factories import fetch, give, make_role, make_user

PAST = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = ("leads.view", "contacts.view")


@pytest.fixture
def ann(db):
    make_role("rep", permissions="leads.view")
    make_role("other", permissions="contacts.view")
    return make_user("ann", "rep")


def has(user):
    person = fetch(user)
    return {name for name in ASKED if person.has_perm(name)}


def role(code):
    return Role.objects.get(code=code)


def mine(ann):
    return RoleAssignment.objects.get(user=ann)


def save(assignment, **values):
    for name, value in values.items():
        setattr(assignment, name, value)
    assignment.save()


def in_bulk(ann, **values):
    assignment = mine(ann)
    for name, value in values.items():
        setattr(assignment, name, value)
    RoleAssignment.objects.bulk_update([assignment], list(values))


def upsert(ann):
    made = RoleAssignment(user=ann, role=role("rep"), valid_until=PAST)
    RoleAssignment.objects.bulk_create(
        [made],
        update_conflicts=True,
        unique_fields=["user", "role"],
        update_fields=["valid_until"],
    )


def load(ann):
    """Do what `loaddata` does, which calls no model's `save`."""
    rows = [RoleAssignment(user=ann, role=role("other"), created_at=PAST)]
    for row in deserialize("json", serialize("json", rows)):
        row.save()


WRITES = {
    "a fixture": (load, set(ASKED)),
    "create": (
        lambda ann: RoleAssignment.objects.create(user=ann, role=role("other")),
        set(ASKED),
    ),
    "acreate": (
        lambda ann: async_to_sync(RoleAssignment.objects.all().acreate)(
            user=ann, role=role("other")
        ),
        set(ASKED),
    ),
    "create by the person": (
        lambda ann: ann.role_assignments.create(role=role("other")),
        set(ASKED),
    ),
    "bulk_create": (
        lambda ann: RoleAssignment.objects.bulk_create(
            RoleAssignment(user=ann, role=role(code)) for code in ["other"]
        ),
        set(ASKED),
    ),
    "bulk_create that updates": (upsert, set()),
    "update_or_create": (
        lambda ann: RoleAssignment.objects.update_or_create(
            user=ann, role=role("rep"), defaults={"valid_until": PAST}
        ),
        set(),
    ),
    "save of an end": (lambda ann: save(mine(ann), valid_until=PAST), set()),
    "save of another role": (lambda ann: save(mine(ann), role=role("other")), {"contacts.view"}),
    "update of an end": (
        lambda ann: RoleAssignment.objects.filter(user=ann).update(valid_until=PAST),
        set(),
    ),
    "update of the role": (
        lambda ann: ann.role_assignments.update(role=role("other")),
        {"contacts.view"},
    ),
    "aupdate of the role": (
        lambda ann: async_to_sync(ann.role_assignments.all().aupdate)(role=role("other")),
        {"contacts.view"},
    ),
    "bulk_update of an end": (lambda ann: in_bulk(ann, valid_until=PAST), set()),
    "bulk_update of the role": (lambda ann: in_bulk(ann, role=role("other")), {"contacts.view"}),
    "delete": (lambda ann: mine(ann).delete(), set()),
    "delete of many": (lambda ann: RoleAssignment.objects.all().delete(), set()),
    "adelete of many": (lambda ann: async_to_sync(RoleAssignment.objects.all().adelete)(), set()),
    "delete by the role": (lambda ann: role("rep").assignments.all().delete(), set()),
}


@pytest.mark.parametrize("road", WRITES)
def test_a_write_to_an_assignment_is_seen_by_the_next_request(ann, road):
    write, after = WRITES[road]
    assert has(ann) == {"leads.view"}
    write(ann)
    assert has(ann) == after


MOVES = {
    "update": lambda a, to: RoleAssignment.objects.filter(pk=a.pk).update(user=to),
    "update by key": lambda a, to: RoleAssignment.objects.filter(pk=a.pk).update(user_id=to.pk),
    "save": lambda a, to: save(a, user=to),
    "save of one field": lambda a, to: (setattr(a, "user", to), a.save(update_fields=["user"])),
    "update with a bare key": lambda a, to: RoleAssignment.objects.filter(pk=a.pk).update(
        user=to.pk
    ),
    "bulk_update": lambda a, to: (
        setattr(a, "user", to),
        RoleAssignment.objects.bulk_update([a], ["user"]),
    ),
}


@pytest.mark.parametrize(
    "road",
    [
        "update",
        "update by key",
        pytest.param("save"),
        pytest.param("save of one field"),
        pytest.param("update with a bare key"),
        pytest.param("bulk_update"),
    ],
)
def test_an_assignment_that_changes_hands_is_seen_on_both_sides(ann, road):
    ben = make_user("ben")
    assert (has(ann), has(ben)) == ({"leads.view"}, set())
    MOVES[road](mine(ann), ben)
    assert (has(ann), has(ben)) == (set(), {"leads.view"})


def test_deleting_people_takes_their_assignments_and_nobody_elses(ann):
    ben = make_user("ben", "rep")
    assert has(ben) == {"leads.view"}
    assert has(ann) == {"leads.view"}
    User.objects.filter(pk=ann.pk).delete()
    assert fetch(ann) is None
    assert not RoleAssignment.objects.filter(user_id=ann.pk).exists()
    assert has(ben) == {"leads.view"}


def test_several_people_are_stamped_by_one_write(ann):
    others = [make_user(f"u{number}", "rep") for number in range(3)]
    assert [has(user) for user in (ann, *others)] == [{"leads.view"}] * 4
    RoleAssignment.objects.filter(user__in=others).update(role=role("other"))
    assert [has(user) for user in others] == [{"contacts.view"}] * 3
    assert has(ann) == {"leads.view"}
    give(others[0], "rep")
    assert [has(user) for user in others[:2]] == [set(ASKED), {"contacts.view"}]
