"""R28: a change that was rolled back is never seen, and leaves nothing in the memory."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from roles.core.changes import RoleChanges
from roles.core.errors import Invalid
from roles.models import AccessStamp, PolicyVersion, RoleAssignment, RoleGrant
from roles.models.versions import one_bump
from roles.services.assignment import assign_role
from roles.services.role import change_role
from roles.snapshots import cache
from tests.factories import fetch, give, make_role, make_user, role_of


@contextmanager
def rolled_back():
    """Open a transaction, or a savepoint of the one that is open, and take it back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def rep(db):
    make_role("other", permissions="contacts.view")
    return make_role("rep", permissions="leads.view")


@pytest.fixture
def ann(rep):
    return make_user("ann", rep)


def has(user):
    person = fetch(user)
    return {name for name in ("leads.view", "contacts.view") if person.has_perm(name)}


def grant(rep, _ann):
    RoleGrant.objects.create(role=rep, permission_id="contacts.view")


def assign(_rep, ann):
    give(ann, "other")


CHANGES = pytest.mark.parametrize("change", [grant, assign])


@CHANGES
def test_a_change_is_seen_inside_its_transaction_and_never_after_a_rollback(ann, rep, change):
    assert has(ann) == {"leads.view"}
    with rolled_back():
        change(rep, ann)
        assert has(ann) == {"leads.view", "contacts.view"}
    assert has(ann) == {"leads.view"}


@CHANGES
def test_a_change_made_again_after_a_rollback_is_seen(ann, rep, change):
    """The second change must not be given the version of the first, which lies in the memory."""
    with rolled_back():
        change(rep, ann)
        assert "contacts.view" in has(ann)
    assert has(ann) == {"leads.view"}
    change(rep, ann)
    assert has(ann) == {"leads.view", "contacts.view"}


@CHANGES
def test_what_a_rollback_takes_back_does_not_come_back_with_another_change(ann, rep, change):
    has(ann)
    with rolled_back():
        change(rep, ann)
        has(ann)
    rep.permissions.add("deals.view")
    give(ann, "guest")
    assert has(ann) == {"leads.view"}
    assert fetch(ann).has_perm("deals.view") and fetch(ann).has_perm("profile.view")


@CHANGES
def test_a_savepoint_that_is_rolled_back_takes_its_change_and_leaves_the_outer_one(
    ann, rep, change
):
    with transaction.atomic():
        rep.permissions.add("deals.view")
        assert has(ann) == {"leads.view"}
        with rolled_back():
            change(rep, ann)
            assert has(ann) == {"leads.view", "contacts.view"}
        assert has(ann) == {"leads.view"}
    assert has(ann) == {"leads.view"}
    assert fetch(ann).has_perm("deals.view")


def test_a_loss_that_is_rolled_back_is_no_loss(ann, rep):
    assert has(ann) == {"leads.view"}
    for lose in (
        lambda: rep.permissions.clear(),
        lambda: RoleAssignment.objects.filter(user=ann).delete(),
    ):
        with rolled_back():
            lose()
            assert has(ann) == set()
        assert has(ann) == {"leads.view"}


def test_a_refused_service_leaves_both_versions_and_the_memory_as_they_were(ann, rep, owner):
    has(ann)
    versions = PolicyVersion.objects.get().token, AccessStamp.objects.get(user=ann).token
    unknown = RoleChanges(granted=frozenset({"contacts.view", "contacts.frobnicate"}))
    with pytest.raises(Invalid):
        change_role(acting_user=owner, role=rep, changes=unknown)
    with pytest.raises(Invalid):
        assign_role(acting_user=owner, user=ann, role=rep)
    assert versions == (PolicyVersion.objects.get().token, AccessStamp.objects.get(user=ann).token)
    assert has(ann) == {"leads.view"}


def test_bumps_that_were_collected_are_forgotten_with_the_change(ann, rep):
    """What an error interrupts must not bump later, nor keep collecting."""
    before = PolicyVersion.objects.get().token

    def interrupted():
        with one_bump():
            rep.permissions.clear()
            give(ann, "other")
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        interrupted()
    assert PolicyVersion.objects.get().token == before
    assert has(ann) == {"leads.view"}
    rep.permissions.clear()
    assert has(ann) == set()
    assert PolicyVersion.objects.get().token != before


def test_many_rows_of_one_change_bump_each_version_once(ann, rep):
    with CaptureQueriesContext(connection) as queries, one_bump():
        for code in ("deals.view", "deals.edit", "deals.delete"):
            RoleGrant.objects.create(role=rep, permission_id=code)
        give(ann, "guest")
        give(ann, "user")
    bumps = [q["sql"] for q in queries if not q["sql"].startswith("SELECT")]
    assert len([sql for sql in bumps if "roles_policyversion" in sql]) == 1
    assert len([sql for sql in bumps if "roles_accessstamp" in sql]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_whole_transaction_rolled_back_is_never_seen():
    role = make_role("rep", permissions="leads.view")
    make_role("other", permissions="contacts.view")
    user = make_user("ann", role)
    cache.clear()
    for change in (grant, assign):
        with rolled_back():
            change(role, user)
            assert has(user) == {"leads.view", "contacts.view"}
        assert has(user) == {"leads.view"}
    grant(role, user)
    assert has(user) == {"leads.view", "contacts.view"}
    assert role_of("other").assignments.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["grant", "assignment"])
def test_a_row_whose_bump_fails_is_not_stored(kind):
    """A process that dies between the two would leave every other one stale for good."""
    role, user = make_role("rep"), make_user("ann", "guest")
    row = {
        "grant": RoleGrant(role=role, permission_id="contacts.view"),
        "assignment": RoleAssignment(user=user, role=role),
    }[kind]
    with connection.execute_wrapper(_die_at_a_bump), pytest.raises(RuntimeError, match="gone"):
        row.save()
    assert not type(row).objects.filter(role=role).exists()
    row.pk = None
    row.save()
    assert type(row).objects.filter(role=role).exists()


def _die_at_a_bump(execute, sql, params, many, context):
    tokens = "roles_policyversion" in sql or "roles_accessstamp" in sql
    if tokens and not sql.startswith("SELECT"):
        raise RuntimeError("the process is gone")
    return execute(sql, params, many, context)
