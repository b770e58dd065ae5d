"""Sharing a record by hand: who may, with whom, what it gives, and when it ends (R19)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership
from accounts.models.user import State
from crm.models import Contact, ContactShare
from roles import policy
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry
from roles.registry import registry
from roles.services.records import delete_record, restore_record
from roles.services.sharing import receiver_named, share_record, unshare_record
from tests.factories import fetch, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
CONTACTS = registry.module("contacts")


@pytest.fixture
def people():
    """Ann owns a contact; Ben and Cid have the same role and reach nothing of hers."""
    role = make_role(permissions="contacts.view contacts.edit contacts.delete")
    return [make_user(name, role) for name in ("ann", "ben", "cid")]


@pytest.fixture
def contact(people):
    return Contact.objects.create(last_name="Lee", owner=people[0])


def rights(user, record):
    """Give what the person may do with the record, as their next request finds it."""
    user = fetch(user)
    if user is None:
        return None
    codes = ("view", "edit", "delete", "export")
    return {a for a in codes if user.has_perm(f"contacts.{a}", record)}


@pytest.mark.parametrize(("give", "expected"), [("view", {"view"}), ("edit", {"view", "edit"})])
def test_a_share_gives_what_it_says_to_its_receiver_alone(people, contact, give, expected):
    ann, ben, cid = people
    share_record(acting_user=ann, record=contact, receiver=ben, give=give)
    assert (rights(ben, contact), rights(cid, contact)) == (expected, set())


def test_a_share_with_a_team_counts_for_its_members_as_they_are_now(people, contact):
    ann, ben, cid = people
    team = make_team("alpha", ben)
    share_record(acting_user=ann, record=contact, receiver=team, give="edit")
    assert (rights(ben, contact), rights(cid, contact)) == ({"view", "edit"}, set())
    team.members.add(cid)
    Membership.objects.filter(user=ben).delete()
    assert (rights(ben, contact), rights(cid, contact)) == (set(), {"view", "edit"})


def test_sharing_again_changes_what_the_share_gives(people, contact):
    ann, ben, _cid = people
    for give, expected in (("edit", {"view", "edit"}), ("view", {"view"})):
        share_record(acting_user=ann, record=contact, receiver=ben, give=give)
        assert rights(ben, contact) == expected
    assert ContactShare.objects.count() == 1


def test_who_may_not_edit_may_not_share(people, contact):
    ann, ben, cid = people
    with pytest.raises(Refused, match="R13"):
        share_record(acting_user=cid, record=contact, receiver=cid, give="view")
    share_record(acting_user=ann, record=contact, receiver=cid, give="view")
    with pytest.raises(Refused, match="R13"):
        share_record(acting_user=cid, record=contact, receiver=ben, give="view")
    assert rights(ben, contact) == set()


def test_who_edits_by_a_share_may_share_on_and_take_back(people, contact):
    """R19: whoever may edit a record may share it, and take the share back."""
    ann, ben, cid = people
    share_record(acting_user=ann, record=contact, receiver=ben, give="edit")
    share = share_record(acting_user=ben, record=contact, receiver=cid, give="edit")
    assert rights(cid, contact) == {"view", "edit"}
    unshare_record(acting_user=cid, share=share)
    assert rights(cid, contact) == set()


def test_who_may_not_edit_takes_no_share_back(people, contact):
    ann, ben, cid = people
    share = share_record(acting_user=ann, record=contact, receiver=ben, give="edit")
    with pytest.raises(Refused):
        unshare_record(acting_user=cid, share=share)
    assert rights(ben, contact) == {"view", "edit"}
    unshare_record(acting_user=ann, share=share)
    unshare_record(acting_user=ann, share=share)  # gone already: there is nothing left to take
    assert rights(ben, contact) == set()


@pytest.mark.parametrize("give", ["delete", "export", "", "*", None])
def test_nothing_but_view_and_edit_is_given(people, contact, give):
    ann, ben, _cid = people
    with pytest.raises(Refused, match="R19"):
        share_record(acting_user=ann, record=contact, receiver=ben, give=give)
    assert not ContactShare.objects.exists()


def test_nobody_shares_who_is_shut_out(people, contact):
    """R1."""
    from django.contrib.auth.models import AnonymousUser

    ann, ben, _cid = people
    ann.state = State.SUSPENDED
    ann.save()
    for nobody in (ann, AnonymousUser()):
        with pytest.raises(Refused):
            share_record(acting_user=nobody, record=contact, receiver=ben, give="view")


def test_a_share_outlasts_its_givers_rights_and_not_its_receivers(people, contact):
    """R19: it ends with the record it opens, not with its giver's rights."""
    ann, ben, _cid = people
    share_record(acting_user=ann, record=contact, receiver=ben, give="view")
    ann.role_assignments.get().delete()
    assert rights(ben, contact) == {"view"}
    ben.role_assignments.get().delete()
    assert rights(ben, contact) == set()


def test_a_share_rests_in_the_trash_and_comes_back_with_the_record(people, contact):
    """R13, R19, R26."""
    ann, ben, _cid = people
    share_record(acting_user=ann, record=contact, receiver=ben, give="edit")
    delete_record(acting_user=ann, record=contact)
    assert rights(ben, contact) == set()
    with pytest.raises(Refused):
        share_record(acting_user=ann, record=contact, receiver=ben, give="view")
    restore_record(acting_user=ann, record=contact)
    assert rights(ben, contact) == {"view", "edit"}


def test_a_share_never_meets_the_successor_of_its_record(people, contact):
    """Threat 22: a row that is gone for good takes its shares along."""
    ann, ben, _cid = people
    share_record(acting_user=ann, record=contact, receiver=ben, give="edit")
    key = contact.pk
    Contact.objects.filter(pk=key).delete()
    again = Contact.objects.create(pk=key, last_name="Other", owner=ann)
    assert rights(ben, again) == set()


def test_a_share_makes_fields_readable_as_its_receivers_roles_show_them(people, contact):
    """R16, R19: each role that gives the action, with its own fields."""
    ann, _ben, _cid = people
    veil = make_role(permissions="contacts.view", fields={"contacts": {"phone": "hidden"}})
    eva = make_user("eva", veil)
    share_record(acting_user=ann, record=contact, receiver=eva, give="edit")
    mask = policy.field_mask(fetch(eva), contact)
    assert "phone" not in mask.readable
    assert "notes" in mask.readable
    assert not mask.writable


def test_each_change_of_a_share_is_logged_with_its_receiver(people, contact):
    """D13."""
    ann, ben, _cid = people
    team = make_team("alpha")
    share_record(acting_user=ann, record=contact, receiver=team, give="view")
    share_record(acting_user=ann, record=contact, receiver=team, give="view")
    share = share_record(acting_user=ann, record=contact, receiver=team, give="edit")
    unshare_record(acting_user=ann, share=share)
    entries = AuditEntry.objects.filter(subject_id=contact.pk).order_by("pk")
    assert [(e.action, e.changes[0]["old"], e.changes[0]["new"]) for e in entries] == [
        ("record.shared", None, "view"),
        ("record.shared", "view", "edit"),
        ("record.unshared", "edit", None),
    ]
    assert {e.changes[0]["team"] for e in entries} == {"alpha"}
    assert {e.actor for e in entries} == {ann}
    share_record(acting_user=ann, record=contact, receiver=ben, give="view")
    assert AuditEntry.objects.order_by("pk").last().changes[0]["user"] == "ben"


@pytest.mark.parametrize("names", [{}, {"user": "ben", "team": "alpha"}])
def test_a_share_is_with_one_person_or_one_team(people, names):
    make_team("alpha")
    with pytest.raises(Invalid):
        receiver_named(CONTACTS, **names)


def test_a_receiver_is_found_by_name_and_only_who_can_sign_in(people):
    _ann, ben, cid = people
    team = make_team("alpha")
    cid.is_active = False
    cid.save()
    assert receiver_named(CONTACTS, user="ben") == ben
    assert receiver_named(CONTACTS, team="alpha") == team
    said = set()
    for unknown in ("cid", "nobody", "Ben\x00"):
        with pytest.raises(Invalid) as refused:
            receiver_named(CONTACTS, user=unknown)
        said.add(str(refused.value).replace(unknown, "…"))
    assert len(said) == 1
    with pytest.raises(Invalid):
        receiver_named(CONTACTS, team="beta")


@pytest.mark.parametrize("values", [{}, {"both": True}, {"give": "delete"}, {"twice": True}])
def test_the_database_holds_no_share_that_means_nothing(people, contact, values):
    _ann, ben, _cid = people
    team = make_team("alpha")
    row = {"record": contact, "give": values.get("give", "view")}
    if values:
        row["user"] = ben
    if "both" in values:
        row["team"] = team
    if "twice" in values:
        ContactShare.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactShare.objects.create(**row)


def test_shares_cost_a_list_and_its_masks_no_query(people, contact, django_assert_num_queries):
    ann, ben, _cid = people
    for number in range(5):
        more = Contact.objects.create(last_name=f"{number}", owner=ann)
        share_record(acting_user=ann, record=more, receiver=ben, give="view")
    ben = fetch(ben)
    policy.check(ben, "contacts.view")
    with django_assert_num_queries(1):
        page = list(policy.with_masks(Contact.objects.accessible_by(ben), ben))
        masks = policy.field_masks(ben, page)
    assert len(page) == 5
    assert all("phone" in mask.readable for mask in masks.values())
