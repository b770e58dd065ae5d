"""Which entries of the log somebody sees, and what of them (R9, R16, R22-R24; threats 8, 12)."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Account, Contact, Lead, Project
from roles import policy
from roles.core.errors import RegistrationError
from roles.models import AuditEntry, AuditField, Module, Role
from roles.registry import Thing, new_registry, registry
from roles.services import audit
from roles.services.assignment import assign_role
from roles.services.records import change_record, create_record, delete_record, restore_record
from roles.services.sharing import share_record
from tests.factories import fetch, give, make_role, make_team, make_user

pytestmark = pytest.mark.django_db


def log(subject, *fields, action="record.changed", actor=None, beside=None, **values):
    """Add an entry, by default a change of the fields named."""
    rows = [{"field": name, "old": f"old {name}", "new": f"new {name}"} for name in fields]
    with transaction.atomic():
        return audit.record(
            acting_user=actor,
            action=action,
            subject=subject,
            beside=beside,
            changes=values.get("changes", rows),
            is_field_change=values.get("is_field_change", action.endswith(".changed")),
        )


def reader(username="rea", permissions="", **values):
    """Give somebody with one role, who may also see the log."""
    return make_user(username, make_role(permissions=f"activities.view {permissions}", **values))


def sees(user):
    """Give the entries on which the single check and the list say yes, which must agree (R22)."""
    user = fetch(user)
    listed = set(AuditEntry.objects.accessible_by(user))
    single = {e for e in AuditEntry.objects.all() if user.has_perm("activities.view", e)}
    assert listed == single
    return listed


def seen(user, entry):
    (found,) = policy.seen_entries(fetch(user), [entry])
    return found


def fields_of(user, entry):
    return [row["field"] for row in seen(user, entry).changes]


# Records


def test_an_entry_is_seen_by_whoever_may_view_its_record(sam, ben):
    mine, other = (Contact.objects.create(last_name="Doe", owner=who) for who in (sam, ben))
    entries = {log(record, "last_name") for record in (mine, other)}
    assert {entry.subject_id for entry in sees(sam)} == {str(mine.pk)}
    assert sees(make_user("olga", "owner")) >= entries


def test_entries_follow_their_record_when_it_changes_hands(sam, ben):
    """R13: what is in reach now counts, not what was in reach then."""
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    entry = log(contact, "last_name", actor=sam)
    assert sees(sam) == {entry} and sees(ben) == set()
    Contact.objects.filter(pk=contact.pk).update(owner=ben)
    assert sees(sam) == set() and sees(ben) == {entry}


def test_a_share_opens_the_entries_of_its_record(sam, ben):
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    entry = log(contact, "last_name")
    assert sees(ben) == set()
    share_record(acting_user=sam, record=contact, receiver=ben, give="view")
    assert sees(ben) == {entry}


def test_a_team_s_records_are_seen_by_the_team(sam, ben):
    rea = reader(permissions="contacts.view", records={"contacts": "team"})
    make_team("alpha", rea, ben)
    of_ben, of_sam = (Contact.objects.create(last_name="D", owner=who) for who in (ben, sam))
    entry, _other = log(of_ben, "last_name"), log(of_sam, "last_name")
    assert sees(rea) == {entry}


def test_who_may_not_enter_the_log_sees_nothing_of_it(sam):
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    entry = log(contact, "last_name")
    cut = make_user("cut", make_role(permissions="contacts.view", records={"contacts": "all"}))
    assert sees(cut) == set()
    # The record's own history asks for the record alone.
    assert set(AuditEntry.objects.filter(policy.visible_entries(fetch(cut)))) == {entry}


def test_edit_without_view_shows_no_entry(sam):
    """Example 6."""
    log(Contact.objects.create(last_name="Doe", owner=sam), "last_name")
    assert sees(reader(permissions="contacts.edit", records={"contacts": "all"})) == set()


@pytest.mark.parametrize(
    "values", [{"is_active": False}, {"state": "suspended"}, {"state": "waiting"}]
)
def test_who_is_out_or_waits_sees_nothing(values):
    """R1."""
    contact = Contact.objects.create(last_name="Doe")
    log(contact, "last_name")
    out = make_user("out", "owner", **values)
    assert not AuditEntry.objects.accessible_by(out).exists()
    assert not AuditEntry.objects.accessible_by(AnonymousUser()).exists()
    assert AuditEntry.objects.accessible_by(make_user("olga", "owner")).exists()


def test_a_superuser_sees_what_an_owner_sees():
    """R3."""
    entry = log(Contact.objects.create(last_name="Doe"), "last_name")
    assert entry in sees(make_user("root", is_superuser=True))


def test_a_disabled_module_takes_its_entries_along():
    """R7: out of the lists of an Owner too."""
    entry = log(Contact.objects.create(last_name="Doe"), "last_name")
    olga = make_user("olga", "owner")
    assert entry in sees(olga)
    Module.objects.filter(pk="contacts").update(is_enabled=False)
    assert entry not in sees(olga)
    Module.objects.filter(pk="activities").update(is_enabled=False)
    assert not AuditEntry.objects.accessible_by(fetch(olga)).exists()


@pytest.mark.parametrize("action", ["create", "edit", "delete", "frobnicate"])
def test_the_log_knows_no_other_action(action):
    olga = make_user("olga", "owner")
    entry = log(Contact.objects.create(last_name="Doe"), "last_name")
    assert not fetch(olga).has_perm(f"activities.{action}", entry)
    with pytest.raises(ValueError, match="has no action"):
        AuditEntry.objects.accessible_by(olga, action)


def test_export_asks_for_its_own_permission_beside():
    entry = log(Contact.objects.create(last_name="Doe"), "last_name")
    both = reader(permissions="activities.export contacts.view", records={"contacts": "all"})
    assert fetch(both).has_perm("activities.export", entry)
    assert set(AuditEntry.objects.accessible_by(fetch(both), "export")) == {entry}
    one = reader("one", "contacts.view", records={"contacts": "all"})
    assert not fetch(one).has_perm("activities.export", entry)


def test_an_explanation_says_what_the_decision_says(sam, ben):
    entry = log(Contact.objects.create(last_name="Doe", owner=ben), "last_name")
    found = policy.explain(fetch(sam), "activities.view", entry)
    assert not found.decision and any("does not reach" in reason for reason in found.reasons)
    found = policy.explain(fetch(ben), "activities.view", entry)
    assert found.decision and any("It reaches" in reason for reason in found.reasons)


# The trash, and what is gone for good


def test_entries_of_what_lies_in_the_trash_are_for_who_may_restore_it():
    """R13, R26: for nobody else, however well they could view it before."""
    keeper = reader("kim", "contacts.view contacts.delete")
    viewer = reader("val", "contacts.view", records={"contacts": "all"})
    contact = Contact.objects.create(last_name="Doe", owner=keeper)
    changed = log(contact, "last_name")
    assert sees(viewer) == sees(keeper) == {changed}
    delete_record(acting_user=fetch(keeper), record=contact)
    deleted = AuditEntry.objects.get(action="record.deleted")
    assert sees(viewer) == set() and sees(keeper) == {changed, deleted}
    assert seen(keeper, deleted).subject.record is None  # there is no page to open
    restore_record(acting_user=fetch(keeper), record=contact)
    assert len(sees(viewer)) == len(sees(keeper)) == 3
    assert seen(keeper, deleted).subject.record == contact


def test_who_restores_some_of_what_they_view_sees_the_entries_of_those():
    records = {"contacts": {"*": "all", "delete": "own"}}
    val = reader("val", "contacts.view contacts.delete", records=records)
    gone = "2026-01-01T00:00Z"
    mine, other = (
        Contact.objects.create(last_name="Doe", owner=who, deleted_at=gone) for who in (val, None)
    )
    entry, _hidden = log(mine, "last_name"), log(other, "last_name")
    alive = log(Contact.objects.create(last_name="Roe"), "last_name")
    assert sees(val) == {entry, alive}


def test_entries_of_what_is_gone_for_good_are_for_who_views_the_whole_module(sam):
    """Nobody can tell any more whose it was: so not for who views some of the module only."""
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    entry = log(contact, "last_name")
    Contact.objects.filter(pk=contact.pk)._raw_delete("default")
    assert sees(sam) == set()
    assert sees(reader(permissions="contacts.view", records={"contacts": "all"})) == {entry}
    hidden = {"contacts": {"last_name": "hidden"}}
    blind = reader("bli", "contacts.view", records={"contacts": "all"}, fields=hidden)
    assert sees(blind) == set()


def test_what_nothing_speaks_for_is_for_an_owner_only(sam):
    """R21: neither a module nor a declaration says who else might see it."""
    team = make_team("alpha", sam)
    beside = log(Contact.objects.create(last_name="Doe", owner=sam), beside=team)
    never = AuditEntry.objects.create(subject_type="no.such", subject_id="1", action="x.y")
    assert {beside, never} <= sees(make_user("olga", "owner"))
    assert not {beside, never} & sees(make_user("ada", "administrator"))
    assert sees(sam) == set()


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (Thing("crm.Contact", "contacts.view"), "is governed by a module"),
        (Thing("accounts.Team", "teams.view"), "names the permission 'teams.view'"),
        (Thing("accounts.Team", "contacts.view", opened_with="x.y"), "names the permission 'x.y'"),
    ],
)
def test_a_declaration_that_speaks_twice_or_for_nobody_is_refused(thing, said):
    made = new_registry()
    made.register(registry.module("contacts"))
    made.register_things(thing)
    with pytest.raises(RegistrationError, match=said):
        made.seal()


# People and roles


def test_entries_about_people_are_for_who_may_view_people():
    ann = make_user("ann")
    entry = log(ann, "email", action="user.changed")
    assert entry in sees(reader(permissions="users.view"))
    assert sees(reader("roy", "roles.view")) == set()
    # Not even for the person: an entry is seen with what it is about, and they may not view people.
    give(ann, make_role("look", permissions="activities.view"))
    assert sees(ann) == set()


def test_who_was_given_a_role_is_for_who_may_view_roles_and_people(owner):
    ann, rep = make_user("ann"), make_role("rep")
    assign_role(acting_user=owner, user=ann, role=rep)
    entry = AuditEntry.objects.latest("pk")
    both, roles_only, people_only = (
        sees(reader(name, codes))
        for name, codes in (
            ("bo", "roles.view users.view"),
            ("ro", "roles.view"),
            ("pe", "users.view"),
        )
    )
    assert entry in both and entry not in roles_only and entry not in people_only


def test_entries_about_a_role_that_is_gone_stay_with_who_views_roles():
    """R9: every record of the module is in their reach."""
    role = make_role("temp")
    entry = log(role, "level", action="role.changed")
    Role.objects.filter(pk=role.pk).delete()
    roy = reader("roy", "roles.view")
    assert entry in sees(roy)
    assert seen(roy, entry).subject.name == "Temp" and seen(roy, entry).subject.record is None


def test_a_later_role_of_the_same_code_has_none_of_the_entries():
    """Threat 22."""
    old = make_role("temp")
    entry = log(old, "level", action="role.changed")
    old.delete()
    assert entry not in AuditEntry.objects.about(make_role("temp"))


# Fields (R16, R23)

ALL = {"contacts": "all"}


def test_a_hidden_field_is_absent_from_an_entry():
    rea = reader(permissions="contacts.view", records=ALL, fields={"contacts": {"phone": "hidden"}})
    entry = log(Contact.objects.create(last_name="Doe"), "phone", "title")
    assert fields_of(rea, entry) == ["title"]
    assert fields_of(make_user("olga", "owner"), entry) == ["phone", "title"]


def test_an_entry_of_which_nothing_may_be_read_is_not_there():
    """Not even that something changed: who, when and how often would tell of the hidden field."""
    rea = reader(permissions="contacts.view", records=ALL, fields={"contacts": {"phone": "hidden"}})
    contact = Contact.objects.create(last_name="Doe")
    _hidden, shown = log(contact, "phone"), log(contact, "phone", "title")
    assert sees(rea) == {shown}


def test_a_creation_says_something_even_without_its_fields():
    hidden = {"contacts": {"*": "hidden"}}
    rea = reader(permissions="contacts.view", records=ALL, fields=hidden)
    contact = Contact.objects.create(last_name="Doe")
    made, _changed = log(contact, "phone", action="record.created"), log(contact, "phone")
    assert sees(rea) == {made} and fields_of(rea, made) == []


def test_fields_differ_from_record_to_record():
    """Example 1: `phone` of their own contacts only; no role opens what another one reaches."""
    rea = reader(permissions="contacts.view", records=ALL, fields={"contacts": {"phone": "hidden"}})
    give(rea, make_role(permissions="contacts.view"))
    mine = log(Contact.objects.create(last_name="Mine", owner=rea), "phone")
    _other = log(Contact.objects.create(last_name="Other"), "phone")
    both = log(Contact.objects.create(last_name="Both"), "phone", "title")
    assert sees(rea) == {mine, both}
    assert fields_of(rea, mine) == ["phone"] and fields_of(rea, both) == ["title"]


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        ({"*": "hidden", "title": "read_only"}, ["title"]),
        ({"*": "hidden"}, []),
        ({"title": "hidden"}, ["phone", "fax"]),
        ({"fax": "hidden", "phone": "read_only"}, ["phone", "title"]),
        ({"*": "read_only", "phone": "hidden"}, ["title", "fax"]),
    ],
)
def test_a_field_that_no_release_knows_any_more_is_judged_as_ever(levels, shown):
    """R10: by its name, or by `*`; `fax` is no field of contacts."""
    rea = reader(permissions="contacts.view", records=ALL)
    from roles.models import FieldPermission

    role = Role.objects.get(assignments__user=rea)
    for name, level in levels.items():
        FieldPermission.objects.create(role=role, module_id="contacts", field=name, level=level)
    contact = Contact.objects.create(last_name="Doe")
    entries = {name: log(contact, name) for name in ("phone", "title", "fax")}
    assert sees(rea) == {entries[name] for name in shown}
    assert fields_of(rea, log(contact, "phone", "title", "fax")) == shown


def test_the_trash_hides_the_fields_that_the_record_hid():
    codes = "contacts.view contacts.delete"
    kim = reader("kim", codes, records=ALL, fields={"contacts": {"phone": "hidden"}})
    contact = Contact.objects.create(last_name="Doe", deleted_at="2026-01-01T00:00Z")
    _hidden, shown = log(contact, "phone"), log(contact, "phone", "title")
    assert sees(kim) == {shown} and fields_of(kim, shown) == ["title"]


def test_a_name_made_of_a_hidden_field_is_not_said():
    levels = {"contacts": {"last_name": "hidden"}}
    rea = reader(permissions="contacts.view", records=ALL, fields=levels)
    entry = log(Contact.objects.create(last_name="Secret"), "title")
    assert seen(rea, entry).subject.name == ""
    assert seen(make_user("olga", "owner"), entry).subject.name == "Secret"


def test_the_cells_of_a_role_are_fields_of_it():
    """Who may not read a role's permissions reads them in no entry either."""
    rea = reader(permissions="roles.view", fields={"roles": {"permissions": "hidden"}})
    role = make_role("rep")
    cell = {"field": "contacts.view", "old": False, "new": True}
    level = {"field": "level", "old": 1, "new": 2}
    _hidden = log(role, action="role.changed", changes=[cell])
    shown = log(role, action="role.changed", changes=[cell, level])
    assert shown in sees(rea) and _hidden not in sees(rea)
    assert fields_of(rea, shown) == ["level"]


def test_shares_are_for_who_may_edit_the_record(sam):
    """R19: whoever may edit a record sees with whom it is shared."""
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    share_record(acting_user=sam, record=contact, receiver=make_user("val"), give="view")
    entry = AuditEntry.objects.get(action="record.shared")
    assert entry in sees(sam)
    assert sees(reader(permissions="contacts.view", records=ALL)) == set()


# People named


def test_who_acted_is_named_to_who_may_view_people_and_to_themselves(sam, ben):
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    by_sam, by_ben = log(contact, "title", actor=sam), log(contact, "title", actor=ben)
    assert seen(sam, by_sam).actor.name == "sam"
    assert not seen(sam, by_ben).actor.in_view and seen(sam, by_ben).actor.name == ""
    assert seen(make_user("olga", "owner"), by_ben).actor.name == "ben"
    assert seen(sam, log(contact, "title")).actor is None


def test_an_actor_who_is_gone_is_named_to_who_may_view_people(sam):
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    gone = make_user("gone")
    entry = log(contact, "title", actor=gone)
    User.objects.filter(pk=gone.pk).delete()
    entry.refresh_from_db()
    assert seen(make_user("olga", "owner"), entry).actor.name == "gone"
    assert not seen(sam, entry).actor.in_view


def test_an_actor_in_the_trash_is_named_to_who_may_restore_them(sam):
    """R26: for others they are in no reach, as an owner is not."""
    contact = Contact.objects.create(last_name="Doe", owner=sam)
    entry = log(contact, "title", actor=make_user("left"))
    rea = reader(permissions="users.view contacts.view", records=ALL)
    olga = make_user("olga", "owner")
    assert seen(rea, entry).actor.name == seen(olga, entry).actor.name == "left"
    User.objects.filter(username="left").update(deleted_at="2026-01-01T00:00Z")
    assert not seen(rea, entry).actor.in_view
    assert seen(olga, entry).actor.name == "left" and seen(olga, entry).actor.record is None


# At once, and at a price that does not grow


def test_a_page_of_fifty_entries_costs_what_a_page_of_few_costs(owner):
    user = fetch(make_user("multi", "manager"))
    give(user, make_role(permissions="contacts.view", fields={"contacts": {"phone": "hidden"}}))

    def fill(number):
        for kind, field in (
            (Contact, "phone"),
            (Lead, "phone"),
            (Account, "name"),
            (Project, "name"),
        ):
            for index in range(number):
                naming = {kind.named_by[-1]: f"N{index}"}
                record = create_record(acting_user=owner, record=kind(**naming, owner=user))
                setattr(record, field, "x")
                change_record(acting_user=owner, record=record)

    def ask():
        with CaptureQueriesContext(connection) as queries:
            page = list(AuditEntry.objects.accessible_by(user)[:50])
            assert len({e.subject_type for e in policy_seen(page)}) == 4
        return len(page), len(queries)

    def policy_seen(page):
        return [found.entry for found in policy.seen_entries(user, page)]

    user = fetch(user)
    policy.access_for(user)
    fill(2)
    few, cost = ask()
    fill(6)
    many, same = ask()
    assert few < many == 50 and cost == same == 6  # the page, each of four kinds, and people


def test_fields_of_a_change_are_append_only_as_their_entry():
    entry = log(Contact.objects.create(last_name="Doe"), "title")
    (row,) = AuditField.objects.all()
    assert (row.entry, row.name) == (entry, "title")
    row.name = "phone"
    for change in (
        row.save,
        row.delete,
        lambda: AuditField.objects.update(name="phone"),
        lambda: AuditField.objects.all().delete(),
        lambda: entry.fields.all().delete(),
    ):
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            change()
    assert AuditField.objects.get().name == "title"


ALTERATIONS = {
    "save": lambda entry: entry.save(),
    "save of a field": lambda entry: entry.save(update_fields=["action"]),
    "forced save": lambda entry: AuditEntry(pk=entry.pk, action="x").save(force_update=True),
    "save of part": lambda entry: AuditEntry(pk=entry.pk).save(update_fields=["action"]),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: AuditEntry.objects.update(action="x"),
    "delete of many": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["action"]),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(
        pk=entry.pk, defaults={"action": "x"}
    ),
    "conflicting add": lambda entry: AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["action"]
    ),
    "through what it undoes": lambda entry: AuditEntry.objects.filter(undoes=None).update(actor=1),
    "base manager": lambda entry: AuditEntry._base_manager.filter(pk=entry.pk).update(action="x"),
    "default manager": lambda entry: AuditEntry._default_manager.all().delete(),
}


@pytest.mark.parametrize("way", ALTERATIONS)
def test_an_entry_is_append_only_in_python_too(way):
    """D13: whoever writes the code; an add beside it stays possible."""
    log(Contact.objects.create(last_name="Doe"), "title")
    entry, before = AuditEntry.objects.get(), list(AuditEntry.objects.values())
    entry.action = "x"
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        ALTERATIONS[way](entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry(pk=entry.pk, action="x").save()
    assert list(AuditEntry.objects.values()) == before
    AuditEntry.objects.bulk_create([AuditEntry(action="record.changed")])
    assert AuditEntry.objects.count() == 2


def test_the_moment_is_that_of_the_change(sam):
    entry = log(Contact.objects.create(last_name="Doe", owner=sam), "title")
    assert (datetime.now(UTC) - entry.moment).total_seconds() < 60


@pytest.fixture
def sam():
    return fetch(make_user("sam", "user"))


@pytest.fixture
def ben():
    return fetch(make_user("ben", "user"))
