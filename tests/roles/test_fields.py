"""Masks and the rules of writing, asked of the policy itself (R10, R15-R18, R21, R24)."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models.signals import pre_save

from crm.models import Account, Contact, Project, Task
from roles import policy
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused, UnknownName
from roles.core.vocabulary import FieldLevel
from roles.registry import registry
from roles.services.records import change_record, create_record
from roles.services.role import change_role
from tests.factories import fetch, make_role, make_user

pytestmark = pytest.mark.django_db
CONTACTS = "contacts.view contacts.create contacts.edit"


@pytest.fixture
def ann(db):
    """Worked example 1: A shows all without the phone, B lets her work on her own."""
    make_role(
        "a",
        permissions="contacts.view",
        records={"contacts": "all"},
        fields={"contacts": {"phone": "hidden"}},
    )
    make_role("b", permissions=CONTACTS, fields={"contacts": {"title": "read_only"}})
    return fetch(make_user("ann", "a", "b"))


@pytest.fixture
def ben(db):
    return make_user("ben")


def contact(owner=None, **values):
    return Contact.objects.create(last_name="Doe", owner=owner, **values)


# Masks


def test_worked_example_1(ann, ben):
    mine, theirs = contact(ann), contact(ben)
    masks = policy.field_masks(ann, [mine, theirs])
    assert "phone" in masks[mine.pk].readable & masks[mine.pk].writable
    assert "phone" not in masks[theirs.pk].readable
    assert "title" in masks[theirs.pk].readable and not masks[theirs.pk].writable


def test_masks_of_a_page_cost_one_query_or_come_with_the_page(ann, ben, django_assert_num_queries):
    page = [contact(ann if n % 2 else ben) for n in range(50)]
    policy.access_for(ann)
    with django_assert_num_queries(1):
        masks = policy.field_masks(ann, page)
    with django_assert_num_queries(1):
        rows = list(policy.with_masks(Contact.objects.all(), ann))
        assert policy.field_masks(ann, rows) == masks
    assert len(masks) == 50


def test_masks_that_came_for_one_person_are_not_another_s(ann, ben):
    contact(ann)
    rows = list(policy.with_masks(Contact.objects.all(), ann))
    make_role("c", permissions="contacts.view")
    bob = fetch(make_user("bob", "c", "b"))
    (mask,) = policy.field_masks(bob, rows).values()
    assert mask.readable == frozenset()


def test_what_is_only_held_in_memory_decides_nothing(ann, ben):
    theirs = contact(ben)
    theirs.owner = ann
    assert "phone" not in policy.field_mask(ann, theirs).readable
    assert not policy.check_write(ann, theirs, "last_name")


@pytest.mark.parametrize("asker", ["anonymous", "deactivated", "without roles"])
def test_who_has_nothing_reads_and_writes_nothing(asker):
    user = {
        "anonymous": AnonymousUser(),
        "deactivated": make_user("dan", "owner", is_active=False),
        "without roles": make_user("eve"),
    }[asker]
    mine = contact(None if asker == "anonymous" else user)
    mask = policy.field_mask(user, mine)
    assert not mask.readable and not mask.writable
    assert not policy.check_create(user, "contacts", {})


def test_what_is_no_field_is_no_field(ann):
    """R21: also a column that nobody can govern."""
    mine = contact(ann)
    for name in ("nonsense", "id", "deleted_at", "created_at"):
        assert policy.check_read(ann, mine, name).concealed
        assert policy.check_write(ann, mine, name).concealed
        with pytest.raises(UnknownName, match=f"There is no field “{name}”"):
            policy.readable_on(Contact.objects.all(), ann, name)


def test_a_field_hidden_everywhere_is_answered_as_none(ben):
    make_role("c", permissions="contacts.view", fields={"contacts": {"notes": "hidden"}})
    cat = make_user("cat", "c")
    contact(cat, notes="secret")
    for ask in (policy.readable_on, lambda q, u, f: policy.masked_value(u, q.model, f)):
        with pytest.raises(UnknownName, match="There is no field “notes”"):
            ask(Contact.objects.all(), cat, "notes")


def test_rows_that_hide_a_value_count_as_empty(ann, ben):
    mine, theirs = contact(ann, phone="1"), contact(ben, phone="1")
    rows = policy.with_readable(Contact.objects.all(), ann, ["phone"])
    name = policy.readable_name("phone")
    assert list(rows.filter(**{name: "1"})) == [mine]
    assert list(rows.filter(**{name: ""})) == [theirs]
    assert list(policy.readable_on(Contact.objects.all(), ann, "phone")) == [mine]


# Writing


def test_a_read_only_field_is_named_and_a_hidden_one_is_not(ann, ben):
    mine = contact(ann, title="Boss")
    refused = policy.check_write(ann, mine, "title", "Fool")
    assert not refused and not refused.concealed
    assert policy.check_write(ann, contact(ben), "phone", "1").concealed


def test_sending_back_what_stands_there_is_not_writing_it(ann, ben):
    mine, theirs = contact(ann, title="Boss"), contact(ben, phone="1", title="Boss")
    assert policy.check_write(ann, mine, "title", "Boss")
    assert policy.check_write(ann, theirs, "title", "Boss")
    assert not policy.check_write(ann, theirs, "phone", "1")  # she may not read it


def test_one_role_must_reach_the_record_and_have_the_new_owner_in_its_scopes(ann, ben):
    """R15, R18: the scope of one role does not carry the owner field of another."""
    wide = {"contacts": "all"}
    shut = {"contacts": {"owner": "read_only"}}
    make_role("shut", permissions=CONTACTS, records=wide, fields=shut)
    make_role("open", permissions=CONTACTS, records=wide)
    cat, dan = make_user("cat", "b", "shut"), make_user("dan", "b", "open")
    assert not policy.check_write(cat, contact(cat), "owner", ben)
    assert policy.check_write(dan, contact(dan), "owner", ben)
    assert list(policy.possible_owners(cat, registry.module("contacts"), "edit", contact(cat))) == [
        cat
    ]


def test_a_reference_points_at_what_is_in_reach_only(ann):
    """R24: one out of reach is answered as one that never was."""
    make_role("seer", permissions=f"{CONTACTS} accounts.view")
    sue = make_user("sue", "seer")
    mine, seen = contact(sue), Account.objects.create(name="Seen", owner=sue)
    unseen = Account.objects.create(name="Unseen")
    assert policy.check_write(sue, mine, "account", seen)
    refused = [policy.check_write(sue, mine, "account", key) for key in (unseen.pk, 99999, "x")]
    assert not any(refused) and len({decision.because for decision in refused}) == 1


def test_a_field_with_many_values_is_nothing_to_ask_a_list_by(ben):
    """R24: whoever it leads to may be out of reach; and a join would list the record twice."""
    shut = make_role(
        permissions="projects.view",
        records={"projects": "all"},
        fields={"projects": {"members": "hidden"}},
    )
    role = make_role(permissions="projects.view", records={"projects": "own"})
    never, reader, mixed = (make_user("", *roles) for roles in ([shut], [role], [shut, role]))
    mine = Project.objects.create(name="Mine", owner=mixed)
    mine.members.set([ben, mixed])
    Project.objects.create(name="Bens", owner=ben).members.set([ben])
    with pytest.raises(UnknownName, match="no field"):
        policy.masked_value(never, Project, "members")
    for user in (reader, mixed):
        with pytest.raises(UnknownName, match="many values"):
            policy.masked_value(user, Project, "members")
    assert list(policy.readable_on(Project.objects.all(), mixed, "members")) == [mine]
    asked = policy.with_readable(Project.objects.all(), mixed, ["members", "name"])
    assert asked.filter(readable_name="Mine").get() == mine
    assert asked.order_by("readable_name").count() == 2


# Creating


def test_each_value_of_a_new_record_is_judged_by_itself(ann, ben):
    make_role("giver", permissions="contacts.create", records={"contacts": "all"})
    gil = make_user("gil", "b", "giver")
    assert policy.check_create(gil, "contacts", {"owner": ben, "title": "Boss"})
    assert policy.check_create(gil, "contacts", {"owner": None})
    assert policy.check_create(ann, "contacts", {"owner": ann, "phone": "1"})
    for values in (
        {"title": "x"},
        {"owner": ben},
        {"owner": None},
        {"nonsense": 1},
        {"owner": "x"},
    ):
        assert not policy.check_create(ann, "contacts", values), values


def test_the_service_asks_again_and_stores_nothing_that_is_refused(ann, ben):
    with pytest.raises(Refused, match="title"):
        create_record(acting_user=ann, record=Contact(last_name="N", title="x", owner=ann))
    with pytest.raises(Refused):
        create_record(acting_user=ann, record=Contact(last_name="N", owner=ben))
    assert not Contact.objects.exists()
    made = create_record(acting_user=ann, record=Contact(last_name="N", owner=ann))
    made.title = "Boss"
    with pytest.raises(Refused, match="title"):
        change_record(acting_user=ann, record=made)


def test_a_new_record_is_looked_at_again_as_it_was_stored(db, ben):
    """R15, R17: where storing it gives it another owner, no field is set that may not be there."""
    hidden = {"contacts": {"phone": "hidden"}}
    make_role("wide", permissions=CONTACTS, records={"contacts": "all"}, fields=hidden)
    make_role("mine", permissions=CONTACTS)
    cid = fetch(make_user("cid", "wide", "mine"))

    def made(**values):
        return create_record(acting_user=cid, record=Contact(last_name="N", owner=cid, **values))

    def give_away(instance, **kwargs):
        instance.owner = ben

    assert made(phone="1").owner == cid
    pre_save.connect(give_away, sender=Contact)
    try:
        assert made().owner == ben
        with pytest.raises(Refused, match="phone"):
            made(phone="1")
    finally:
        pre_save.disconnect(give_away, sender=Contact)
    assert Contact.objects.count() == 2


def test_a_feature_on_a_record_needs_its_module_and_view_reach(ben):
    """R14."""
    make_role("commenter", permissions="tasks.view tasks.comment dashboard.view")
    cat = make_user("cat", "commenter")
    mine, theirs = (Task.objects.create(title="T", owner=owner) for owner in (cat, ben))
    assert policy.check(cat, "tasks.comment", mine)
    assert not policy.check(cat, "tasks.comment", theirs)
    assert not policy.check(cat, "dashboard.view", mine)
    assert not policy.check(cat, "tasks.comment", contact(cat))


def test_no_role_names_what_no_door_shows_of_people():
    """R10, R21: a password is no field of the grid; the organisation is."""
    users = registry.module("users")
    assert {"username", "email", "department", "manager"} <= registry.fields_of(users).keys()
    assert not {"password", "is_superuser", "groups"} & registry.fields_of(users).keys()
    owner, role = make_user("olga-of-fields", "owner"), make_role()
    for name, saved in (("email", True), ("password", False)):
        changes = RoleChanges(fields={("users", name): (None, FieldLevel.HIDDEN)})
        if saved:
            assert change_role(acting_user=fetch(owner), role=role, changes=changes)
        else:
            with pytest.raises(Invalid, match="no field “password”"):
                change_role(acting_user=fetch(owner), role=role, changes=changes)
