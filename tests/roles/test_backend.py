"""`has_perm` without and with a record: each kind of person by each kind of name (R1-R21)."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser

from crm.models import Account, Contact
from roles import policy
from roles.core.vocabulary import ACTIONS, Standing
from roles.directory import NullDirectory
from roles.models import Module
from roles.registry import registry
from tests.factories import fetch, give, make_role, make_user

from .people import MATRIX, SHUT_OUT


def who_may(people, name, *record):
    return {kind for kind, person in people.items() if person.has_perm(name, *record)}


def test_each_name_is_answered_yes_to_exactly_those_who_have_it(people):
    expected = {name: set(kinds.split()) for name, kinds in MATRIX.items()}
    assert {name: who_may(people, name) for name in MATRIX} == expected


def test_the_policy_says_the_same_and_treats_a_superuser_as_an_owner(people):
    for name, kinds in MATRIX.items():
        expected = set(kinds.split()) - ({"superuser"} if "owner" not in kinds else set())
        assert {kind for kind, person in people.items() if policy.check(person, name)} == expected


def test_whoever_is_out_is_denied_every_name_there_is(people):
    codes = registry.catalogue.permissions.keys() | registry.catalogue.aliases.keys()
    for kind in SHUT_OUT:
        assert not [code for code in codes if people[kind].has_perm(code)], kind
    assert len([code for code in codes if people["owner"].has_perm(code)]) > 80


def test_whoever_waits_has_their_profile_and_nothing_else_whatever_their_roles(people):
    codes = registry.catalogue.permissions
    assert [code for code in codes if people["waiting"].has_perm(code)] == ["profile.view"]


def test_owner_has_every_cell_that_applies_and_every_feature(people):
    catalogue = registry.catalogue
    cells = {f"{module}.{action}" for module in catalogue.modules for action in ACTIONS}
    asked = cells | catalogue.features.keys()
    given = {code for code in asked if people["owner"].has_perm(code)}
    assert given == catalogue.permissions.keys()


def test_a_person_fetched_without_the_versions_is_answered_alike(people):
    for kind in ("user", "suspended", "waiting", "owner"):
        plain = type(people[kind]).objects.get(pk=people[kind].pk)
        for name in MATRIX:
            assert plain.has_perm(name) == people[kind].has_perm(name), (kind, name)


@pytest.mark.parametrize("odd", [None, 42, True, b"contacts.view", ("contacts.view",), object()])
def test_a_name_that_is_no_text_is_nobodys(people, odd):
    assert who_may(people, odd) == {"superuser"}


def test_a_disabled_module_gives_nothing_until_it_is_enabled_again(db):
    """R7: to nobody but a superuser, in `has_perm` alone (R3); with its features."""
    owner, breaker = make_user("o", "owner"), make_user("s", is_superuser=True)
    Module.objects.filter(code="tasks").update(is_enabled=False)
    for name in ("tasks.view", "tasks.comment", "comments.moderate"):
        assert not fetch(owner).has_perm(name)
        assert fetch(breaker).has_perm(name)
        assert not policy.check(fetch(breaker), name)
    assert fetch(owner).has_perm("contacts.view")
    Module.objects.filter(code="tasks").update(is_enabled=True)
    assert fetch(owner).has_perm("tasks.view") and fetch(owner).has_perm("tasks.comment")


def test_a_person_in_hand_who_is_deactivated_is_denied_at_once(db):
    """R1: what was worked out for their request before is worth nothing then."""
    user = fetch(make_user("u", "user"))
    assert user.has_perm("contacts.view")
    user.is_active = False
    assert not user.has_perm("contacts.view") and not policy.check(user, "contacts.view")
    assert not async_to_sync(user.ahas_perm)("contacts.view")
    assert user.get_all_permissions() == set()


def test_answers_that_another_backend_left_on_the_person_are_not_believed(db):
    user = fetch(make_user("u", "user"))
    user._perm_cache = user._user_perm_cache = user._group_perm_cache = {"contacts.delete"}
    assert not user.has_perm("contacts.delete")
    assert user.has_perm("contacts.edit")


def test_is_staff_decides_nothing(db):
    staff = fetch(make_user("s", is_staff=True))
    assert not staff.has_perm("contacts.view") and not staff.has_perm("admin.view")
    assert not staff.has_module_perms("crm")
    assert fetch(make_user("u", "user", is_staff=False)).has_perm("contacts.view")


class LetsEverybodyIn(NullDirectory):
    """A project's directory that forgot to look at `is_active`."""

    def standing_of(self, user):
        return Standing.ACTIVE


def test_no_directory_lets_in_whoever_is_deactivated_or_anonymous(people, settings):
    """R1 holds whatever a project answers about its people."""
    settings.ROLES_DIRECTORY = f"{__name__}.LetsEverybodyIn"
    assert people["suspended"].has_perm("contacts.view")  # that state is the project's own
    for kind in ("deactivated", "anonymous"):
        assert not people[kind].has_perm("contacts.view")
        assert not policy.check(people[kind], "contacts.view")


@pytest.mark.parametrize("state", ["suspended", "rejected", "waiting"])
def test_a_superuser_who_is_out_is_denied_everything(db, state):
    """R3 exempts the `has_perm` family from R7 and R21 alone, so R1 holds."""
    person = make_user("s", is_superuser=True, state=state)
    assert not person.has_perm("contacts.view")
    assert not person.has_module_perms("crm")


# With a record (R13, R14)


@pytest.fixture
def ann(db):
    return make_user("ann", "user")


def test_a_record_in_reach_is_allowed_and_one_out_of_reach_is_not(ann):
    mine = Contact.objects.create(last_name="Mine", owner=ann)
    theirs = Contact.objects.create(last_name="Theirs", owner=make_user("ben"))
    nobodys = Contact.objects.create(last_name="Nobody's")
    user = fetch(ann)
    for name in ("contacts.view", "contacts.edit", "crm.view_contact", "crm.change_contact"):
        assert user.has_perm(name, mine)
        assert not user.has_perm(name, theirs)
        assert not user.has_perm(name, nobodys)
    assert not user.has_perm("contacts.delete", mine)  # R12: no role gives it


def test_a_record_answers_only_for_its_own_module_and_its_operations(ann):
    mine = Contact.objects.create(last_name="Mine", owner=ann)
    give(ann, make_role("more", permissions="accounts.view leave.approve", privileges="app.crm"))
    user = fetch(ann)
    for name in ("accounts.view", "leads.view", "app.crm", "leave.approve", "contacts.frobnicate"):
        assert not user.has_perm(name, mine)
    assert user.has_perm("accounts.view", Account.objects.create(name="Mine", owner=ann))


def test_deleted_and_unsaved_records_are_in_nobodys_reach(ann, owner):
    kept = Contact.objects.create(last_name="Kept", owner=ann)
    gone = Contact.objects.create(last_name="Gone", owner=ann, deleted_at="2026-01-01T00:00Z")
    for user in (fetch(ann), fetch(owner)):
        assert user.has_perm("contacts.edit", kept)
        assert not user.has_perm("contacts.edit", gone)
        assert not user.has_perm("contacts.edit", Contact(last_name="New", owner=ann))


def test_edit_beside_view_needs_both_and_may_take_them_from_two_roles(db):
    """Worked example 6."""
    ann = make_user("ann", make_role("a", permissions="contacts.edit", records={"contacts": "all"}))
    mine = Contact.objects.create(last_name="Mine", owner=ann)
    theirs = Contact.objects.create(last_name="Theirs")
    assert not fetch(ann).has_perm("contacts.edit", mine)
    give(ann, make_role("b", permissions="contacts.view"))
    assert fetch(ann).has_perm("contacts.edit", mine)
    assert not fetch(ann).has_perm("contacts.edit", theirs)


def test_whoever_is_out_reaches_no_record_of_their_own(people):
    for kind in ("deactivated", "rejected", "suspended", "waiting"):
        mine = Contact.objects.create(last_name=kind, owner_id=people[kind].pk)
        assert not people[kind].has_perm("contacts.view", mine)
        assert people["owner"].has_perm("contacts.view", mine)
    assert not AnonymousUser().has_perm("contacts.view", mine)
