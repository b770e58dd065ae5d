"""What the database refuses of grants, assignments, versions and the log (habit 7, R2, D13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from roles.models import (
    AccessStamp,
    AuditEntry,
    CustomPrivilege,
    FieldPermission,
    Permission,
    PolicyVersion,
    RecordAccess,
    RoleAssignment,
    RoleGrant,
    RolePrivilege,
)
from tests.factories import make_role, make_user, role_of

from .database import refused, store

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


# Rows that stand once


def test_each_grant_scope_and_field_level_stands_once():
    role = make_role("rep")
    CustomPrivilege.objects.create(name="app.crm")
    rows = [
        (RoleGrant, {"permission_id": "leads.view"}, {"permission_id": "leads.edit"}),
        (RolePrivilege, {"privilege_id": "app.crm"}, None),
        (
            RecordAccess,
            {"module_id": "leads", "scope": "team"},
            {"module_id": "leads", "scope": "own"},
        ),
        (
            FieldPermission,
            {"module_id": "leads", "field": "phone", "level": "hidden"},
            {"module_id": "leads", "field": "email", "level": "hidden"},
        ),
    ]
    for model, values, another in rows:
        store(model, role=role, **values)
        with refused():
            store(model, role=role, **values)
        if another:
            assert store(model, role=role, **another).pk
    with refused():  # another level is no second row
        store(FieldPermission, role=role, module_id="leads", field="phone", level="editable")


def test_scopes_and_levels_are_written_in_the_words_of_the_model():
    role = make_role("rep")
    with refused():
        store(RecordAccess, role=role, module_id="leads", scope="own", action="frobnicate")
    with refused():
        store(FieldPermission, role=role, module_id="leads", field="phone", level="sometimes")
    with refused():
        store(Permission, code="leads.frobnicate", kind="operation", action="frobnicate")
    with refused():
        store(RoleGrant, role=role, permission_id="leads.frobnicate")
    assert store(RecordAccess, role=role, module_id="leads", scope="own", action="*").pk


# Assignments (R2)


def test_a_person_holds_a_role_once():
    user, role = make_user(), make_role("rep")
    store(RoleAssignment, user=user, role=role, valid_until=NOON)
    with refused():  # not twice either where the first has ended
        store(RoleAssignment, user=user, role=role, valid_from=NOON)
    assert store(RoleAssignment, user=user, role=role_of("guest")).pk
    assert store(RoleAssignment, user=make_user(), role=role).pk


@pytest.mark.parametrize("length", [timedelta(0), -timedelta(microseconds=1), -timedelta(days=1)])
def test_an_assignment_ends_after_it_begins(length):
    user, role = make_user(), make_role("rep")
    with refused():
        store(RoleAssignment, user=user, role=role, valid_from=NOON, valid_until=NOON + length)
    least = timedelta(microseconds=1)
    store(RoleAssignment, user=user, role=role, valid_from=NOON, valid_until=NOON + least)
    with refused():
        RoleAssignment.objects.filter(user=user).update(valid_until=NOON + length)


def test_there_is_one_policy_version_and_one_stamp_a_person():
    user = make_user("u", "guest")
    with refused():
        PolicyVersion.objects.create(id=2)
    with refused():
        PolicyVersion.objects.bulk_create([PolicyVersion()])
    with refused():
        AccessStamp.objects.bulk_create([AccessStamp(user=user)])
    assert (PolicyVersion.objects.count(), AccessStamp.objects.filter(user=user).count()) == (1, 1)


# The log (D13)


def test_an_entry_is_never_changed_nor_deleted():
    entry = AuditEntry.objects.create(actor_name="x", action="role.changed", subject_id="1")
    entry.actor_name = "y"
    for change in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(actor_name="y"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["actor_name"]),
    ):
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            change()
    assert AuditEntry.objects.get(pk=entry.pk).actor_name == "x"


def test_an_entry_outlives_its_actor():
    actor = make_user("gone")
    entry = AuditEntry.objects.create(actor=actor, actor_name="gone", action="role.changed")
    key = actor.pk
    actor.delete()
    connection.check_constraints()
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_name) == (key, "gone")
