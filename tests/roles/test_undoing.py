"""Undo is a new change, checked like any other, and refused where things have moved on (D13)."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import organisation, people, placing
from roles.core.changes import RoleChanges
from roles.core.errors import Blocked, Refused
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import AuditEntry, Role
from roles.services.assignment import assign_role, unassign_role
from roles.services.loading import read_role
from roles.services.role import change_role, create_role, delete_role
from roles.services.tokens import create_token, revoke_token
from roles.services.undoing import can_be_undone, undo
from tests.factories import (
    fetch,
    make_department,
    make_role,
    make_team,
    make_user,
    role_of,
    set_manager,
)

pytestmark = pytest.mark.django_db
WANTED = RoleSpec(
    code="rep",
    name="Rep",
    level=20,
    base="user",
    permissions=frozenset({"reports.view", "tasks.comment"}),
    privileges=frozenset({"app.crm"}),
    records={"contacts": {"*": frozenset({"team"}), "edit": frozenset({"own"})}},
    fields={"contacts": {"phone": FieldLevel.READ_ONLY}},
)


@pytest.fixture
def olga(db):
    return fetch(make_user("olga", "owner"))


@pytest.fixture
def rep(olga):
    return create_role(acting_user=olga, wanted=WANTED)


def last():
    return AuditEntry.objects.order_by("pk").last()


def stored(code="rep"):
    return read_role(role_of(code))


def change(olga, code="rep", **changes):
    change_role(acting_user=olga, role=role_of(code), changes=RoleChanges(**changes))
    return last()


def test_a_changed_role_is_changed_back_in_every_part(olga, rep):
    before = stored()
    entry = change(
        olga,
        values={"level": (20, 30), "base": ("user", None), "description": ("", "Sells.")},
        granted=frozenset({"deals.view"}),
        revoked=frozenset({"reports.view"}),
        privileges_added=frozenset({"app.two"}),
        privileges_removed=frozenset({"app.crm"}),
        records={
            ("contacts", "*"): (frozenset({"team"}), frozenset({"all", "team"})),
            ("leads", "*"): (frozenset(), frozenset({"own"})),
        },
        fields={("contacts", "phone"): (FieldLevel.READ_ONLY, None)},
    )
    made = undo(acting_user=olga, entry=entry)
    assert stored() == before
    assert (made.undoes, made.action, made.actor) == (entry, "role.changed", olga)
    again = undo(acting_user=olga, entry=made)
    assert stored().level == 30 and again.undoes == made


def test_what_was_changed_since_stays_and_the_rest_is_undone(olga, rep):
    """Two people's changes to different cells: undoing one leaves the other."""
    first = change(olga, granted=frozenset({"deals.view"}))
    change(olga, granted=frozenset({"deals.edit"}))
    undo(acting_user=olga, entry=first)
    assert stored().permissions == WANTED.permissions | {"deals.edit"}


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({"granted": frozenset({"deals.view"})}, {"revoked": frozenset({"deals.view"})}),
        ({"revoked": frozenset({"reports.view"})}, {"granted": frozenset({"reports.view"})}),
        ({"values": {"level": (20, 30)}}, {"values": {"level": (30, 40)}}),
        (
            {"records": {("contacts", "*"): (frozenset({"team"}), frozenset({"all"}))}},
            {"records": {("contacts", "*"): (frozenset({"all"}), frozenset({"own"}))}},
        ),
        (
            {"fields": {("contacts", "phone"): (FieldLevel.READ_ONLY, None)}},
            {"fields": {("contacts", "phone"): (None, FieldLevel.HIDDEN)}},
        ),
        (
            {"privileges_added": frozenset({"app.two"})},
            {"privileges_removed": frozenset({"app.two"})},
        ),
    ],
)
def test_a_role_that_has_moved_on_is_left_alone(olga, rep, changes, since):
    entry = change(olga, **changes)
    change(olga, **since)
    before, count = stored(), AuditEntry.objects.count()
    with pytest.raises(Blocked, match="moved on"):
        undo(acting_user=olga, entry=entry)
    assert stored() == before
    assert AuditEntry.objects.count() == count


def test_a_created_role_is_deleted_again_unless_it_changed_or_is_used(olga, rep):
    entry = AuditEntry.objects.get(action="role.created")
    ann = make_user("ann", "rep")
    with pytest.raises(Blocked, match="in use"):
        undo(acting_user=olga, entry=entry)
    ann.role_assignments.all().delete()
    undone = change(olga, granted=frozenset({"deals.view"}))
    with pytest.raises(Blocked, match="moved on"):
        undo(acting_user=olga, entry=entry)
    undo(acting_user=olga, entry=undone)
    undo(acting_user=olga, entry=entry)
    assert not Role.objects.filter(code="rep").exists()


def test_a_deleted_role_comes_back_as_it_was(olga, rep):
    before = stored()
    delete_role(acting_user=olga, role=rep)
    undo(acting_user=olga, entry=last())
    assert stored() == before


def test_a_name_that_is_taken_by_now_is_said(olga, rep):
    delete_role(acting_user=olga, role=rep)
    entry = last()
    create_role(acting_user=olga, wanted=RoleSpec(code="other", name="rep", level=10))
    with pytest.raises(Blocked, match=r"as things stand: .*name"):
        undo(acting_user=olga, entry=entry)
    assert not Role.objects.filter(code="rep").exists()


def test_a_given_role_is_taken_back_and_a_taken_one_given_again(olga, rep):
    """R2: with the moments that it had."""
    ann = make_user("ann")
    until = timezone.now().replace(year=2126)
    assign_role(acting_user=olga, user=ann, role=rep, valid_until=until, reason="cover")
    given = last()
    taken = undo(acting_user=olga, entry=given)
    assert not ann.role_assignments.exists()
    undo(acting_user=olga, entry=taken)
    held = ann.role_assignments.get()
    assert (held.role, held.valid_until, held.reason) == (rep, until, "cover")
    unassign_role(acting_user=olga, user=ann, role=rep)
    taken = last()
    assign_role(acting_user=olga, user=ann, role=rep)
    for entry in (given, taken):
        with pytest.raises(Blocked, match="moved on"):
            undo(acting_user=olga, entry=entry)
    assert ann.role_assignments.get().valid_until is None


def test_the_organisation_moves_back(olga):
    ann, ben = make_user("ann"), make_user("ben")
    sales, team = make_department("sales"), make_team("alpha")

    def moves():
        placing.move_to_manager(acting_user=olga, person=ann, manager=ben)
        yield lambda: User.objects.get(pk=ann.pk).manager
        placing.move_to_department(acting_user=olga, person=ann, department=sales)
        yield lambda: User.objects.get(pk=ann.pk).department
        placing.set_members(acting_user=olga, team=team, members=[ann])
        yield lambda: team.members.first()
        people.suspend_person(acting_user=olga, person=ann)
        yield lambda: User.objects.get(pk=ann.pk).state == "suspended" or None

    for place in moves():
        entry = last()
        assert place() is not None
        back = undo(acting_user=olga, entry=entry)
        assert place() is None, entry.action
        again = undo(acting_user=olga, entry=back)
        assert place() is not None, entry.action
        undo(acting_user=olga, entry=again)
    placing.move_to_manager(acting_user=olga, person=ann, manager=ben)
    entry = last()
    set_manager(ann, None)
    with pytest.raises(Blocked, match="moved on"):
        undo(acting_user=olga, entry=entry)


def test_teams_and_departments_are_renamed_and_moved_back(olga):
    sales = organisation.create_department(acting_user=olga, code="sales", name="Sales")
    made = last()
    emea = organisation.create_department(acting_user=olga, code="emea", name="EMEA", parent=sales)
    organisation.rename(acting_user=olga, part=emea, name="Europe")
    undo(acting_user=olga, entry=last())
    organisation.move_department(acting_user=olga, department=emea, parent=None)
    undo(acting_user=olga, entry=last())
    emea.refresh_from_db()
    assert (emea.name, emea.parent) == ("EMEA", sales)
    with pytest.raises(Blocked, match="has people or departments in it"):
        undo(acting_user=olga, entry=made)


def test_undo_asks_for_its_feature_and_for_all_that_the_change_asks(olga, rep):
    """D3, D4, threat 8: undo gives nobody what they could not do by hand."""
    entry = change(olga, revoked=frozenset({"reports.view"}))
    editing = "roles.view roles.edit activities.view"
    without = fetch(make_user("max", make_role(permissions=f"{editing} reports.view", level=50)))
    with pytest.raises(Refused):
        undo(acting_user=without, entry=entry)
    lacking = fetch(make_user("ned", make_role(permissions=f"{editing} activities.undo", level=50)))
    with pytest.raises(Refused, match="do not have it yourself"):
        undo(acting_user=lacking, entry=entry)
    blind = fetch(make_user("ida", make_role(permissions="activities.undo roles.edit", level=50)))
    with pytest.raises(Refused, match="no such activity"):
        undo(acting_user=blind, entry=entry)
    assert "reports.view" not in stored().permissions
    held = "reports.view activities.undo"
    able = fetch(make_user("abe", make_role(permissions=f"{editing} {held}", level=50)))
    undo(acting_user=able, entry=entry)
    assert "reports.view" in stored().permissions


def test_what_has_no_opposite_is_refused_with_the_reason(olga):
    token, _secret = create_token(acting_user=olga, name="CI", limit=None)
    made = last()
    revoke_token(acting_user=olga, token=token)
    revoked = last()
    for entry, because in ((made, "cannot be unmade"), (revoked, "secret is kept nowhere")):
        assert not can_be_undone(entry)
        with pytest.raises(Blocked, match=because):
            undo(acting_user=olga, entry=entry)
    old = AuditEntry.objects.create(action="role.eaten", subject_type="no.such", subject_id="1")
    with pytest.raises(Blocked, match="of this kind"):
        undo(acting_user=olga, entry=old)


def test_what_of_a_role_is_hidden_from_who_undoes_is_left_alone(olga, rep):
    """R16, threat 8: a part that they may not read is no part of the change for them."""
    entry = change(olga, values={"level": (20, 30)}, granted=frozenset({"deals.view"}))
    codes = "roles.view roles.edit roles.create roles.delete activities.view activities.undo"
    hidden = {"roles": {"permissions": "hidden"}}
    role = make_role(permissions=f"{codes} deals.view", level=50, fields=hidden)
    ned = fetch(make_user("ned", role))
    undo(acting_user=ned, entry=entry)
    assert stored().level == 20 and "deals.view" in stored().permissions
    delete_role(acting_user=olga, role=rep)
    with pytest.raises(Refused, match="may not read all"):
        undo(acting_user=ned, entry=AuditEntry.objects.get(action="role.deleted"))
    assert not Role.objects.filter(code="rep").exists()
