"""A policy file brings about what it says whatever stood before, and is judged as one wish."""

import json

import pytest
from django.db import transaction
from hypothesis import event, given, settings
from hypothesis import strategies as st

from accounts.models import User
from roles import policy
from roles.models import AuditEntry
from roles.services.installation import load_role
from roles.services.planning import plan_policy
from tests.factories import fetch, give_second_factor, make_user
from tests.roles.policy_files import apply, changes_anything, export

from . import catalogue, delegation, effects, worlds
from .delegated import wished_policies
from .test_administration import unhurried
from .test_delegation import spec_of

pytestmark = pytest.mark.django_db


# What stands afterwards is what the file says


@st.composite
def policies(draw):
    """Draw a policy file; names go round among the roles, and a built-in may be another."""
    roles = draw(worlds.documents())["roles"]
    names = draw(st.permutations([role["name"] for role in roles]))
    rows = [_enterable({**role, "name": name}) for role, name in zip(roles, names, strict=True)]
    cells = draw(st.lists(st.sampled_from(catalogue.MODULE_PERMISSIONS), max_size=3, unique=True))
    user = {"code": "user", "name": "User", "level": 10, "permissions": cells}
    return {"version": 1, "roles": draw(st.permutations([*rows, user]))}


def _enterable(role):
    """Leave out the privileges that nobody may enter, because the system has their names (R11)."""
    names = [
        n for n in role.get("privileges", ()) if not effects.is_shadowed(effects.normalised(n))
    ]
    return {**role, "privileges": names}


def _assert_it_stands_as_if_alone(first, second):
    with transaction.atomic():
        with transaction.atomic():
            apply(second)
            alone = export()
            transaction.set_rollback(True)
        apply(first)
        apply(second, "--prune")
        event("nothing in common" if not first["roles"][1:] else "something before")
        assert export() == alone
        before = AuditEntry.objects.count()
        assert not changes_anything(second, "--prune")
        apply(second, "--prune")
        assert AuditEntry.objects.count() == before
        apply(json.loads(export(as_json=True)), "--prune")
        assert (export(), AuditEntry.objects.count()) == (alone, before)
        transaction.set_rollback(True)


@settings(unhurried, max_examples=25)
@given(policies(), policies())
def test_a_file_stands_as_if_nothing_had_stood_before(first, second):
    _assert_it_stands_as_if_alone(first, second)


@pytest.mark.slow
@settings(unhurried, max_examples=400)
@given(policies(), policies())
def test_a_file_stands_as_if_nothing_had_stood_before_at_length(first, second):
    _assert_it_stands_as_if_alone(first, second)


# Several changes at once are judged by where they begin and where they end


def _wishes_agree(before, after):
    """Section 6 for each role that changes, by the literal reading of both whole states.

    Of two that stand on each other the engine tells of either, and the reading of both.
    """
    with transaction.atomic():
        _build(before)
        abe = fetch(User.objects.get(username="abe"))
        plan = plan_policy([spec_of(row) for row in after["roles"]])
        codes = [step.spec.code for step in plan.steps]
        found = policy.excess_of_roles(abe, plan.now, plan.then, codes)
        may = all(delegation.may_change(before, after, "abe", code) for code in codes)
        event("nothing" if not codes else "allowed" if may else "refused")
        assert (not any(found.values())) == may, found
        transaction.set_rollback(True)


def _build(document):
    waiting = [spec_of(row) for row in document["roles"]]
    made = set(catalogue.BUILT_IN_ROLES) | {None}
    while waiting:
        spec = next(one for one in waiting if one.base in made)
        load_role(spec)
        made.add(spec.code)
        waiting.remove(spec)
    (row,) = document["world"]["users"].values()
    abe = make_user("abe", *row["roles"])
    if row["second_factor"]:
        give_second_factor(abe)


@settings(unhurried, max_examples=60)
@given(wished_policies())
def test_a_wish_for_several_roles_is_refused_exactly_where_a_literal_reading_refuses_it(wish):
    _wishes_agree(*wish)


@pytest.mark.slow
@settings(unhurried, max_examples=2000)
@given(wished_policies())
def test_a_wish_for_several_roles_is_refused_exactly_where_a_literal_reading_does_at_length(wish):
    _wishes_agree(*wish)
