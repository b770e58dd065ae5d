"""Undo of changes of records and of their shares: as the actor could do by hand, or not at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from crm.models import Account, Contact, ContactShare, Deal, Project
from roles import policy
from roles.core.errors import Blocked, Refused
from roles.models import AuditEntry
from roles.registry import registry
from roles.services.records import change_record, create_record, delete_record, restore_record
from roles.services.sharing import share_record, unshare_record
from roles.services.undoing import can_be_undone, undo
from tests.factories import fetch, make_role, make_team, make_user

from .catalogues import another_release, installed

pytestmark = pytest.mark.django_db
CODES = "contacts.view contacts.edit contacts.delete activities.view activities.undo"
ALL = {"contacts": "all"}


@pytest.fixture
def olga(db):
    return fetch(make_user("olga", "owner"))


@pytest.fixture
def doe(olga):
    return create_record(acting_user=olga, record=Contact(last_name="Doe", phone="1"))


def editor(username="edi", permissions=CODES, **values):
    return fetch(make_user(username, make_role(permissions=permissions, **values)))


def last():
    return AuditEntry.objects.order_by("pk").last()


def change(olga, record, many=None, **values):
    record = type(record)._base_manager.get(pk=record.pk)
    for name, value in values.items():
        setattr(record, name, value)
    change_record(acting_user=olga, record=record, many=many or {})
    return last()


def stored(record, *names):
    found = type(record)._base_manager.get(pk=record.pk)
    return tuple(getattr(found, name) for name in names)


def refuse(actor, entry, error=Blocked, match="moved on"):
    """Expect a refusal that leaves no trace."""
    count = AuditEntry.objects.count()
    with pytest.raises(error, match=match):
        undo(acting_user=actor, entry=entry)
    assert AuditEntry.objects.count() == count


# Fields


def test_fields_go_back_whatever_they_hold(olga):
    acme, north = (Account.objects.create(name=name) for name in ("Acme", "North"))
    ann = make_user("ann")
    contact = Contact.objects.create(last_name="Doe", account=acme)
    entry = change(
        olga, contact, last_name="Roe", account=north, birth_date="1990-01-02", owner=ann
    )
    made = undo(acting_user=olga, entry=entry)
    names = ("last_name", "account", "birth_date", "owner")
    assert stored(contact, *names) == ("Doe", acme, None, None)
    assert (made.action, made.undoes, made.actor) == ("record.changed", entry, olga)
    undo(acting_user=olga, entry=made)
    assert stored(contact, *names) == ("Roe", north, date(1990, 1, 2), ann)


def test_numbers_and_choices_go_back(olga):
    deal = Deal.objects.create(name="Big", amount=1, won=True)
    entry = change(olga, deal, amount="1234567.5", won=False)
    undo(acting_user=olga, entry=entry)
    assert stored(deal, "amount", "won") == (Decimal(1), True)


def test_references_to_many_go_back(olga):
    ann, ben = make_user("ann"), make_user("ben")
    project = Project.objects.create(name="Move")
    project.members.set([ann])
    entry = change(olga, project, many={"members": [ben]})
    made = undo(acting_user=olga, entry=entry)
    assert list(project.members.all()) == [ann]
    undo(acting_user=olga, entry=made)
    assert list(project.members.all()) == [ben]
    project.members.clear()
    refuse(olga, entry)


def test_what_changed_twice_goes_back_the_newer_first(olga, doe):
    older, newer = change(olga, doe, phone="2"), change(olga, doe, phone="3")
    refuse(olga, older)
    undo(acting_user=olga, entry=newer)
    undo(acting_user=olga, entry=older)
    assert stored(doe, "phone") == ("1",)
    refuse(olga, older)


def test_another_field_that_changed_since_stays(olga, doe):
    entry = change(olga, doe, phone="2")
    change(olga, doe, title="Boss")
    undo(acting_user=olga, entry=entry)
    assert stored(doe, "phone", "title") == ("1", "Boss")


def test_a_change_is_undone_whole_or_not_at_all(olga, doe):
    """R17: a field that the actor reads and may not write is named."""
    entry = change(olga, doe, phone="2", title="Boss")
    fields = {"contacts": {"title": "read_only"}}
    refuse(editor(records=ALL, fields=fields), entry, Refused, "“title”")
    assert stored(doe, "phone", "title") == ("2", "Boss")
    undo(acting_user=editor("abe", records=ALL), entry=entry)
    assert stored(doe, "phone", "title") == ("1", "")


def test_a_hidden_field_is_no_part_of_it_and_betrays_nothing(olga, doe):
    """R23, threats 8 and 12: neither a refusal nor a word tells that it changed as well."""
    entry = change(olga, doe, phone="2", title="Boss")
    actor = editor(records=ALL, fields={"contacts": {"title": "hidden"}})
    change(olga, doe, title="Chief")
    undo(acting_user=actor, entry=entry)
    assert stored(doe, "phone", "title") == ("1", "Chief")
    hidden_only = change(olga, doe, title="x")
    refuse(actor, hidden_only, Refused, "no such activity")


@pytest.mark.parametrize(
    ("permissions", "records", "match"),
    [
        (CODES.replace("contacts.edit ", ""), ALL, "“phone”"),
        (CODES, {"contacts": {"*": "all", "edit": "own"}}, "“phone”"),
        (CODES, {"contacts": "own"}, "no such activity"),
        (CODES.replace("activities.undo", ""), ALL, "Undo an activity"),
        (CODES.replace("activities.view", ""), ALL, "no such activity"),
    ],
)
def test_nobody_undoes_what_they_could_not_do_by_hand(olga, doe, permissions, records, match):
    entry = change(olga, doe, phone="2")
    refuse(editor(permissions=permissions, records=records), entry, Refused, match)
    undo(acting_user=editor("abe", records=ALL), entry=entry)


def test_nobody_points_back_at_what_is_out_of_reach_or_gone(olga):
    """R24: in the same words."""
    codes = f"{CODES} accounts.view"
    actor = editor(permissions=codes, records=ALL)
    for after in (lambda acme: None, lambda acme: delete_record(acting_user=olga, record=acme)):
        acme = Account.objects.create(name="Acme")
        contact = Contact.objects.create(last_name="Doe", account=acme)
        entry = change(olga, contact, account=None)
        after(acme)
        refuse(actor, entry, Refused, "not in reach, or at none")
    mine = Account.objects.create(name="Mine", owner=actor)
    contact = Contact.objects.create(last_name="Doe", account=mine)
    undo(acting_user=actor, entry=change(olga, contact, account=None))
    assert stored(contact, "account") == (mine,)


def test_an_owner_goes_back_only_to_whom_the_actor_may_give_it(olga):
    """R18."""
    ann, edi = make_user("ann"), editor(records={"contacts": {"*": "all", "edit": "own"}})
    contact = Contact.objects.create(last_name="Doe", owner=ann)
    entry = change(olga, contact, owner=edi)
    refuse(edi, entry, Refused, "“owner”")
    undo(acting_user=olga, entry=entry)
    assert stored(contact, "owner") == (ann,)


def test_what_the_model_refuses_by_now_is_said(olga):
    project = Project.objects.create(name="Move", end_date=date(2026, 1, 1))
    entry = change(olga, project, end_date="2026-12-31")
    change(olga, project, start_date="2026-06-01")
    refuse(olga, entry, Blocked, "A project cannot end before it starts")


def test_a_record_in_the_trash_or_gone_has_moved_on(olga, doe):
    entry = change(olga, doe, phone="2")
    delete_record(acting_user=olga, record=doe)
    refuse(olga, entry)
    Contact._base_manager.filter(pk=doe.pk)._raw_delete("default")
    refuse(olga, entry)


# There and gone


def test_a_new_record_goes_to_the_trash_and_comes_back(olga, doe):
    entry = AuditEntry.objects.get(action="record.created")
    made = undo(acting_user=olga, entry=entry)
    assert made.action == "record.deleted" and stored(doe, "deleted_at") != (None,)
    refuse(olga, entry)
    back = undo(acting_user=olga, entry=made)
    assert back.action == "record.restored" and stored(doe, "deleted_at") == (None,)
    refuse(olga, made)
    undo(acting_user=olga, entry=back)
    assert stored(doe, "deleted_at") != (None,)


@pytest.mark.parametrize("values", [{"phone": "2"}, {"title": "Boss"}, {"last_name": "Roe"}])
def test_a_new_record_that_was_changed_since_stays(olga, doe, values):
    entry, changed = AuditEntry.objects.get(action="record.created"), change(olga, doe, **values)
    refuse(olga, entry)
    undo(acting_user=olga, entry=changed)
    undo(acting_user=olga, entry=entry)


def test_whether_a_hidden_field_changed_since_is_not_told(olga, doe):
    """R23."""
    entry = AuditEntry.objects.get(action="record.created")
    change(olga, doe, title="Boss")
    actor = editor(records=ALL, fields={"contacts": {"title": "hidden"}})
    undo(acting_user=actor, entry=entry)


def test_deleting_and_restoring_need_delete(olga, doe):
    """R26."""
    created = AuditEntry.objects.get(action="record.created")
    delete_record(acting_user=olga, record=doe)
    deleted = last()
    restore_record(acting_user=olga, record=doe)
    restored = last()
    lacking = editor(permissions=CODES.replace("contacts.delete ", ""), records=ALL)
    for entry in (created, restored):
        refuse(lacking, entry, Refused, "contacts.delete")
    delete_record(acting_user=olga, record=doe)
    refuse(lacking, deleted, Refused, "no such activity")
    undo(acting_user=editor("abe", records=ALL), entry=deleted)


def test_without_a_trash_there_is_no_way_back(olga, doe):
    entry = AuditEntry.objects.get(action="record.created")
    changed = change(olga, doe, phone="2")
    bare = replace(registry.module("contacts"), deleted_field=None)
    with installed(another_release(modules=[bare])):
        assert not can_be_undone(entry) and can_be_undone(changed)
        refuse(fetch(olga), entry, Blocked, "have no trash")


# Shares (R19)


def share(olga, record, receiver, give="view"):
    share_record(acting_user=olga, record=record, receiver=receiver, give=give)
    return last()


def given(record):
    return {str(one.receiver): one.give for one in ContactShare.of(record)}


def test_a_share_is_taken_back_changed_back_and_given_again(olga, doe):
    ann, team = make_user("ann"), make_team("alpha")
    first = share(olga, doe, ann)
    to_team = share(olga, doe, team, "edit")
    wider = share(olga, doe, ann, "edit")
    refuse(olga, first)
    undo(acting_user=olga, entry=wider)
    assert given(doe) == {"ann": "view", "Alpha": "edit"}
    taken = undo(acting_user=olga, entry=first)
    undo(acting_user=olga, entry=to_team)
    assert given(doe) == {}
    undo(acting_user=olga, entry=taken)
    assert given(doe) == {"ann": "view"}
    refuse(olga, taken)


def test_a_share_goes_to_the_person_and_not_to_the_next_one_of_their_name(olga, doe):
    """Threat 22."""
    ann = make_user("ann")
    share(olga, doe, ann)
    unshare_record(acting_user=olga, share=ContactShare.objects.get())
    taken = last()
    User.objects.filter(pk=ann.pk).update(username="anna")
    make_user("ann")
    undo(acting_user=olga, entry=taken)
    assert given(doe) == {"anna": "view"}


def test_a_share_is_not_given_again_to_who_is_out_but_taken_back_from_them(olga, doe):
    ann = make_user("ann")
    entry = share(olga, doe, ann)
    User.objects.filter(pk=ann.pk).update(state="suspended")
    taken = undo(acting_user=olga, entry=entry)
    assert given(doe) == {}
    refuse(olga, taken)


def test_a_share_is_undone_by_who_could_share(olga, doe):
    entry = share(olga, doe, make_user("ann"), "edit")
    edi = editor(records=ALL)
    undo(acting_user=edi, entry=entry)
    Contact.objects.filter(pk=doe.pk).update(owner=olga)
    share(olga, doe, editor("val", CODES, records={"contacts": {"*": "all", "edit": "own"}}))
    reader = editor("rea", CODES, records={"contacts": {"*": "all", "edit": "own"}})
    refuse(reader, last(), Refused, "no such activity")


def test_nobody_gives_again_more_than_they_have(olga, doe):
    """R19: at most what they may do themselves; they must edit to share at all."""
    ann = make_user("ann")
    taken_back = undo(acting_user=olga, entry=share(olga, doe, ann, "edit"))
    edi = editor(records=ALL)
    User.objects.get(pk=edi.pk).role_assignments.get().role.grants.filter(
        permission_id="contacts.edit"
    ).delete()
    refuse(fetch(edi), taken_back, Refused, "no such activity")
    assert given(doe) == {}


def test_the_key_of_a_receiver_is_for_no_reader(olga, doe):
    entry = share(olga, doe, make_user("ann"))
    assert "receiver" in entry.changes[0]
    (seen,) = policy.seen_entries(olga, [entry])
    assert seen.changes == ({"field": "shares", "old": None, "new": "view", "user": "ann"},)
