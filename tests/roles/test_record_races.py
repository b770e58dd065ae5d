"""A record is written while its writer loses it: the write waits, looks again, and is refused.

Two connections meet at the record's row. One holds it, and takes away what lets the other write;
the other has been let in by then, has been shown the record, and waits for the row (habit 6, R28).
"""

import json
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test import Client

from crm.models import Contact
from roles.core import clock
from roles.models import AuditEntry
from roles.services.records import change_record
from tests.factories import fetch, give, make_role, make_user, role_of

from .together import PATIENCE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CODES = "contacts.view contacts.edit contacts.delete"


def patch(client, record):
    body = json.dumps({"title": "New"})
    url = f"/api/v1/contacts/{record.pk}/"
    return client.patch(url, body, content_type="application/json")


def post(client, record):
    sent = {"first_name": "", "last_name": "Doe", "title": "New", "owner": record.owner_id}
    return client.post(f"/crm/contact/{record.pk}/change/", sent)


def delete_over_the_api(client, record):
    return client.delete(f"/api/v1/contacts/{record.pk}/")


def delete_on_the_page(client, record):
    return client.post(f"/crm/contact/{record.pk}/delete/", {"post": "yes"})


def delete_among_others(client, record):
    sent = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    return client.post("/crm/contact/", sent)


CHANGES = [patch, post]
DELETIONS = [delete_over_the_api, delete_on_the_page, delete_among_others]
DONE = {200, 204, 302}


def take_the_permission(record, ann):
    role_of("clerk").permissions.set(["contacts.view"])


def take_the_role(record, ann):
    ann.role_assignments.all().delete()


def narrow_the_field(record, ann):
    values = {"module_id": "contacts", "field": "title", "level": "read_only"}
    role_of("clerk").field_permissions.create(**values)


def give_the_record_away(record, ann):
    Contact.objects.filter(pk=record.pk).update(owner=make_user("ben"))


def shut_the_person_out(record, ann):
    ann.is_active = False
    ann.save(update_fields=["is_active"])


def change_something_else(record, ann):
    Contact.objects.filter(pk=record.pk).update(phone="555")


@pytest.fixture
def ann(transactional_db):
    make_role("clerk", permissions=CODES, records={"contacts": "own"})
    return make_user("ann", "clerk")


@pytest.fixture
def record(ann):
    return Contact.objects.create(last_name="Doe", title="Old", owner=ann)


def meet(ann, record, write, change):
    """Let `change` happen while `write` waits for the record; give the answer to the write."""
    client, held, answers = Client(), Event(), []
    client.force_login(ann)
    pid = []

    def go():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid.append(cursor.fetchone()[0])
            held.wait(PATIENCE)
            answers.append(write(client, record))
        except Exception as error:  # handed to the test, which says what it expected
            answers.append(error)
        finally:
            connection.close()

    thread = Thread(target=go)
    thread.start()
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=record.pk)
        held.set()
        wait_until_blocked(pid, thread)
        change(record, ann)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return answers[0]


def wait_until_blocked(pid, thread):
    """Ask the server until the other connection waits for a lock of ours."""
    while thread.is_alive():
        thread.join(0.02)  # it gets the processor; nothing depends on how long
        with connection.cursor() as cursor:
            if pid:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", pid)
                if cursor.fetchone()[0]:
                    return
    raise AssertionError("The write did not wait for the record.")


LOSSES = [take_the_permission, take_the_role, give_the_record_away, shut_the_person_out]
PAIRS = [(write, loss) for write in CHANGES for loss in LOSSES]
PAIRS += [(write, loss) for write in DELETIONS for loss in LOSSES[1:3]]


@pytest.mark.parametrize(("write", "loss"), PAIRS)
def test_a_write_that_waited_is_refused_when_the_right_to_it_has_gone(ann, record, write, loss):
    answer = meet(ann, record, write, loss)
    assert not isinstance(answer, Exception), answer
    after = Contact.objects.get(pk=record.pk)
    assert (after.title, after.deleted_at) == ("Old", None)
    assert not AuditEntry.objects.filter(actor=ann, action__startswith="record.").exists()
    assert answer.status_code in {403, 404} or write in DELETIONS


@pytest.mark.parametrize("write", CHANGES + DELETIONS)
def test_a_write_that_waited_for_something_else_is_done_and_keeps_it(ann, record, write):
    answer = meet(ann, record, write, change_something_else)
    assert answer.status_code in DONE
    after = Contact.objects.get(pk=record.pk)
    assert after.phone == "555"
    assert after.title == "New" or after.deleted_at is not None


@pytest.mark.parametrize("write", CHANGES)
def test_a_field_that_has_become_read_only_meanwhile_is_not_written(ann, record, write):
    """R17."""
    answer = meet(ann, record, write, narrow_the_field)
    assert answer.status_code not in {204, 302} and Contact.objects.get().title == "Old"


def test_what_the_writer_has_not_seen_is_not_overwritten(ann, record):
    """A program says what it was shown, and finds that it has moved on (412)."""

    def patch_what_was_shown(client, record):
        url, sent = f"/api/v1/contacts/{record.pk}/", json.dumps({"title": "New"})
        headers = {"if-match": mark}
        return client.patch(url, sent, content_type="application/json", headers=headers)

    reader = Client()
    reader.force_login(ann)
    mark = reader.get(f"/api/v1/contacts/{record.pk}/")["ETag"]
    assert meet(ann, record, patch_what_was_shown, change_something_else).status_code == 412
    after = Contact.objects.get(pk=record.pk)
    assert (after.title, after.phone) == ("Old", "555")
    mark = reader.get(f"/api/v1/contacts/{record.pk}/")["ETag"]
    assert patch_what_was_shown(reader, record).status_code == 200


# Shares (R19)


def share_over_the_api(client, record):
    body = json.dumps({"user": "cid", "give": "view"})
    url = f"/api/v1/contacts/{record.pk}/shares/"
    return client.post(url, body, content_type="application/json")


def share_on_the_page(client, record):
    sent = {"share": "1", "user": "cid", "give": "view"}
    return client.post(f"/crm/contact/{record.pk}/shares/", sent)


@pytest.mark.parametrize(
    ("sharing", "loss"),
    [(share_on_the_page, take_the_role), *((share_over_the_api, loss) for loss in LOSSES[1:])],
)
def test_a_share_that_waited_is_refused_when_the_right_to_it_has_gone(ann, record, sharing, loss):
    make_user("cid")
    answer = meet(ann, record, sharing, loss)
    assert not isinstance(answer, Exception), answer
    assert answer.status_code in {403, 404}
    assert not record.shares.exists()


@pytest.mark.parametrize("sharing", [share_over_the_api, share_on_the_page])
def test_a_share_that_waited_for_something_else_is_made(ann, record, sharing):
    make_user("cid")
    answer = meet(ann, record, sharing, change_something_else)
    assert answer.status_code in {201, 302}
    assert record.shares.get().user.username == "cid"


# Undo (D13) and the way back from the trash (R26)


def change_it_again(record, ann):
    Contact.objects.filter(pk=record.pk).update(title="Newest")


@pytest.mark.parametrize(
    ("change", "status", "title"),
    [(change_it_again, 409, "Newest"), (change_something_else, 201, "Old")],
)
def test_an_undo_that_waited_looks_whether_things_have_moved_on(ann, record, change, status, title):
    give(ann, make_role("undoer", permissions="activities.view activities.undo"))
    record.title = "Newer"
    change_record(acting_user=fetch(ann), record=record)
    entry = AuditEntry.objects.latest("pk")

    def undo(client, record):
        return client.post(f"/api/v1/activities/{entry.pk}/undo/", content_type="application/json")

    assert meet(ann, record, undo, change).status_code == status
    assert Contact.objects.get(pk=record.pk).title == title


def restore_over_the_api(client, record):
    return client.post(f"/api/v1/contacts/{record.pk}/restore/", content_type="application/json")


def restore_on_the_page(client, record):
    return client.post(f"/crm/contact/trash/{record.pk}/restore/")


def take_it_out(record, ann):
    Contact.objects.filter(pk=record.pk).update(deleted_at=None)


@pytest.mark.parametrize("restore", [restore_over_the_api, restore_on_the_page])
@pytest.mark.parametrize(("change", "times"), [(take_it_out, 0), (change_something_else, 1)])
def test_a_record_is_taken_out_of_the_trash_once(ann, record, restore, change, times):
    Contact.objects.filter(pk=record.pk).update(deleted_at=clock.now())
    answer = meet(ann, record, restore, change)
    assert not isinstance(answer, Exception), answer
    assert Contact.objects.get(pk=record.pk).deleted_at is None
    assert AuditEntry.objects.filter(action="record.restored", actor=ann).count() == times
