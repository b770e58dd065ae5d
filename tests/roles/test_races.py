"""Two connections at once: what is checked and then written must not be overtaken (threat 17)."""

from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from crm.models import Contact, ContactShare
from roles.core.changes import RoleChanges
from roles.core.errors import Conflict, Invalid, Refused
from roles.core.specs import RoleSpec
from roles.models import (
    ApiToken,
    AuditEntry,
    Module,
    Permission,
    PolicyVersion,
    RecordAccess,
    Role,
    RoleAssignment,
    RoleGrant,
)
from roles.services.assignment import assign_role, unassign_role
from roles.services.installation import make_first_owner, mirror_catalogue
from roles.services.loading import read_role
from roles.services.role import change_role, create_role, delete_role
from roles.services.sharing import share_record
from roles.services.tokens import create_token
from tests.factories import fetch, make_role, make_user, role_of

from .together import PATIENCE, refusals, run_together, while_uncommitted

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(transactional_db):
    return make_user("olga", "owner")


def catalogue_rows():
    return (
        set(Module.objects.values_list("code", "is_enabled", "is_declared")),
        set(Permission.objects.values_list("code", "kind", "is_declared")),
        {role.code: read_role(role) for role in Role.objects.all()},
    )


def rebase(code, base):
    """Base one role on another by saving it, past every service."""
    role = role_of(code)
    role.base = role_of(base)
    role.save()


def bases():
    return dict(Role.objects.filter(is_system=False).values_list("code", "base__code"))


def test_two_servers_that_migrate_at_once_mirror_the_catalogue_once():
    before = catalogue_rows()
    for model in (RoleGrant, RecordAccess, RoleAssignment, Role, Permission, Module, PolicyVersion):
        model.objects.all()._raw_delete("default")
    assert not Role.objects.exists()
    assert refusals(run_together(mirror_catalogue, mirror_catalogue)) == []
    assert catalogue_rows() == before


@pytest.mark.parametrize("by", ["service", "save"])
def test_two_changes_that_would_make_a_cycle_together_leave_one(owner, by):
    """R4: also by two requests at once, each of which alone would be fine."""
    for _round in range(3):
        Role.objects.update(base=None)
        Role.objects.filter(is_system=False).delete()
        roles = {code: make_role(code) for code in ("a", "b")}

        def put(one, other, roles=roles):
            if by == "save":
                rebase(one, other)
            else:
                change = RoleChanges(values={"base": (None, other)})
                change_role(acting_user=owner, role=roles[one], changes=change)

        results = run_together(lambda: put("a", "b"), lambda: put("b", "a"))
        assert len(refusals(results, Invalid, ValidationError)) == 1
        assert bases() in ({"a": "b", "b": None}, {"a": None, "b": "a"})


def test_two_changes_that_would_make_a_seventeenth_layer_together_leave_one():
    for number in range(15):
        make_role(f"r{number}", base=f"r{number - 1}" if number else None)
    make_role("top")
    make_role("ground")
    results = run_together(lambda: rebase("top", "r14"), lambda: rebase("r0", "ground"))
    assert len(refusals(results, ValidationError)) == 1
    assert (bases()["top"], bases()["r0"]) in {("r14", None), (None, "ground")}


def test_two_owners_who_remove_each_other_leave_one(owner):
    """D7."""
    for _round in range(3):
        RoleAssignment.objects.all().delete()
        pair = [make_user("", "owner") for _ in range(2)]

        def remove(acting, other):
            unassign_role(acting_user=fetch(acting), user=other, role=role_of("owner"))

        results = run_together(
            lambda pair=pair: remove(pair[0], pair[1]), lambda pair=pair: remove(pair[1], pair[0])
        )
        assert len(refusals(results, Refused)) == 1
        assert RoleAssignment.objects.filter(role__code="owner").count() == 1


def test_two_saves_of_one_role_from_the_same_state_are_one_save_and_one_conflict(owner):
    role = make_role("rep", permissions="leads.view")
    seen = read_role(role)

    def save(code):
        changes = RoleChanges(granted=frozenset({code}))
        return change_role(acting_user=owner, role=role, changes=changes, seen=seen)

    results = run_together(lambda: save("deals.view"), lambda: save("tasks.view"))
    (conflict,) = refusals(results, Conflict)
    stored = read_role(role_of("rep")).permissions
    assert stored in ({"leads.view", "deals.view"}, {"leads.view", "tasks.view"})
    assert conflict.changes.granted == stored - {"leads.view"}


def test_changes_to_different_cells_at_once_both_stand(owner):
    role = make_role("rep", permissions="leads.view")

    def save(code):
        change_role(acting_user=owner, role=role, changes=RoleChanges(granted=frozenset({code})))

    codes = ["deals.view", "tasks.view", "reports.view"]
    results = run_together(*(lambda code=code: save(code) for code in codes))
    assert refusals(results) == []
    assert read_role(role_of("rep")).permissions == {"leads.view", *codes}


def test_one_name_is_given_once_and_one_code(owner):
    def create(name):
        create_role(acting_user=owner, wanted=RoleSpec(code="", name=name))

    results = run_together(lambda: create("Équipe"), lambda: create("ÉQUIPE"))
    assert len(refusals(results, Invalid)) == 1
    results = run_together(lambda: create("Sales!"), lambda: create("Sales?"))
    assert refusals(results) == []
    assert set(bases()) == {"equipe", "sales", "sales-2"}


def test_one_role_is_given_once(owner):
    ann, role = make_user("ann"), make_role("rep")

    def assign():
        assign_role(acting_user=owner, user=ann, role=role)

    assert len(refusals(run_together(assign, assign), Invalid)) == 1
    assert ann.role_assignments.count() == 1


def test_a_role_is_not_deleted_while_it_is_being_given(owner):
    """D9."""
    ann, role = make_user("ann"), make_role("rep")
    results = run_together(
        lambda: assign_role(acting_user=owner, user=ann, role=role),
        lambda: delete_role(acting_user=owner, role=role_of("rep")),
    )
    errors = [result for result in results if isinstance(result, Exception)]
    assert len(errors) == 1
    held, there = ann.role_assignments.exists(), Role.objects.filter(code="rep").exists()
    assert held == there


def test_there_is_one_first_owner():
    people = [make_user(f"first{number}") for number in range(3)]
    results = run_together(*(lambda user=user: make_first_owner(user) for user in people))
    assert len(refusals(results, Refused)) == 2
    assert RoleAssignment.objects.filter(role__code="owner").count() == 1


@pytest.mark.parametrize("commits", [True, False])
def test_what_is_not_committed_is_seen_by_its_own_transaction_alone(commits):
    """R28: though both share the memory of one process, which the other has just filled."""
    role = make_role("rep", permissions="leads.view")
    ann = make_user("ann", role)
    changed, go_on = Event(), Event()
    seen_inside = []

    def change():
        try:
            with transaction.atomic():
                role.permissions.set(["deals.view"])
                seen_inside.append(fetch(ann).get_all_permissions())
                changed.set()
                go_on.wait(PATIENCE)
                transaction.set_rollback(not commits)
        finally:
            changed.set()
            connection.close()

    assert fetch(ann).has_perm("leads.view")
    thread = Thread(target=change)
    thread.start()
    assert changed.wait(PATIENCE)
    outside = fetch(ann).get_all_permissions()
    go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert "deals.view" in seen_inside[0] and "leads.view" not in seen_inside[0]
    assert outside == {"leads.view", "crm.view_lead"}
    assert fetch(ann).has_perm("deals.view") == commits
    assert fetch(ann).has_perm("leads.view") != commits


def test_two_who_share_a_record_with_the_same_person_make_one_share(owner):
    """R19: one share for each receiver; the second changes what the first gave."""
    contact = Contact.objects.create(last_name="Lee", owner=owner)
    ben = make_user("ben", "user")
    actors = [fetch(owner), fetch(owner)]
    gives = ["view", "edit"]
    results = run_together(
        *(
            lambda actor=actor, give=give: share_record(
                acting_user=actor, record=contact, receiver=ben, give=give
            )
            for actor, give in zip(actors, gives, strict=True)
        )
    )
    assert refusals(results) == []
    share = ContactShare.objects.get()
    entries = AuditEntry.objects.filter(action="record.shared").order_by("pk")
    changes = [(entry.changes[0]["old"], entry.changes[0]["new"]) for entry in entries]
    assert changes == [(None, changes[0][1]), (changes[0][1], share.give)]


def test_one_name_is_given_to_one_token_of_a_person(owner):
    results = []

    def make():
        results.append(create_token(acting_user=fetch(owner), name="CI", limit=None))

    outcome = while_uncommitted(make, make)
    assert isinstance(outcome, Invalid), outcome
    assert len(results) == ApiToken.objects.count() == 1
