"""What even an Owner cannot do with a role: D8 (system roles), D9 (roles in use)."""

from datetime import UTC, datetime, timedelta

import pytest

from roles.core import clock
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, Role, RoleAssignment, RoleGrant
from roles.services.loading import read_role
from roles.services.role import change_role, delete_role
from tests.factories import give, make_role, make_user, role_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def rich(db):
    return make_role("rich", permissions="leads.view")


@pytest.mark.parametrize(("field", "value"), [("name", "Boss"), ("level", 99), ("base", "guest")])
def test_a_system_role_keeps_its_name_level_and_base(owner, field, value):
    for code in ("administrator", "user"):
        role = role_of(code)
        with pytest.raises(Invalid, match="D8") as caught:
            change_role(
                acting_user=owner, role=role, changes=RoleChanges(values={field: (None, value)})
            )
        assert caught.value.errors.keys() == {field}
        assert read_role(role_of(code)) == read_role(role)


def test_a_system_role_may_get_other_grants_and_another_description(owner):
    changes = RoleChanges(
        values={"description": ("", "Ours.")},
        granted=frozenset({"leads.export"}),
        revoked=frozenset({"deals.view"}),
    )
    change_role(acting_user=owner, role=role_of("user"), changes=changes)
    found = read_role(role_of("user"))
    assert found.description == "Ours." and "leads.export" in found.permissions
    assert "deals.view" not in found.permissions and found.is_system


@pytest.mark.parametrize(
    "changes",
    [
        RoleChanges(granted=frozenset({"leads.view"})),
        RoleChanges(privileges_added=frozenset({"app.crm"})),
    ],
)
def test_owners_grants_are_fixed(owner, changes):
    with pytest.raises(Refused, match="D8"):
        change_role(acting_user=owner, role=role_of("owner"), changes=changes)
    assert not RoleGrant.objects.filter(role__code="owner").exists()
    assert change_role(
        acting_user=owner,
        role=role_of("owner"),
        changes=RoleChanges(values={"description": ("", "All.")}),
    )


@pytest.mark.parametrize("code", ["owner", "administrator", "manager", "user", "guest"])
def test_a_system_role_is_never_deleted(owner, code):
    with pytest.raises(Refused, match="D8"):
        delete_role(acting_user=owner, role=role_of(code))
    assert Role.objects.filter(code=code).exists()


def test_a_role_that_somebody_holds_or_stands_on_is_not_deleted(rich, owner):
    """D9: also not where the assignment only begins later."""
    derived = make_role("derived", base="rich")
    with pytest.raises(Refused, match=r"0 people .* 1 role .*D9"):
        delete_role(acting_user=owner, role=rich)
    derived.delete()
    held = give(make_user(), rich, valid_from=datetime(2999, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match=r"1 person .* 0 roles .*D9"):
        delete_role(acting_user=owner, role=rich)
    held.delete()
    delete_role(acting_user=owner, role=rich)
    assert not Role.objects.filter(code="rich").exists()


def test_a_role_whose_assignments_have_all_ended_is_not_in_use(rich, owner):
    give(make_user(), rich, valid_until=datetime(2020, 1, 1, tzinfo=UTC))
    delete_role(acting_user=owner, role=rich)
    assert not Role.objects.filter(code="rich").exists()


# Moving people and roles away in the same step (D9)


def held(user):
    """Give a person's roles with their moments."""
    found = RoleAssignment.objects.filter(user=user)
    return {a.role.code: (a.valid_from, a.valid_until) for a in found}


def delete(role, owner, move_to):
    with clock.moment(NOON):
        delete_role(acting_user=owner, role=role, move_to=role_of(move_to))


def test_who_holds_it_and_what_stands_on_it_moves_and_then_it_is_gone(rich, owner):
    make_role("heir", base="rich")
    ann, ben = make_user("ann"), make_user("ben", "guest")
    give(ann, rich, valid_until=NOON + DAY)
    give(ben, rich, valid_from=NOON + DAY)
    delete(rich, owner, "user")
    assert not Role.objects.filter(code="rich").exists()
    assert held(ann) == {"user": (None, NOON + DAY)}
    assert held(ben) == {"guest": (None, None), "user": (NOON + DAY, None)}
    assert role_of("heir").base == role_of("user")
    assert role_of("user").assignments.filter(assigned_by=owner).count() == 2


def test_each_move_is_logged(rich, owner):
    make_role("heir", base="rich")
    give(make_user("ann"), rich)
    count = AuditEntry.objects.count()
    delete(rich, owner, "user")
    entries = AuditEntry.objects.order_by("pk")[count:]
    assert [(e.action, e.subject_name, e.beside_name) for e in entries] == [
        ("role.unassigned", "Rich", "ann"),
        ("role.assigned", "User", "ann"),
        ("role.changed", "Heir", ""),
        ("role.deleted", "Rich", ""),
    ]
    assert {entry.actor for entry in entries} == {owner}


def test_who_has_no_more_of_it_is_not_given_the_other(rich, owner):
    ann = make_user("ann")
    give(ann, rich, valid_until=NOON)
    delete(rich, owner, "user")
    assert held(ann) == {}


def test_who_holds_the_other_for_ever_keeps_it_for_ever(rich, owner):
    ann = make_user("ann", "user")
    give(ann, rich, valid_until=NOON + DAY)
    delete(rich, owner, "user")
    assert held(ann) == {"user": (None, None)}


def test_who_held_the_other_once_is_moved_too(rich, owner):
    ann = make_user("ann", rich)
    give(ann, "user", valid_until=NOON - DAY)
    delete(rich, owner, "user")
    assert held(ann) == {"user": (None, None)}


def test_nobody_moves_themselves_and_nothing_is_moved_then(rich, owner):
    """D2."""
    ann = make_user("ann", rich)
    give(owner, rich)
    with pytest.raises(Refused, match="D2"):
        delete(rich, owner, "user")
    assert held(ann) == {"rich": (None, None)} and Role.objects.filter(code="rich").exists()


@pytest.mark.parametrize("target", ["rich", "owner"])
def test_nothing_moves_to_the_role_itself_or_to_owner(rich, owner, target):
    ann = make_user("ann", rich)
    with pytest.raises(Invalid) as caught:
        delete(rich, owner, target)
    assert caught.value.errors.keys() == {"move_to"}
    assert held(ann) == {"rich": (None, None)}


def test_people_of_a_system_role_are_not_moved_away_from_it(owner):
    ann = make_user("ann", "user")
    with pytest.raises(Refused, match="D8"):
        delete(role_of("user"), owner, "guest")
    assert held(ann) == {"user": (None, None)}
    assert held(owner) == {"owner": (None, None)}


def test_the_other_may_itself_stand_on_the_role(rich, owner):
    rich.base = role_of("user")
    rich.save()
    make_role("heir", base="rich")
    ann = make_user("ann", rich)
    delete(rich, owner, "heir")
    assert held(ann) == {"heir": (None, None)}
    assert role_of("heir").base == role_of("user")
