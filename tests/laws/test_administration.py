"""Whatever anybody does through the services, nobody climbs, and an Owner is left (D2-D7)."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from roles.core import clock

from . import catalogue, delegation
from .administration import NOW, build, run, steps
from .effects import chain, gives, is_shadowed, normalised
from .people import current_roles
from .picture import picture

pytestmark = pytest.mark.django_db
unhurried = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)


def _administer(sequence):
    with transaction.atomic(), clock.moment(NOW):
        build()
        before = picture()
        for step in sequence:
            done = run(step)
            after = picture()
            if not done:
                assert after == before, step
                continue
            event(step[1][0])
            actor = step[0]
            assert_nobody_climbed(before, after, actor, step)
            assert_what_is_above_stands(before, after, actor, step)
            assert any(delegation._is_lasting(after, one) for one in people(after)), step
            before = after
        transaction.set_rollback(True)


def people(document):
    return document["world"]["users"]


def assert_nobody_climbed(before, after, actor, step):
    """D4, D5: what anybody has and had not, one single role of the actor had (R15)."""
    if delegation.passes(before, actor):
        return
    for user in people(after):
        if user not in people(before):
            assert not people(after)[user]["roles"], step  # a new person is given some afterwards
            continue
        if people(before)[user]["state"] == "waiting":
            continue  # what somebody waits with was given by whoever gave it
        if not people(before)[user]["active"] or people(before)[user]["state"] != "active":
            continue  # so was what somebody comes back with
        for role in current_roles(after, user):
            for code in catalogue.SYSTEM_PERMISSIONS:
                if gives(after, role, code):
                    had = delegation.is_covered(before, user, after, role, code)
                    assert had or delegation.is_covered(before, actor, after, role, code), (
                        step,
                        user,
                        code,
                    )
        gained = privileges(after, user) - privileges(before, user)
        allowed = delegation._defines(before, actor) and user != actor
        assert allowed or gained <= privileges(before, actor), (step, user, gained)


def privileges(document, user):
    layers = [one for role in current_roles(document, user) for one in chain(document, role)]
    named = {normalised(name) for layer in layers for name in layer.get("privileges") or ()}
    return {name for name in named if not is_shadowed(name)}


def assert_what_is_above_stands(before, after, actor, step):
    """D2, D3, D6: roles and people at or above the actor's rank are as they were, so are they."""
    mine = people(before)[actor], people(after)[actor]
    for part in ("roles", "state", "active"):
        assert mine[0][part] == mine[1][part], step
    if delegation.passes(before, actor):
        return
    rank = delegation.rank(before, actor)
    rows = {row["code"]: row for row in after["roles"]}
    for row in before["roles"]:
        reached = [row["code"], *delegation.heirs(before, row["code"])]
        if any(delegation.level(before, code) >= rank for code in reached):
            assert rows.get(row["code"]) == row, step
    assert all(row["level"] < rank for row in after["roles"] if row not in before["roles"]), step
    for user, row in people(before).items():
        if user == actor or delegation.rank_as_target(before, user) >= rank:
            assert people(after)[user] == row, step


@settings(unhurried, max_examples=8)
@given(st.lists(steps, min_size=5, max_size=12))
def test_nobody_climbs_by_any_sequence_of_commands(sequence):
    _administer(sequence)


@pytest.mark.slow
@settings(unhurried, max_examples=150)
@given(st.lists(steps, min_size=10, max_size=40))
def test_nobody_climbs_by_any_sequence_of_commands_at_length(sequence):
    _administer(sequence)
