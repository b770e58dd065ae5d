"""Sign-in knows the one address that stands, of the person who was changed and of nobody else."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.receivers import prove_address
from accounts.services import people
from roles.models import AuditEntry
from tests.factories import make_user

from .joining import ORIGIN, PASSWORD, links_mailed
from .test_invitation_pages import words

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


def link_by_mail(capture, owner, ann):
    with capture(execute=True):
        people.reset_password(acting_user=owner, person=ann, origin=ORIGIN)
    return links_mailed()[-1]


@pytest.mark.parametrize(
    ("values", "works"), [({"email": "other@x.org"}, False), ({"first_name": "Anna"}, True)]
)
def test_a_link_that_an_administrator_sent_ends_with_the_address_that_it_went_to(
    owner, django_capture_on_commit_callbacks, values, works
):
    """Threats 3, 16: nor is another one sent to where the old one went."""
    ann = made(owner, "ann")
    link = link_by_mail(django_capture_on_commit_callbacks, owner, ann)
    people.edit_person(acting_user=owner, person=ann, values=values)
    assert ("no longer works" in words(Client().get(link, follow=True))) is not works
    entry = AuditEntry.objects.filter(action="user.changed").get()
    (row,) = entry.changes
    assert entry.actor == owner and {row["field"]: row["new"]} == values
    mail.outbox.clear()
    Client().post("/auth/password/reset/", {"email": "ann@x.org"})
    assert ("http" in mail.outbox[0].body) is works


def test_the_new_address_is_proven_by_the_link_that_is_read_there_and_by_nothing_before(
    owner, django_capture_on_commit_callbacks
):
    ann = made(owner, "ann")
    EmailAddress.objects.update(verified=True)
    people.edit_person(acting_user=owner, person=ann, values={"email": "other@x.org"})
    assert known() == [("ann", "other@x.org", False)]
    link = link_by_mail(django_capture_on_commit_callbacks, owner, User.objects.get(pk=ann.pk))
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert known() == [("ann", "other@x.org", False)]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert known() == [("ann", "other@x.org", True)]


def test_an_address_that_changed_while_a_link_was_used_is_not_proven_by_it(owner):
    """Threat 17: the link was read at the old one."""
    read_there = made(owner, "ann")
    ann = User.objects.get(pk=read_there.pk)
    people.edit_person(acting_user=owner, person=ann, values={"email": "other@x.org"})
    prove_address(user=read_there)
    assert known() == [("ann", "other@x.org", False)]
