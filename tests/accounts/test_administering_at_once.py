"""Two administrators at once: what was asked must still stand when it is written (threat 17)."""

import pytest
from django.test import Client

from accounts.models import Department, User
from accounts.services.bulk import change_people
from accounts.services.organisation import create_department, move_department
from accounts.services.people import create_person, delete_person, edit_person, suspend_person
from accounts.services.placing import move_to_manager
from crm.models import Contact
from roles import policy
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused
from roles.core.specs import RoleSpec
from roles.models import AuditEntry, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from roles.services.bases import change_bases
from roles.services.loading import read_role
from roles.services.records import change_record
from roles.services.role import change_role, create_role, delete_role
from roles.services.undoing import undo
from roles.snapshots import load_policy
from tests.factories import fetch, give, make_department, make_role, make_user, role_of
from tests.roles.together import refusals, run_together, while_uncommitted

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def olga(transactional_db):
    return make_user("olga", "owner")


@pytest.fixture
def chief(olga):
    make_role(
        "chief",
        level=50,
        permissions="roles.view roles.edit users.view users.edit contacts.view contacts.export",
    )
    return make_user("chief", "chief")


@pytest.fixture
def rep(chief):
    return make_role("rep", permissions="contacts.view")


def grant(actor):
    change_role(
        acting_user=actor,
        role=role_of("rep"),
        changes=RoleChanges(granted=frozenset({"contacts.export"})),
    )


TAKEN_AWAY = {
    "the permission that it would give": lambda olga: change_role(
        acting_user=olga,
        role=role_of("chief"),
        changes=RoleChanges(revoked=frozenset({"contacts.export"})),
    ),
    "the permission to edit roles": lambda olga: change_role(
        acting_user=olga,
        role=role_of("chief"),
        changes=RoleChanges(revoked=frozenset({"roles.edit"})),
    ),
    "their rank": lambda olga: change_role(
        acting_user=olga, role=role_of("chief"), changes=RoleChanges(values={"level": (50, 5)})
    ),
    "their role": lambda olga: unassign_role(
        acting_user=olga, user=User.objects.get(username="chief"), role=role_of("chief")
    ),
    "their account": lambda olga: suspend_person(
        acting_user=olga, person=User.objects.get(username="chief")
    ),
}


@pytest.mark.parametrize("what", TAKEN_AWAY)
def test_no_grant_slips_past_what_was_taken_from_the_actor_meanwhile(olga, chief, rep, what):
    """D1, D3, D4, R1: the actor is read again under the lock."""
    actor = fetch(chief)
    assert policy.check(actor, "roles.edit", rep)
    outcome = while_uncommitted(lambda: TAKEN_AWAY[what](fetch(olga)), lambda: grant(actor))
    assert isinstance(outcome, Refused), outcome
    assert read_role(role_of("rep")).permissions == {"contacts.view"}


def test_a_grant_that_nothing_came_between_is_made(olga, chief, rep):
    outcome = while_uncommitted(
        lambda: change_role(
            acting_user=fetch(olga),
            role=role_of("chief"),
            changes=RoleChanges(granted=frozenset({"leads.view"})),
        ),
        lambda: grant(fetch(chief)),
    )
    assert outcome is None
    assert "contacts.export" in read_role(role_of("rep")).permissions


DONE_WITH_A_RIGHT = {
    "a department": lambda me: create_department(acting_user=me, code="x", name="X"),
    "a person": lambda me: create_person(acting_user=me, values={"username": "x"}, origin="/"),
    "a role": lambda me: create_role(acting_user=me, wanted=RoleSpec(code="x", name="X")),
    "a role's end": lambda me: delete_role(acting_user=me, role=role_of("spare")),
    "an undo": lambda me: undo(
        acting_user=me, entry=AuditEntry.objects.get(action="record.changed", undoes=None)
    ),
}
RIGHTS = "groups.manage users.create roles.create roles.delete activities.view activities.undo"


@pytest.mark.parametrize("what", DONE_WITH_A_RIGHT)
def test_nothing_is_done_with_a_right_that_is_being_taken(olga, what):
    """D1, R28: rank and reach stay; the one permission is asked for again under the lock."""
    make_role("rank", level=50, permissions="users.view roles.view contacts.view contacts.edit")
    make_role("spare", level=1)
    keeper = make_user("kim", "rank", make_role("keeper", level=1, permissions=RIGHTS))
    contact = Contact.objects.create(last_name="Doe", owner=keeper)
    contact.last_name = "Roe"
    change_record(acting_user=fetch(olga), record=contact)
    do, actor = DONE_WITH_A_RIGHT[what], fetch(keeper)
    outcome = while_uncommitted(
        lambda: unassign_role(acting_user=fetch(olga), user=keeper, role=role_of("keeper")),
        lambda: do(actor),
    )
    assert isinstance(outcome, Refused), outcome
    assert not AuditEntry.objects.filter(actor=keeper).exists()
    give(keeper, "keeper")
    do(fetch(keeper))
    assert AuditEntry.objects.filter(actor=keeper).exists()


def test_a_batch_is_refused_when_the_right_to_it_has_gone(olga, chief):
    """R25, R28: who changes many is read under the lock as who changes one."""
    low, actor = make_user("low", "user"), fetch(chief)
    outcome = while_uncommitted(
        lambda: TAKEN_AWAY["their role"](olga),
        lambda: change_people(acting_user=actor, people=[low], change=suspend_person),
    )
    assert isinstance(outcome, Refused), outcome
    assert User.objects.get(pk=low.pk).state == "active"


def test_bases_are_not_changed_on_a_policy_that_nobody_has_seen(olga, chief, rep):
    seen, actor = load_policy().version, fetch(olga)
    outcome = while_uncommitted(
        lambda: grant(fetch(chief)),
        lambda: change_bases(acting_user=actor, roles=[rep], base="user", seen=seen),
    )
    assert isinstance(outcome, Refused) and "Roles were changed meanwhile" in str(outcome)
    assert role_of("rep").base is None


def test_what_nobody_has_seen_of_a_person_is_not_overwritten(olga):
    """A program says what it was shown, and finds that it has moved on (412)."""
    low, client, url = make_user("low", "user"), Client(), "/api/v1/users/low/"
    client.force_login(olga)
    mark = client.get(url)["ETag"]

    def write(name):
        headers, kind = {"if-match": mark}, "application/json"
        return client.patch(url, {"first_name": name}, content_type=kind, headers=headers)

    edit = {"acting_user": fetch(olga), "person": low, "values": {"first_name": "Ann"}}
    answer = while_uncommitted(lambda: edit_person(**edit), lambda: write("Eve"))
    assert answer.status_code == 412
    assert User.objects.get(pk=low.pk).first_name == "Ann"
    mark = client.get(url)["ETag"]
    assert write("Eve").status_code == 200


def test_nobody_is_suspended_by_whom_they_outrank_by_now(olga, chief):
    """D3: the rank of the person counts as it is then."""
    low = make_user("low", "user")
    actor = fetch(chief)
    outcome = while_uncommitted(
        lambda: assign_role(acting_user=fetch(olga), user=low, role=role_of("administrator")),
        lambda: suspend_person(acting_user=actor, person=low),
    )
    assert isinstance(outcome, Refused), outcome
    assert User.objects.get(pk=low.pk).state == "active"


def test_a_role_is_not_given_that_became_more_than_one_s_own_meanwhile(olga, chief, rep):
    """D5: the whole effect, as it is then."""
    low = make_user("low")
    more = RoleChanges(granted=frozenset({"deals.delete"}))
    outcome = while_uncommitted(
        lambda: change_role(acting_user=fetch(olga), role=rep, changes=more),
        lambda: assign_role(acting_user=fetch(chief), user=low, role=rep),
    )
    assert isinstance(outcome, Refused), outcome
    assert not low.role_assignments.exists()


@pytest.mark.parametrize("service", [suspend_person, delete_person])
def test_two_owners_who_shut_each_other_out_leave_one(olga, service):
    """D7."""
    for round_ in range(3):
        RoleAssignment.objects.all().delete()
        pair = [make_user(f"o{round_}{letter}", "owner") for letter in "ab"]

        def out(acting, other):
            service(acting_user=fetch(acting), person=other)

        results = run_together(
            lambda pair=pair: out(pair[0], pair[1]), lambda pair=pair: out(pair[1], pair[0])
        )
        assert len(refusals(results, Refused)) == 1
        assert policy.lasting_owners().count() == 1


def test_one_owner_unassigned_and_the_other_suspended_at_once_leave_one(olga):
    otto, sam = make_user("otto", "owner"), make_user("sam", is_superuser=True)
    results = run_together(
        lambda: unassign_role(acting_user=fetch(sam), user=olga, role=role_of("owner")),
        lambda: suspend_person(acting_user=fetch(sam), person=otto),
    )
    assert len(refusals(results, Refused)) == 1
    assert policy.lasting_owners().count() == 1


def test_two_moves_that_would_make_a_cycle_together_leave_one(olga):
    """R9: of managers, and of departments."""
    ann, ben = make_user("ann"), make_user("ben")
    north, south = make_department("north"), make_department("south")

    def under(person, manager):
        move_to_manager(acting_user=fetch(olga), person=person, manager=manager)

    def below(part, parent):
        move_department(acting_user=fetch(olga), department=part, parent=parent)

    results = run_together(lambda: under(ann, ben), lambda: under(ben, ann))
    assert len(refusals(results, Invalid)) == 1
    assert User.objects.exclude(manager=None).count() == 1
    results = run_together(lambda: below(north, south), lambda: below(south, north))
    assert len(refusals(results, Invalid)) == 1
    assert Department.objects.exclude(parent=None).count() == 1
