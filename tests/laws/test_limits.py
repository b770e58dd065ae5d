"""Whoever acts by a limited token may what they may themselves and the limit names (R20a).

Random worlds, random limits: for every name, record and field a limited person is never told yes
where the whole one is told no, and within the limit both are told the same.
"""

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from roles import policy
from roles.core.limits import Limit
from roles.core.names import normalise
from roles.models import Role

from . import catalogue
from . import vocabulary as words
from .test_product_records import ACTIONS, FOCUS, MODULES, at_its_moment, drawn, unhurried

pytestmark = pytest.mark.django_db
DWELT_ON = [f"{m}.{a}" for m in (*FOCUS, "users", "roles") for a in ACTIONS]
CODES = st.builds(
    frozenset.union,
    st.frozensets(st.sampled_from(DWELT_ON), min_size=12),
    st.frozensets(st.sampled_from(catalogue.SYSTEM_PERMISSIONS), max_size=10),
)
NAMES = st.frozensets(st.sampled_from([normalise(name) for name in words.PRIVILEGES]), max_size=4)
LIMITS = st.builds(Limit, CODES, NAMES)
ASKED = (*catalogue.SYSTEM_PERMISSIONS, *words.PRIVILEGES, *words.DJANGO_NAMES, *words.UNKNOWN)


def compare(world, limit):
    """Compare each person with themselves as limited; give how often both are told yes."""
    tally = Counter()
    for user in world.people.values():
        if user.is_authenticated:
            token = SimpleNamespace(limit=limit)
            left = policy.act_by(User.objects.get(pk=user.pk), token)
            _compare_names(user, left, limit, tally)
            for module, records in _records(world).items():
                _compare_records(user, left, limit, module, records, tally)
    return tally


def _records(world):
    """Give the records of each module that has any, people and roles among them (section 6)."""
    found = {module: list(world.records(module).values()) for module in MODULES}
    found |= {"users": list(User.objects.all()), "roles": list(Role.objects.all())}
    return {module: records for module, records in found.items() if records}


def _compare_names(user, left, limit, tally):
    """Without a record: exactly what both give (R12, R20); asked of the policy and of Django."""
    for name in ASKED:
        code = policy.resolve(name)
        named = code in (limit.permissions if policy.is_governed(name) else limit.privileges)
        expected = bool(policy.check(user, name)) and named
        assert bool(policy.check(left, name)) is expected, name
        assert left.has_perm(name) is expected, name
        tally[("name", expected)] += 1
    assert left.get_all_permissions() <= user.get_all_permissions()


def _compare_records(user, left, limit, module, records, tally):
    model = type(records[0])
    views = f"{module}.view" in limit.permissions
    for action in catalogue.MODULES[module]["actions"]:
        code = f"{module}.{action}"
        reached = policy.accessible(model.objects.all(), left, action)
        listed = set(reached.values_list("pk", flat=True))
        within = code in limit.permissions and (views or action not in policy.NEEDS_VIEW)
        wanted = _expected(user, code, records, within)
        assert _answers(left, code, records) == wanted, code
        assert {record.pk: record.pk in listed for record in records} == wanted, code
        one = records[0]
        assert bool(policy.check(left, code, one)) is left.has_perm(code, one) is wanted[one.pk]
        tally.update(("record", yes) for yes in wanted.values())
    for code, feature in catalogue.FEATURES.items():
        if feature["module"] == module:
            within = views and code in limit.permissions
            wanted = _expected(user, code, records, within)
            assert _answers(left, code, records) == wanted, code
    _compare_fields(user, left, limit, module, records)


def _answers(user, code, records):
    return {pk: bool(yes) for pk, yes in policy.check_each(user, code, records).items()}


def _expected(user, code, records, within):
    return {pk: within and yes for pk, yes in _answers(user, code, records).items()}


def _compare_fields(user, left, limit, module, records):
    """Fields are read by view, and written by view and edit (R16, R17)."""
    wholes, lefts = policy.field_masks(user, records), policy.field_masks(left, records)
    views, edits = (f"{module}.{a}" in limit.permissions for a in ("view", "edit"))
    for record in records:
        whole, mask = wholes[record.pk], lefts[record.pk]
        assert mask.readable == (whole.readable if views else frozenset())
        assert mask.writable == (whole.writable if views and edits else frozenset())
    creates = f"{module}.create" in limit.permissions
    for owner in (user.pk, None):
        values = {"owner": owner, "notes": "x"}
        may = bool(policy.check_create(left, module, values))
        assert may <= (creates and bool(policy.check_create(user, module, values)))


@settings(unhurried, max_examples=20)
@given(st.data())
def test_a_limit_leaves_what_it_names_of_every_answer_and_no_more(data):
    at_its_moment(drawn(data), compare, data.draw(LIMITS))


@pytest.mark.slow
@settings(unhurried, max_examples=300)
@given(st.data())
def test_a_limit_leaves_what_it_names_of_every_answer_and_no_more_at_length(data):
    at_its_moment(drawn(data), compare, data.draw(LIMITS))


def test_enough_of_the_compared_answers_are_yes():
    tally = Counter()

    @settings(unhurried, max_examples=10, derandomize=True, database=None)
    @given(st.data())
    def collect(data):
        tally.update(at_its_moment(drawn(data), compare, data.draw(LIMITS)))

    collect()
    assert tally[("record", True)] > 20 and tally[("name", True)] > 20, tally
