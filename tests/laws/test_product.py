"""The product answers as the brute-force reading does (R1-R7, R11, R12, R20, R21).

Both read the same random policy-test document: the product through its real models, database
and doors, the oracle with plain loops over the document.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roles.management.policy_tests import run_file

from . import effects, oracle, worlds

pytestmark = pytest.mark.django_db
effects.MODELS.setdefault("crm.account", "accounts")

unhurried = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def _agree(data):
    document = data.draw(worlds.documents())
    checks = data.draw(st.lists(worlds.questions(document), min_size=1, max_size=12))
    document["checks"] = [{**check, "expect": oracle.answer(document, check)} for check in checks]
    outcome = run_file("random.json", json.dumps(document, default=str))
    assert not outcome.failures
    assert outcome.passed == len(checks)


@settings(unhurried, max_examples=60)
@given(st.data())
def test_single_checks_agree_with_the_brute_force(data):
    _agree(data)


@pytest.mark.slow
@settings(unhurried, max_examples=500)
@given(st.data())
def test_single_checks_agree_with_the_brute_force_at_length(data):
    _agree(data)
