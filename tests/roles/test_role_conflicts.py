"""Two people change one role: nobody overwrites what they never saw, and `Conflict` says what."""

import pytest

from roles.core.changes import RoleChanges, apply, difference
from roles.core.errors import Conflict
from roles.core.vocabulary import FieldLevel
from roles.models import AuditEntry
from roles.services.loading import read_role
from roles.services.role import change_role, delete_role
from tests.factories import make_role, role_of


@pytest.fixture
def rep(db):
    return make_role(
        "rep",
        permissions="leads.view",
        privileges="app.crm",
        records={"leads": "team"},
        fields={"leads": {"phone": "hidden"}},
    )


GRANT = RoleChanges(granted=frozenset({"deals.view"}))


def test_a_role_that_is_as_it_was_seen_is_changed(rep, owner):
    made = change_role(acting_user=owner, role=rep, changes=GRANT, seen=read_role(rep))
    assert made == GRANT
    assert "deals.view" in read_role(rep).permissions


def test_a_role_that_changed_since_is_not_and_the_conflict_names_what_came_between(rep, owner):
    seen = read_role(rep)
    between = RoleChanges(
        values={"level": (10, 20)},
        revoked=frozenset({"leads.view"}),
        privileges_added=frozenset({"app.new"}),
        records={("leads", "*"): (frozenset({"team"}), frozenset())},
        fields={("leads", "phone"): (FieldLevel.HIDDEN, FieldLevel.EDITABLE)},
    )
    change_role(acting_user=owner, role=rep, changes=between, seen=seen)
    entries, current = AuditEntry.objects.count(), read_role(role_of("rep"))
    with pytest.raises(Conflict, match="Somebody else changed this role") as caught:
        change_role(acting_user=owner, role=rep, changes=GRANT, seen=seen)
    assert caught.value.changes == between == difference(seen, current)
    assert caught.value.current == current
    assert read_role(role_of("rep")) == current
    assert AuditEntry.objects.count() == entries


def test_after_a_conflict_the_wish_can_be_carried_out_on_the_role_as_it_is_now(rep, owner):
    seen = read_role(rep)
    other = RoleChanges(granted=frozenset({"tasks.view"}))
    change_role(acting_user=owner, role=rep, changes=other)
    with pytest.raises(Conflict) as caught:
        change_role(acting_user=owner, role=rep, changes=GRANT, seen=seen)
    change_role(acting_user=owner, role=rep, changes=GRANT, seen=caught.value.current)
    assert read_role(rep) == apply(GRANT, apply(other, seen))


def test_the_same_change_made_by_somebody_else_is_a_conflict_too(rep, owner):
    seen = read_role(rep)
    change_role(acting_user=owner, role=rep, changes=GRANT)
    with pytest.raises(Conflict) as caught:
        change_role(acting_user=owner, role=rep, changes=GRANT, seen=seen)
    assert caught.value.changes == GRANT


def test_a_change_and_its_undoing_meanwhile_are_no_conflict(rep, owner):
    seen = read_role(rep)
    change_role(acting_user=owner, role=rep, changes=GRANT)
    back = RoleChanges(revoked=frozenset({"deals.view"}))
    change_role(acting_user=owner, role=rep, changes=back)
    assert change_role(acting_user=owner, role=rep, changes=GRANT, seen=seen)


def test_a_change_of_the_base_is_no_conflict_with_its_heirs(rep, owner):
    heir = make_role("heir", base="rep")
    seen = read_role(heir)
    change_role(acting_user=owner, role=rep, changes=GRANT)
    assert change_role(acting_user=owner, role=heir, changes=GRANT, seen=seen)


def test_without_what_was_seen_changes_to_different_cells_both_stand(rep, owner):
    start = read_role(rep)
    one = RoleChanges(granted=frozenset({"deals.view"}))
    two = RoleChanges(revoked=frozenset({"leads.view"}), values={"level": (10, 15)})
    change_role(acting_user=owner, role=rep, changes=one)
    change_role(acting_user=owner, role=rep, changes=two)
    assert read_role(role_of("rep")) == apply(two, apply(one, start))


def test_a_role_deleted_meanwhile_is_not_there_any_more(rep, owner):
    seen, stale = read_role(rep), role_of("rep")
    delete_role(acting_user=owner, role=rep)
    with pytest.raises(type(stale).DoesNotExist):
        change_role(acting_user=owner, role=stale, changes=GRANT, seen=seen)
