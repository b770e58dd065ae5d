"""The same command by the same person has the same end by every door (section 6, R22, R23)."""

import pytest
from django.db import transaction
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from roles.core import clock

from .administration import ACTORS, NOW, build, commands, run, steps
from .doors import SERVICE, state, through_every_door
from .doors_law import assert_the_law
from .test_administration import unhurried

pytestmark = pytest.mark.django_db
unshrunk = settings(unhurried, phases=[Phase.explicit, Phase.generate])
"""What fails names the step by itself, and to find a shorter way there takes minutes."""
anybody = st.tuples(st.sampled_from((*ACTORS, None)), commands)


def _by_every_door(first, then):
    with transaction.atomic(), clock.moment(NOW):
        build()
        for step in first:
            run(step)
        before = state()
        for step in then:
            found = through_every_door(step)
            event(f"{step[1][0]}: {'done' if found[SERVICE].done else 'refused'}")
            assert_the_law(before, step, found)
        transaction.set_rollback(True)


@settings(unshrunk, max_examples=10)
@given(st.lists(steps, max_size=3), st.lists(anybody, min_size=3, max_size=5))
def test_every_door_does_and_refuses_the_same(first, then):
    _by_every_door(first, then)


@pytest.mark.slow
@settings(unshrunk, max_examples=100)
@given(st.lists(steps, max_size=6), st.lists(anybody, min_size=5, max_size=8))
def test_every_door_does_and_refuses_the_same_at_length(first, then):
    _by_every_door(first, then)
