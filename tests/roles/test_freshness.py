"""R28: what a process remembers costs nothing to ask, and is never what was."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from roles import policy, snapshots
from roles.models import AccessStamp, PolicyVersion, RoleAssignment, RoleGrant
from roles.snapshots import cache
from tests.factories import fetch, give, make_role, make_user

NAMES = ("contacts.view", "crm.view_contact", "app.crm", "contacts.delete", "no.such", "auth.x")


@pytest.fixture
def rep(db):
    return make_role("rep", permissions="contacts.view leads.view", privileges="app.crm")


@pytest.fixture
def ann(rep):
    return make_user("ann", rep)


def ask(user):
    """Do what a page does: many checks, lists and labels, on both roads."""
    answers = [user.has_perm(name) for name in NAMES]
    assert answers == [async_to_sync(user.ahas_perm)(name) for name in NAMES]
    assert user.has_module_perms("crm") == answers[0]
    assert ("contacts.view" in user.get_all_permissions()) == answers[0]
    return answers


def queries_of(function, *arguments):
    with CaptureQueriesContext(connection) as queries:
        function(*arguments)
    return len(queries)


# What a request costs


def test_a_warm_request_asks_nothing_beyond_the_fetch_of_its_person(ann):
    ask(fetch(ann))
    with CaptureQueriesContext(connection) as queries:
        user = fetch(ann)
        assert ask(user) == [True, True, True, False, False, False]
    assert len(queries) == 1
    assert "accounts_user" in queries[0]["sql"]


def test_the_first_request_of_a_process_asks_one_statement_more(ann):
    user = fetch(ann)
    assert queries_of(ask, user) == 1
    assert queries_of(ask, user) == 0


def test_the_policy_is_read_once_for_everybody(ann, rep):
    ask(fetch(ann))
    ben = make_user("ben", rep)
    assert queries_of(ask, fetch(ben)) == 1  # his assignments
    newcomer = fetch(make_user("cem"))
    assert queries_of(ask, newcomer) == 0  # nobody without a stamp ever had any


@pytest.mark.parametrize("change", ["role", "assignment", "both"])
def test_the_first_check_after_a_change_asks_one_statement(ann, rep, change):
    ask(fetch(ann))
    if change != "assignment":
        RoleGrant.objects.create(role=rep, permission_id="contacts.delete")
    if change != "role":
        give(ann, "guest")
    user = fetch(ann)
    assert queries_of(ask, user) == 1
    assert user.has_perm("profile.view") == (change != "role")
    assert user.has_perm("contacts.delete") == (change != "assignment")
    assert queries_of(ask, fetch(ann)) == 0


def test_a_change_of_somebody_elses_roles_costs_ann_nothing(ann):
    ask(fetch(ann))
    give(make_user("ben"), "manager")
    assert queries_of(ask, fetch(ann)) == 0


def test_whoever_is_out_is_refused_without_a_question(db):
    for values in ({"state": "suspended"}, {"state": "waiting"}, {"is_active": False}):
        user = make_user("", "owner", **values)
        assert queries_of(ask, user) == 0


def test_a_superuser_costs_no_more(db):
    breaker = make_user("s", is_superuser=True)
    assert queries_of(policy.check, fetch(breaker), "contacts.view") <= 2
    user = fetch(breaker)
    policy.check(user, "contacts.view")
    assert queries_of(policy.check, user, "contacts.delete") == 0


def test_a_rich_policy_is_still_one_statement(ann):
    for number in range(5):
        make_role(
            f"r{number}",
            base=f"r{number - 1}" if number else None,
            permissions="deals.view",
            privileges=f"p.{number}",
            records={"contacts": "team all"},
            fields={"contacts": {"*": "hidden"}},
        )
    assert queries_of(ask, fetch(ann)) == 1


# What is seen, and by whom


def test_a_person_of_a_session_keeps_their_answers_for_the_length_of_the_request(ann, rep):
    during = fetch(ann)
    assert during.has_perm("contacts.view")
    rep.permissions.clear()
    assert queries_of(during.has_perm, "contacts.view") == 0
    assert during.has_perm("contacts.view")
    assert not fetch(ann).has_perm("contacts.view")


def test_a_person_fetched_in_any_other_way_is_asked_about_anew(ann, rep):
    plain = User.objects.get(pk=ann.pk)
    assert plain.has_perm("contacts.view")
    rep.permissions.clear()
    assert not plain.has_perm("contacts.view")
    rep.permissions.add("contacts.view")
    assert plain.has_perm("contacts.view")
    RoleAssignment.objects.filter(user=ann).delete()
    assert not plain.has_perm("contacts.view")


def test_refresh_from_db_brings_the_new_answer(ann, rep):
    user = fetch(ann)
    assert user.has_perm("contacts.view")
    rep.permissions.clear()
    user.refresh_from_db()
    assert not user.has_perm("contacts.view")
    rep.permissions.add("contacts.view")
    assert user.has_perm("contacts.view")  # without the versions never stale
    again = fetch(ann)
    assert again.has_perm("contacts.view")
    rep.permissions.clear()
    async_to_sync(again.arefresh_from_db)()
    assert not again.has_perm("contacts.view")


def test_two_people_do_not_mix_even_with_one_token(ann, rep):
    ben = make_user("ben", "guest")
    AccessStamp.objects.update(token=7)
    for _round in range(2):
        assert fetch(ann).has_perm("contacts.view")
        assert not fetch(ben).has_perm("contacts.view")
        assert fetch(ben).has_perm("profile.view")
        assert not fetch(ann).has_perm("profile.view")


def test_the_policy_of_one_moment_and_the_roles_of_another_are_never_joined(rep):
    """What was revoked before it was assigned was never theirs, and no request may find it so."""
    ann = make_user("ann", "guest")
    ask(fetch(make_user("ben", rep)))  # the process knows the policy as it was …
    during = fetch(ann)  # … and so does the request that begins here
    rep.permissions.clear()
    give(ann, rep)
    assert not during.has_perm("contacts.view")
    assert during.has_perm("app.crm") and during.has_perm("profile.view")


def test_a_successor_of_the_same_key_inherits_nothing(ann):
    """Threat 22: a deleted person's grants do not wait for the next who gets their number."""
    assert fetch(ann).has_perm("contacts.view")
    key = ann.pk
    ann.delete()
    assert fetch(User(pk=key)) is None
    heir = User.objects.create(pk=key, username="heir")
    assert not fetch(heir).has_perm("contacts.view")
    give(heir, "guest")
    assert fetch(heir).has_perm("profile.view")
    assert not fetch(heir).has_perm("contacts.view")


def test_a_suspension_holds_from_the_next_request_on(ann):
    """R1: and lifting it gives back what the roles give."""
    assert fetch(ann).has_perm("contacts.view")
    for values in ({"state": "suspended"}, {"state": "active", "is_active": False}):
        User.objects.filter(pk=ann.pk).update(**values)
        assert fetch(ann) is None
    User.objects.filter(pk=ann.pk).update(state="waiting", is_active=True)
    assert not fetch(ann).has_perm("contacts.view")
    User.objects.filter(pk=ann.pk).update(state="active")
    assert fetch(ann).has_perm("contacts.view")


# What a process keeps


def test_no_more_people_are_kept_than_the_setting_says(rep, settings):
    settings.ROLES_CACHE_SIZE = 3
    people = [make_user(f"u{number}", rep if number % 2 else "guest") for number in range(8)]
    for _round in range(2):
        for number, person in enumerate(people):
            assert fetch(person).has_perm("contacts.view") == bool(number % 2)
            assert len(cache._people) <= 3
    assert queries_of(fetch(people[-1]).has_perm, "contacts.view") == 0
    assert queries_of(fetch(people[0]).has_perm, "contacts.view") == 1


def test_without_the_version_row_nothing_is_kept_and_nothing_is_stale(ann, rep):
    assert fetch(ann).has_perm("contacts.view")
    PolicyVersion.objects.all().delete()
    assert fetch(ann).has_perm("contacts.view")
    with connection.cursor() as cursor:  # past every manager and signal
        cursor.execute("DELETE FROM roles_rolegrant WHERE permission_id = 'contacts.view'")
    assert not fetch(ann).has_perm("contacts.view")
    assert fetch(ann).has_perm("leads.view")
    rep.permissions.add("contacts.view")
    assert PolicyVersion.objects.count() == 1
    assert fetch(ann).has_perm("contacts.view")


def test_without_a_stamp_a_person_has_nothing_cold_or_warm(ann):
    """Only writes past every signal leave none, and the first assignment makes one."""
    AccessStamp.objects.filter(user=ann).delete()
    cold, warm = fetch(ann).has_perm("contacts.view"), fetch(ann).has_perm("contacts.view")
    RoleAssignment.objects.get(user=ann).save()
    assert fetch(ann).has_perm("contacts.view")
    assert (cold, warm) == (False, False)


def test_the_versions_come_with_the_person_and_are_random(ann):
    user = fetch(ann)
    assert user.roles_policy_version == PolicyVersion.objects.get().token
    assert user.roles_access_stamp == AccessStamp.objects.get(user=ann).token
    seen = {user.roles_policy_version}
    for _round in range(5):
        snapshots.load_policy()
        make_role()
        seen.add(fetch(ann).roles_policy_version)
    assert len(seen) == 6
    assert max(seen) - min(seen) > 2**32  # no counter: a rollback would give its numbers again
