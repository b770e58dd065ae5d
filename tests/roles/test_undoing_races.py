"""Two undos at once: what is as the change left it must still be so when it is undone (D13)."""

import pytest

from accounts.services.organisation import create_team, delete_team
from accounts.services.people import edit_person
from crm.models import Contact
from roles.core.errors import Blocked
from roles.models import AuditEntry
from roles.services.records import change_record
from roles.services.undoing import undo
from tests.factories import fetch, make_user

from .together import refusals, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def record(olga):
    contact = Contact.objects.create(last_name="Doe", phone="1")
    contact.phone = "2"
    change_record(acting_user=olga, record=contact)


def person(olga):
    edit_person(acting_user=olga, person=make_user("ann"), values={"first_name": "Ann"})


def team(olga):
    made = create_team(acting_user=olga, code="alpha", name="Alpha")
    delete_team(acting_user=olga, team=made)


@pytest.mark.parametrize("happen", [record, person, team])
def test_of_two_undos_at_once_one_finds_that_things_have_moved_on(transactional_db, happen):
    make_user("olga", "owner")
    olga, ida = fetch(make_user("ola", "owner")), fetch(make_user("ida", "owner"))
    happen(olga)
    entry = AuditEntry.objects.latest("pk")
    results = run_together(*(lambda u=u: undo(acting_user=u, entry=entry) for u in (olga, ida)))
    (refused,) = refusals(results, Blocked)
    assert "moved on" in str(refused)
    assert AuditEntry.objects.filter(undoes=entry).count() == 1
