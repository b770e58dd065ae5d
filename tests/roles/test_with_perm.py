"""`with_perm`: the people to whom `has_perm` says yes, found in one query (interfaces 2)."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Permission as AuthPermission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Contact
from rbac_site.backends import SiteBackend
from roles import snapshots
from roles.models import Module
from tests.factories import give, make_role, make_user

from .people import MATRIX

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def names(queryset):
    return {user.get_username() for user in queryset}


def test_it_finds_exactly_the_people_to_whom_has_perm_says_yes(people):
    snapshots.cache.clear()  # the policy is read without a person first
    for name in MATRIX:
        found = names(User.objects.with_perm(name))
        assert found == {kind for kind, person in people.items() if person.has_perm(name)}, name


def test_superusers_can_be_left_out(people):
    found = User.objects.with_perm("contacts.view", include_superusers=False)
    assert names(found) == {"user", "manager", "owner"}
    assert names(User.objects.with_perm("galaxies.view", include_superusers=False)) == set()


def test_nobody_inactive_holds_anything_whatever_is_asked_for(people):
    """R1: `is_active=None` asks for both, and only active people have something."""
    make_user("former-superuser", is_superuser=True, is_active=False)
    assert names(User.objects.with_perm("contacts.view", is_active=False)) == set()
    both = names(User.objects.with_perm("contacts.view", is_active=None))
    assert both == {"user", "manager", "owner", "superuser"}


def test_with_a_record_it_finds_who_may_do_it_on_that_record(people):
    record = Contact.objects.create(last_name="Mine", owner_id=people["user"].pk)
    for name in ("contacts.view", "crm.change_contact", "leads.view", "report.export"):
        expected = {kind for kind, person in people.items() if person.has_perm(name, record)}
        assert names(User.objects.with_perm(name, obj=record)) == expected, name
    without = User.objects.with_perm("contacts.view", obj=record, include_superusers=False)
    assert names(without) == {"user", "owner"}


def test_only_assignments_that_count_now_are_found(db):
    """R2."""
    role = make_role("temp", permissions="contacts.view", privileges="app.crm")
    moments = {
        "held": {},
        "begins-now": {"valid_from": NOW},
        "ends-now": {"valid_until": NOW},
        "ended": {"valid_from": NOW - timedelta(2), "valid_until": NOW - timedelta(1)},
        "to-come": {"valid_from": NOW + timedelta(seconds=1)},
    }
    for name, moment in moments.items():
        give(make_user(name), role, **moment)
    with snapshots.clock.moment(NOW):
        for name in ("contacts.view", "app.crm", "crm.view_contact"):
            assert names(User.objects.with_perm(name)) == {"held", "begins-now"}


def test_inherited_and_implied_permissions_are_found_and_disabled_ones_not(db):
    make_role("base", permissions="admin.view leads.view")
    make_user("heir", make_role("heir", base="base"))
    for name in ("admin.view", "users.view", "leads.view"):
        assert names(User.objects.with_perm(name)) == {"heir"}
    Module.objects.filter(code="leads").update(is_enabled=False)
    assert names(User.objects.with_perm("leads.view")) == set()
    assert names(User.objects.with_perm("users.view")) == {"heir"}


def test_it_takes_one_query_once_the_policy_is_known_however_many_hold_it(db):
    for number in range(5):
        make_user(f"u{number}", "user")
    snapshots.load_policy()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(User.objects.with_perm("contacts.view")) == 5
    assert len(queries) == 2  # the policy version, and the people


def test_people_are_found_once_though_several_of_their_roles_give_it(db):
    make_user("u", "user", "manager", make_role("third", permissions="contacts.view"))
    assert [u.username for u in User.objects.with_perm("contacts.view")] == ["u"]


def test_the_answer_is_a_queryset_that_chains(people):
    found = User.objects.with_perm("contacts.view").filter(username__startswith="o")
    assert names(found) == {"owner"}
    assert SiteBackend().with_perm("contacts.view").exclude(username="owner").count() == 3


def test_a_permission_row_stands_for_its_name(people):
    row = AuthPermission.objects.get(codename="view_contact")
    found = User.objects.with_perm(row)
    assert names(found) == names(User.objects.with_perm("crm.view_contact"))
