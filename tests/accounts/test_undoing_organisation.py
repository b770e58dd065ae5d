"""What has moved on since in the organisation stays as it is: nothing is undone over it (D13)."""

import pytest

from accounts.models import Department, RegistrationDomain, User
from accounts.services import organisation, placing, registration
from crm.models import Contact, ContactShare
from roles.core.errors import Blocked
from roles.models import AuditEntry
from roles.services.sharing import share_record
from roles.services.undoing import undo
from tests.factories import fetch, make_department, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(owner):
    return fetch(owner)


def last():
    return AuditEntry.objects.order_by("pk").last()


def refuse(actor, entry):
    """Expect a refusal that leaves no trace."""
    count = AuditEntry.objects.count()
    with pytest.raises(Blocked, match="moved on"):
        undo(acting_user=actor, entry=entry)
    assert AuditEntry.objects.count() == count


@pytest.mark.parametrize("kind", ["department", "manager"])
def test_who_was_moved_on_since_is_not_moved_back(olga, kind):
    make, move = {
        "department": (make_department, placing.move_to_department),
        "manager": (make_user, placing.move_to_manager),
    }[kind]
    ann, first, second = make_user("ann"), make(), make()

    def stands():
        return getattr(User.objects.get(pk=ann.pk), kind)

    move(acting_user=olga, person=ann, **{kind: first})
    entry = last()
    move(acting_user=olga, person=ann, **{kind: second})
    refuse(olga, entry)
    assert stands() == second
    undo(acting_user=olga, entry=last())
    undo(acting_user=olga, entry=entry)
    assert stands() is None


@pytest.mark.parametrize("make", [make_team, make_department])
def test_what_has_a_third_name_by_now_keeps_it(olga, make):
    part = make("part")
    before = part.name
    organisation.rename(acting_user=olga, part=part, name="Beta")
    entry = last()
    organisation.rename(acting_user=olga, part=part, name="Gamma")
    refuse(olga, entry)
    part.refresh_from_db()
    assert part.name == "Gamma"
    undo(acting_user=olga, entry=last())
    undo(acting_user=olga, entry=entry)
    part.refresh_from_db()
    assert part.name == before


def test_a_department_that_lies_elsewhere_by_now_stays_there(olga):
    part, north, south = (make_department(code) for code in ("part", "north", "south"))
    organisation.move_department(acting_user=olga, department=part, parent=north)
    entry = last()
    organisation.move_department(acting_user=olga, department=part, parent=south)
    refuse(olga, entry)
    part.refresh_from_db()
    assert part.parent == south
    undo(acting_user=olga, entry=last())
    undo(acting_user=olga, entry=entry)
    part.refresh_from_db()
    assert part.parent is None


@pytest.mark.parametrize("since", ["renamed", "moved"])
def test_a_new_department_that_was_changed_since_is_not_deleted(olga, since):
    made = organisation.create_department(acting_user=olga, code="new", name="New")
    entry = last()
    if since == "renamed":
        organisation.rename(acting_user=olga, part=made, name="Other")
    else:
        top = make_department("top")
        organisation.move_department(acting_user=olga, department=made, parent=top)
    refuse(olga, entry)
    assert Department.objects.filter(code="new").exists()
    undo(acting_user=olga, entry=last())
    undo(acting_user=olga, entry=entry)
    assert not Department.objects.filter(code="new").exists()


def test_a_department_of_which_the_log_kept_no_parent_does_not_come_back_at_the_top(olga):
    part = make_department("part", parent=make_department("top"))
    organisation.delete_department(acting_user=olga, department=part)
    entry = last()
    older = AuditEntry.objects.get(pk=entry.pk)
    older.changes = [row for row in entry.changes if row["field"] != "parent"]
    refuse(olga, older)
    assert not Department.objects.filter(code="part").exists()
    undo(acting_user=olga, entry=entry)
    assert Department.objects.get(code="part").parent.code == "top"


def test_a_domain_comes_back_on_the_list_beside_others_and_once(olga):
    registration.allow_domain(acting_user=olga, name="y.org")
    domain = registration.allow_domain(acting_user=olga, name="x.org")
    registration.forbid_domain(acting_user=olga, domain=domain)
    entry = last()
    undo(acting_user=olga, entry=entry)
    assert set(RegistrationDomain.objects.values_list("name", flat=True)) == {"x.org", "y.org"}
    refuse(olga, entry)


def test_with_a_team_end_its_own_shares_and_no_others(olga):
    """R19, D13."""
    contact = Contact.objects.create(last_name="Doe", owner=olga)
    red, blue, ann = make_team("red"), make_team("blue"), make_user("ann")
    for receiver in (red, blue, ann):
        share_record(acting_user=olga, record=contact, receiver=receiver, give="view")
    organisation.delete_team(acting_user=olga, team=red)
    left = set(ContactShare.objects.values_list("team__code", "user__username"))
    assert left == {("blue", None), (None, "ann")}
