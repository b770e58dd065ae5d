"""Who gains or loses what by a change of a role is known before it is saved (R2, R4, R15)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roles.core import clock
from roles.core.impact import Effect
from roles.core.specs import RoleSpec
from roles.models import Module
from roles.services.impact import impact_of
from roles.services.loading import read_role
from tests.factories import (
    give,
    give_second_factor,
    levels,
    make_role,
    make_user,
    role_of,
    scopes,
    words,
)

pytestmark = pytest.mark.django_db


def impact(code, **changes):
    """Ask what it would mean if the stored role had these values."""
    role = role_of(code)
    return impact_of(role, read_role(role).with_changes(**changes))


def granted(code, more):
    return read_role(role_of(code)).permissions | words(more)


@pytest.fixture
def rep(db):
    return make_role("rep", permissions="contacts.view contacts.edit", privileges="app.crm")


# Gained and lost


def test_each_holder_gains_what_is_ticked_and_loses_what_is_not(rep):
    for name in ("ann", "ben"):
        make_user(name, "rep")
    make_user("carl", "user")
    found = impact("rep", permissions=words("contacts.view deals.view tasks.comment"))
    assert (found.holders, found.people) == (2, 2)
    assert found.counts("gained") == {"deals.view": 2, "tasks.comment": 2}
    assert found.counts("lost") == {"contacts.edit": 2}


def test_privileges_are_gained_and_lost_like_permissions(rep):
    make_user("ann", "rep")
    found = impact("rep", privileges=words("report.export"))
    assert found.counts("gained") == {"report.export": 1}
    assert found.counts("lost") == {"app.crm": 1}


def test_what_implies_others_brings_them_along(rep):
    """R5."""
    make_user("ann", "rep")
    gained = impact("rep", permissions=granted("rep", "admin.view")).counts("gained")
    assert {"admin.view", "settings.view"} <= gained.keys()


def test_a_disabled_module_gives_nothing_to_gain(rep):
    """R7."""
    make_user("ann", "rep")
    Module.objects.filter(code="deals").update(is_enabled=False)
    assert impact("rep", permissions=granted("rep", "deals.view")).people == 0


def test_who_has_it_through_another_role_neither_gains_nor_loses_it(rep):
    make_role("other", permissions="deals.view contacts.edit")
    make_user("ann", "rep", "other")
    make_user("ben", "rep")
    found = impact("rep", permissions=words("contacts.view deals.view"))
    assert found.counts("gained") == {"deals.view": 1}
    assert found.counts("lost") == {"contacts.edit": 1}
    assert (found.holders, found.people) == (2, 1)


def test_heirs_count_and_a_person_who_holds_both_counts_once(rep):
    """R4: a change of a role changes every role based on it."""
    make_role("senior", base="rep")
    make_role("chief", base="senior", permissions="deals.view")
    make_user("ann", "senior")
    make_user("ben", "rep", "senior")
    make_user("carl", "chief")
    found = impact("rep", permissions=granted("rep", "deals.view leads.view"))
    assert found.counts("gained") == {"deals.view": 2, "leads.view": 3}
    assert found.people == 3


def test_a_new_base_gives_all_that_it_has(rep):
    make_user("ann", "rep")
    found = impact("rep", base="user")
    brought = read_role(role_of("user")).permissions - words("contacts.view contacts.edit")
    assert found.counts("gained") == dict.fromkeys(brought, 1)
    assert [len(effect.names) for effect in found.effects] == [len(brought)]


# Who counts


def test_only_assignments_that_count_now_are_counted(rep):
    """R2."""
    now, day = clock.now(), timedelta(days=1)
    for name, moments in {
        "begun": {"valid_from": now - day, "valid_until": now + day},
        "ended": {"valid_until": now - day},
        "later": {"valid_from": now + day},
    }.items():
        give(make_user(name), "rep", **moments)
    assert impact("rep", permissions=granted("rep", "deals.view")).people == 1


def test_who_is_shut_out_and_who_has_everything_anyway_do_not_count(rep):
    """R1, R3, R6."""
    make_user("gone", "rep", is_active=False)
    make_user("waiting", "rep", state="waiting")
    make_user("root", "rep", is_superuser=True)
    make_user("olga", "rep", "owner")
    found = impact("rep", permissions=granted("rep", "deals.view"))
    assert found.people == 0 and found.holders == 1


def test_a_new_role_and_owner_reach_nobody(rep):
    """D8."""
    make_user("olga", "owner")
    assert (
        impact_of(None, RoleSpec(code="", name="New", permissions=words("deals.view"))).people == 0
    )
    assert impact("owner", description="Other").holders == 0


# Records and fields


def test_another_scope_counts_where_it_reaches_other_records(rep):
    """R8, R9."""
    make_role("wide", permissions="contacts.view contacts.edit", records={"contacts": "all"})
    make_user("ann", "rep")
    make_user("ben", "rep", "wide")
    found = impact("rep", records=scopes({"contacts": "team", "deals": "all"}))
    assert found.counts("records") == {"contacts": 1}  # the role gives nothing of deals
    assert impact("rep", records=scopes({"contacts": "own"})).people == 0  # own anyway
    role = make_role("both", permissions="contacts.view", records={"contacts": "team"})
    make_user("carl", role)
    assert impact("both", records=scopes({"contacts": "team own"})).people == 0
    assert impact("both", records=scopes({"contacts": "own"})).people == 1


def test_a_field_counts_where_it_opens_or_closes(rep):
    """R10, R15, R16, R17."""
    make_role("open", permissions="contacts.view", records={"contacts": "all"})
    make_user("ann", "rep")
    make_user("ben", "rep", "open")
    hidden = impact("rep", fields=levels({"contacts": {"phone": "hidden"}}))
    assert hidden.counts("fields") == {"contacts": 2}  # ben reads it still and writes it no more
    looks = make_role("looks", permissions="contacts.view")
    make_user("carl", "looks")
    make_user("dora", "looks", "open")
    read_only = {"fields": levels({"contacts": {"phone": "read_only"}})}
    assert impact(looks.code, **read_only).people == 0  # nobody wrote it through this role
    hidden = impact(looks.code, fields=levels({"contacts": {"phone": "hidden"}}))
    assert hidden.counts("fields") == {"contacts": 1}  # dora reads it through the other role


def test_a_field_that_closes_while_more_records_open_counts_for_the_records_it_was_on(rep):
    make_user("ann", "rep")
    wider = {"records": scopes({"contacts": "team"})}
    assert impact("rep", **wider).counts("fields") == {}
    closed = impact("rep", **wider, fields=levels({"contacts": {"phone": "hidden"}}))
    assert closed.counts("fields") == closed.counts("records") == {"contacts": 1}


def test_a_field_that_an_heir_shut_opens_when_its_base_opens_it():
    """R10: nobody below said anything, so the heir's own level decided; now the base speaks."""
    make_role("base", permissions="contacts.view")
    make_role("heir", base="base", fields={"contacts": {"phone": "hidden"}})
    make_user("ann", "heir")
    make_user("ben", "base")
    found = impact("base", fields=levels({"contacts": {"phone": "editable"}}))
    assert found.counts("fields") == {"contacts": 1}


def test_what_reaches_the_same_people_stands_together(rep):
    make_role("other", permissions="deals.view")
    make_user("ann", "rep")
    make_user("ben", "rep", "other")
    found = impact("rep", permissions=granted("rep", "deals.view leads.view leads.edit"))
    assert found.effects == (
        Effect("gained", ("leads.edit", "leads.view"), 2),
        Effect("gained", ("deals.view",), 1),
    )


# Speed


def test_it_takes_the_same_queries_for_one_holder_and_for_many(rep):
    """House habit 10: one query for all people, however many hold the role or its heirs."""
    for number in range(3):
        make_role(f"heir{number}", base="rep")
    make_user("first", "rep")
    counts = []
    for _round in range(2):
        wanted = read_role(rep).with_changes(permissions=granted("rep", "deals.view"))
        impact_of(rep, wanted)
        with CaptureQueriesContext(connection) as queries:
            impact_of(rep, wanted)
        counts.append(len(queries))
        for number in range(20):
            make_user("", "rep", f"heir{number % 3}", "user")
    assert counts == [2, 2]


# A second factor


def test_to_ask_for_a_second_factor_takes_all_from_whoever_has_none(rep):
    secured = make_user("ann", "rep")
    make_user("ben", "rep")
    give_second_factor(secured)
    found = impact("rep", second_factor=True)
    assert (found.holders, found.people) == (2, 1)
    assert found.counts("lost") == {"contacts.view": 1, "contacts.edit": 1, "app.crm": 1}


def test_to_ask_no_more_gives_it_back_and_other_roles_count_in():
    make_role("rep", permissions="contacts.view contacts.edit", second_factor=True)
    make_role("reader", permissions="contacts.view")
    make_user("ann", "rep", "reader")
    found = impact("rep", second_factor=False)
    assert found.counts("gained") == {"contacts.edit": 1}


def test_owner_may_ask_for_one_too():
    make_user("olga", "owner")
    assert impact("owner", second_factor=True).people == 1
    assert impact("owner").people == 0
