"""The trash: what each may take out of it, and nothing of what is not theirs (R13, R23, R26)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.people import delete_person
from crm.models import Contact
from roles.models import AuditEntry
from tests.factories import fetch, make_user

from .people import LIST, browser_of, manager_like, with_rights, words

pytestmark = pytest.mark.django_db
TRASH = f"{LIST}trash/"
CONTACTS = "/crm/contact/"


def gone(person) -> User:
    """Put somebody into the trash, whoever they are."""
    User.objects.filter(pk=person.pk).update(deleted_at=timezone.now())
    return person


def restore(client, person, trash=TRASH):
    return client.post(f"{trash}{person.pk}/restore/")


def is_back(record) -> bool:
    record.refresh_from_db()
    return record.deleted_at is None


@pytest.fixture
def ann(db):
    return gone(make_user("ann", "user", first_name="Ann", last_name="Lee", email="ann@x.example"))


@pytest.fixture
def peer(db):
    return gone(make_user("pat", "manager", first_name="Pat"))


def test_a_deleted_person_waits_in_the_trash_and_comes_back_as_they_were(owner):
    """D13: who deleted them, and the entry of both."""
    ann = make_user("ann", "user", first_name="Ann", last_name="Lee", state="suspended")
    delete_person(acting_user=fetch(User.objects.get(username="olga")), person=ann)
    page = owner.get(TRASH)
    assert "Ann Lee" in words(page) and "by olga" in words(page)
    said = words(owner.post(f"{TRASH}{ann.pk}/restore/", follow=True))
    assert "“Ann Lee” is out of the trash." in said
    assert "Deleted users that you may restore will stand here. There are none." in said
    ann.refresh_from_db()
    assert (ann.deleted_at, ann.state) == (None, "suspended")
    assert AuditEntry.objects.get(action="user.undeleted").actor.username == "olga"


def test_the_list_leads_to_it_whoever_may_delete_and_nobody_else(ann):
    link = f'href="{TRASH}"'
    assert link in manager_like().get(LIST).content.decode()
    client = with_rights("max", "users.view users.edit")
    assert link not in client.get(LIST).content.decode()
    assert client.get(TRASH).status_code == 403
    assert restore(client, ann).status_code == 403 and not is_back(ann)


def test_it_holds_whom_one_manages_and_no_peer(ann, peer):
    """D3; a forged post finds what is not there as what never was (R23)."""
    client = manager_like()
    said = words(client.get(TRASH))
    assert "Ann Lee" in said and "Pat" not in said
    refused, never = restore(client, peer), client.post(f"{TRASH}999999/restore/")
    assert (refused.status_code, refused.url) == (never.status_code, never.url) == (302, TRASH)
    assert not is_back(peer)
    for key, status in (("x", 302), ("-1", 302), ("٣", 302), ("1%00", 400)):
        assert client.post(f"{TRASH}{key}/restore/").status_code == status
    assert restore(client, ann).status_code == 302 and is_back(ann)


def test_of_several_the_named_one_comes_back(owner, ann, peer):
    cid = gone(make_user("cid"))
    assert "“Pat” is out of the trash." in words(
        owner.post(f"{TRASH}{peer.pk}/restore/", follow=True)
    )
    assert [is_back(one) for one in (ann, peer, cid)] == [False, True, False]


def test_there_is_none_where_nothing_is_kept():
    """Roles are deleted for good."""
    for page in ("trash", "restore"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:roles_role_{page}")


def test_who_is_alive_is_not_restored(owner):
    ben = make_user("ben", "user")
    assert "It is not in the trash any more." in words(
        owner.post(f"{TRASH}{ben.pk}/restore/", follow=True)
    )
    assert not AuditEntry.objects.filter(action="user.undeleted").exists()


def test_an_address_that_somebody_else_has_by_now_is_said_and_nobody_comes_back(ann, owner):
    make_user("other", email="ANN@x.example")
    answer = restore(owner, ann)
    assert answer.status_code == 400 and not is_back(ann)
    said = words(answer)
    assert "Somebody has their e-mail address by now. That account needs another one" in said
    assert "Nothing was changed." in said


def test_a_hidden_name_stays_hidden(ann):
    """R16."""
    rights, fields = "users.view users.delete", {"users": {"last_name": "hidden"}}
    client = with_rights("mia", rights, fields=fields)
    said = words(client.get(TRASH))
    assert f"User {ann.pk}" in said and "Lee" not in said
    assert "Lee" not in words(client.post(f"{TRASH}{ann.pk}/restore/", follow=True))
    assert is_back(ann)


def test_who_is_out_gets_nothing_and_nothing_is_done_by_a_link(ann, owner):
    """R1."""
    assert Client().get(TRASH).status_code == 302
    assert restore(Client(), ann).status_code == 302
    assert owner.get(f"{TRASH}{ann.pk}/restore/").status_code == 405
    client = with_rights("mia", "users.view users.delete")
    assert client.get(TRASH).status_code == 200
    User.objects.filter(username="mia").update(state="suspended")
    assert restore(client, ann).status_code == 302 and not is_back(ann)


def test_records_have_the_same_page_within_reach(db):
    """R9, R13: by the scopes for delete, as if they were not deleted."""
    client = with_rights("mia", "contacts.view contacts.delete", records={"contacts": "own"})
    mia, now = User.objects.get(username="mia"), timezone.now()
    mine = Contact.objects.create(last_name="Mine", owner=mia, deleted_at=now)
    other = Contact.objects.create(last_name="Others", owner=make_user(), deleted_at=now)
    trash = f"{CONTACTS}trash/"
    assert f'href="{trash}"' in client.get(CONTACTS).content.decode()
    said = words(client.get(trash))
    assert "Mine" in said and "Others" not in said
    for record in (mine, other):
        assert restore(client, record, trash).status_code == 302
    assert is_back(mine) and not is_back(other)
    assert browser_of(make_user("sam", "user")).get(trash).status_code == 403


def test_queries_do_not_grow_with_what_lies_there(owner, ann, django_assert_num_queries):
    owner.get(TRASH)
    with CaptureQueriesContext(connection) as counted:
        owner.get(TRASH)
    few = len(counted)
    olga = fetch(User.objects.get(username="olga"))
    for number in range(12):
        delete_person(acting_user=olga, person=make_user(f"p{number}", "user"))
    owner.get(TRASH)
    with django_assert_num_queries(few + 2):  # who deleted them: nobody did before
        assert words(owner.get(TRASH)).count("by olga") == 12
