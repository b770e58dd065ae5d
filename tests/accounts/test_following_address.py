"""Sign-in knows the one address that stands, of the person who was changed and of nobody else."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from accounts.services import people
from roles.models import AuditEntry
from tests.factories import make_user

from .joining import ORIGIN

pytestmark = pytest.mark.django_db


def known():
    rows = EmailAddress.objects.order_by("email")
    return list(rows.values_list("user__username", "email", "verified"))


def made(owner, name):
    values = {"username": name, "email": f"{name}@x.org"}
    return people.create_person(acting_user=owner, values=values, origin=ORIGIN)


def test_a_new_address_takes_the_place_of_the_old_one_and_is_proven_anew(owner):
    made(owner, "ann")
    ben = made(owner, "ben")
    EmailAddress.objects.update(verified=True)
    people.edit_person(acting_user=owner, person=ben, values={"email": "other@x.org"})
    assert known() == [("ann", "ann@x.org", True), ("ben", "other@x.org", False)]
    people.edit_person(acting_user=owner, person=ben, values={"email": ""})
    assert known() == [("ann", "ann@x.org", True)]


def test_nobody_signs_in_by_the_address_of_who_is_in_the_trash(owner):
    """R26; it is there again when they are, and not proven."""
    made(owner, "ann")
    ben = made(owner, "ben")
    EmailAddress.objects.update(verified=True)
    people.delete_person(acting_user=owner, person=ben)
    assert known() == [("ann", "ann@x.org", True)]
    people.undelete_person(acting_user=owner, person=User.objects.get(pk=ben.pk))
    assert known() == [("ann", "ann@x.org", True), ("ben", "ben@x.org", False)]


def test_what_is_sent_as_it_stands_is_no_change(owner):
    """R17: nothing is logged of it, and a proven address stays proven."""
    ann = make_user("ann", email="ann@x.org", first_name="Ann")
    EmailAddress.objects.create(user=ann, email="ann@x.org", primary=True, verified=True)
    count = AuditEntry.objects.count()
    people.edit_person(acting_user=owner, person=ann, values={"email": "ann@x.org"})
    assert AuditEntry.objects.count() == count and known() == [("ann", "ann@x.org", True)]
    values = {"email": "ann@x.org", "first_name": "Anna"}
    people.edit_person(acting_user=owner, person=ann, values=values)
    entry = AuditEntry.objects.order_by("pk").last()
    assert [row["field"] for row in entry.changes] == ["first_name"]
    assert known() == [("ann", "ann@x.org", True)]
