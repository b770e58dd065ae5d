"""People who should be out, and rights that have just ended (R1, R3, threats 17, 18, 23)."""

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from crm.models import Contact
from rbac_site.backends import SiteBackend
from rbac_site.guard import refuse_unsafe_start
from roles import policy
from roles.core.errors import Refused
from roles.core.specs import RoleSpec
from roles.models import Role
from roles.services.assignment import unassign_role
from roles.services.role import create_role

from .conftest import owner, person, signed_in

pytestmark = pytest.mark.django_db
OUT = ("suspended", "rejected", "waiting")


@pytest.mark.parametrize("state", OUT)
def test_a_superuser_who_is_out_is_denied_by_has_perm_too(state):
    """R3 exempts `has_perm` from R7 and R21, not from R1; a job would act on this yes."""
    root = person("root", is_superuser=True, state=state)
    contact = Contact.objects.create(last_name="Doe")
    assert not policy.check(root, "contacts.view")
    said = [
        root.has_perm("contacts.view"),
        root.has_perm("contacts.view", contact),
        async_to_sync(root.ahas_perm)("contacts.view"),
        root.has_module_perms("crm"),
    ]
    assert not any(said)


@pytest.mark.parametrize("state", OUT)
def test_with_perm_leaves_out_a_superuser_who_is_out(state):
    root = person("root", is_superuser=True, state=state)
    assert root not in SiteBackend().with_perm("contacts.view")


def test_a_superuser_who_waits_gets_no_admin_page():
    """R1: the waiting page, nothing else."""
    root = signed_in("root", is_superuser=True, state="waiting")
    assert root.get("/account/emailaddress/").status_code in (302, 403, 404)


def test_an_owner_who_lost_the_role_while_waiting_for_the_lock_does_nothing():
    """Ann and Bob take the role from each other at once; the loser's request still wins.

    `acting_user` is what a request carries: fetched, asked once, then made to wait for the lock.
    """
    ann, bob = owner("ann"), owner("bob")
    owner("cleo")
    waiting = SiteBackend().get_user(ann.pk)
    assert waiting.has_perm("roles.edit")
    role = Role.objects.get(code="owner")
    unassign_role(acting_user=bob, user=ann, role=role)
    with pytest.raises(Refused):
        unassign_role(acting_user=waiting, user=bob, role=role)


def test_an_owner_who_was_suspended_while_waiting_for_the_lock_does_nothing():
    waiting = owner("ann")
    User.objects.filter(pk=waiting.pk).update(state="suspended")
    with pytest.raises(Refused):
        create_role(acting_user=waiting, wanted=RoleSpec(code="", name="Late", level=1))


@pytest.mark.parametrize("username", ["director", "regional", "salesperson", "user"])
def test_production_does_not_start_with_a_demonstration_password(settings, username):
    """Interfaces 1. Changing the four passwords that the guard knows leaves all others open."""
    settings.DEMO = settings.DEVELOPMENT = settings.DEBUG = False
    person(username)
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe_start()


def test_who_is_suspended_within_a_request_is_denied_at_once():
    """Since 9d4e9d8; the commits before asked the standing at every check."""
    ann = SiteBackend().get_user(person("ann", "user").pk)
    assert ann.has_perm("contacts.view")
    ann.state = "suspended"
    ann.save()
    assert not ann.has_perm("contacts.view")


WRONG = ["text", 5, 0, "", False, [], object()]


@pytest.mark.parametrize("record", WRONG, ids=map(str, range(len(WRONG))))
def test_what_is_no_record_is_answered_no(record):
    """R14 “anything else with a record: no”, threat 20; sync and async, and for an Owner."""
    assert owner().has_perm("contacts.view", record) is False


def test_has_module_perms_never_raises():
    assert owner().has_module_perms([]) is False
    assert owner("otto").has_perm("contacts.view", Contact) is False


# Attacks that fail


def test_records_are_asked_for_as_they_are_stored():
    """Unsaved, faked in memory, deferred, deleted: the database says whose they are."""
    sam = User.objects.get(pk=person("sam", "user").pk)
    others = Contact.objects.create(last_name="Others")
    faked = Contact(pk=others.pk, owner=sam, last_name="Mine")
    assert not sam.has_perm("contacts.view", faked)
    assert not sam.has_perm("contacts.view", Contact(owner=sam))
    mine = Contact.objects.create(last_name="Mine", owner=sam)
    assert sam.has_perm("contacts.view", Contact.objects.only("pk").get(pk=mine.pk))
    Contact.objects.filter(pk=mine.pk).update(deleted_at="2026-01-01T00:00Z")
    assert not sam.has_perm("contacts.view", mine)


ODD = ["CONTACTS.VIEW", " contacts.view", "contacts.view\n", "ｃontacts.view", "contacts.view\x00"]


@pytest.mark.parametrize("name", [*ODD, "", ".", "\ud800", None, 5, b"contacts.view"], ids=ascii)
def test_no_other_spelling_of_a_code_gives_it(name):
    olga = owner()
    contact = Contact.objects.create(last_name="Doe")
    assert olga.has_perm(name) is False and olga.has_perm(name, contact) is False


def test_an_open_session_is_worth_nothing_from_the_next_request_on():
    """Each door, allauth's own ones included."""
    client = signed_in("sue", "owner")
    assert client.get("/roles/role/").status_code == 200
    User.objects.filter(username="sue").update(state="suspended")
    for url in ("/", "/roles/role/", "/password_change/", "/auth/email/", "/auth/password/change/"):
        assert client.get(url).status_code == 302
    assert client.post("/roles/role/add/", {"name": "Late"}).status_code == 302
    assert not Role.objects.filter(name="Late").exists()
