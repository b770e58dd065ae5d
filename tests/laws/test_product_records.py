"""The product answers about records and fields as the brute-force reading does (R8-R10, R13-R18).

Both read the same random policy-test document. Every user is asked about every action, record
and field; a few questions go through every door beside.
"""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roles import policy
from roles.core import clock
from roles.core.worlds import parse_policy_test
from roles.management.policy_tests import run_file
from roles.management.policy_tests.building import Built
from roles.management.policy_tests.doors import Doors
from roles.registry import registry

from . import catalogue, oracle, worlds

pytestmark = pytest.mark.django_db
unhurried = settings(
    deadline=None,
    # Shrinking a whole world takes minutes and leaves it nearly as large.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
    ],
)
FOCUS = ("contacts", "tasks", "accounts", "leads")
ACTIONS = ("view", "edit", "create", "delete")
MODULES = tuple(m for m in catalogue.RECORD_MODULES if registry.models_of(registry.module(m)))
SCOPES = (*catalogue.SCOPES, "all", "all")
MEETING = ("meet-0", "meet-1", "meet-2", "meet-3")
HAS_ORGANISATION = registry.scopes["team"].owners is not None


class World:
    """A document, made for real: its people as their sessions have them, its records."""

    def __init__(self, document):
        text = json.loads(json.dumps({**document, "checks": []}, default=str))
        test = parse_policy_test(
            text, catalogue=registry.catalogue, builtins=frozenset(registry.builtin_roles)
        )
        self.document, self.built = document, Built(test)
        doors = Doors(self.built, {})
        self.people = {key: doors.person(key) for key in (*test.users, None)}

    def records(self, module):
        """Give the keys of the module's records and the records."""
        rows = self.document["world"]["records"].items()
        return {k: self.built.records[k] for k, row in rows if row["module"] == module}

    def ask(self, user, **check):
        """Ask the oracle."""
        return oracle.answer(self.document, {"user": user, **check})


@st.composite
def _meeting_role(draw, code):
    """Draw a role that says something about each module dwelt on, seldom the same as another."""
    codes = [f"{module}.{action}" for module in FOCUS for action in ACTIONS if draw(_mostly)]
    scopes = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=2, unique=True)
    by_action = st.dictionaries(st.sampled_from(("*", "view", "edit")), scopes, min_size=1)
    level = st.sampled_from(("editable", "read_only", "hidden", "editable"))
    names = st.sampled_from(("phone", "notes", "owner", "title", "*"))
    fields = st.dictionaries(names, level, max_size=3)
    return {
        "code": code,
        "name": code,
        "permissions": codes,
        "records": {module: draw(by_action) for module in FOCUS},
        "fields": {m: _known(m, draw(fields)) for m in FOCUS},
    }


_mostly = st.sampled_from((True, True, True, True, False))
_meeting_roles = st.tuples(*(_meeting_role(code) for code in MEETING)).map(list)
_two_of_them = st.lists(st.sampled_from(MEETING), unique=True, min_size=1, max_size=3)


def _known(module, levels):
    return {n: level for n, level in levels.items() if n in (*catalogue.FIELDS[module], "*")}


def drawn(data):
    """Draw a document with records of the modules that have a model, and what is built of it."""
    document = data.draw(worlds.documents(records=True))
    world = document["world"]
    kept = {k: row for k, row in world["records"].items() if row["module"] in MODULES}
    for row in kept.values():
        values = row.get("values", {})
        row["values"] = {n: v for n, v in values.items() if n != "account" or v in kept}
    shares = [share for share in world["shares"] if share["record"] in kept]
    document["world"] = world | {"records": kept, "shares": shares}
    if not HAS_ORGANISATION:
        for person in world["users"].values():
            for part in ("department", "teams", "manager"):
                person.pop(part, None)
    # Most of what is asked would be answered no without roles that speak of these records, and
    # the rules meet where one role does what another does not.
    document["roles"] = [*data.draw(_meeting_roles), *document["roles"]]
    for person in world["users"].values():
        person["roles"] = [*data.draw(_two_of_them), *person["roles"][:1]]
    return document


def at_its_moment(document, ask, *rest):
    """Make the document's world, ask, and leave nothing behind."""
    from django.db import transaction

    with transaction.atomic(), clock.moment(document["now"]):
        try:
            return ask(World(document), *rest)
        finally:
            transaction.set_rollback(True)


def compare(world):
    """Compare everything that can be asked; give how often the answer was yes and no."""
    tally = Counter()
    for key, user in world.people.items():
        for module in MODULES:
            records = world.records(module)
            if records:
                _compare_actions(world, key, user, module, records, tally)
                _compare_fields(world, key, user, module, records, tally)
    return tally


def _compare_actions(world, key, user, module, records, tally):
    model = type(next(iter(records.values())))
    for action in catalogue.MODULES[module]["actions"]:
        code = f"{module}.{action}"
        expected = {k: world.ask(key, permission=code, record=k) for k in records}
        listed = set(model.objects.accessible_by(user, action).values_list("pk", flat=True))
        assert {k: r.pk in listed for k, r in records.items()} == expected, (key, code)
        checked = {k: bool(policy.check(user, code, r)) for k, r in records.items()}
        assert checked == expected, (key, code)
        tally.update(expected.values())


def _compare_fields(world, key, user, module, records, tally):
    model = type(next(iter(records.values())))
    rows = policy.with_masks(model.objects.filter(pk__in=[r.pk for r in records.values()]), user)
    pages = (policy.field_masks(user, list(records.values())), policy.field_masks(user, rows))
    for k, record in records.items():
        for field in (*catalogue.FIELDS[module], "nonsense", "created_at"):
            read = world.ask(key, read=field, record=k)
            write = world.ask(key, write=field, record=k)
            for masks in pages:
                mask = masks[record.pk]
                assert (field in mask.readable) is read, (key, k, field)
                assert (field in mask.writable) is write, (key, k, field)
            tally.update((read, write))


# The laws


@settings(unhurried, max_examples=25)
@given(st.data())
def test_every_answer_about_records_and_fields_agrees_with_the_brute_force(data):
    at_its_moment(drawn(data), compare)


@pytest.mark.slow
@settings(unhurried, max_examples=500)
@given(st.data())
def test_every_answer_agrees_with_the_brute_force_at_length(data):
    at_its_moment(drawn(data), compare)


def test_a_fifth_of_the_compared_answers_is_yes_and_a_fifth_no():
    tally = Counter()

    @settings(unhurried, max_examples=15, derandomize=True, database=None)
    @given(st.data())
    def collect(data):
        tally.update(at_its_moment(drawn(data), compare))

    collect()
    assert min(tally[True], tally[False]) * 5 >= tally.total() > 0, tally


def _doors_agree(data):
    document = drawn(data)
    modules = {*MODULES}
    checks = [
        check
        for check in data.draw(st.lists(worlds.record_questions(document), max_size=12))
        if check.get("create", check.get("list", MODULES[0])) in modules
    ]
    document["checks"] = [{**check, "expect": oracle.answer(document, check)} for check in checks]
    outcome = run_file("random.json", json.dumps(document, default=str))
    assert [failure.as_json() for failure in outcome.failures] == []
    assert outcome.passed == len(checks)


@settings(unhurried, max_examples=25)
@given(st.data())
def test_every_door_agrees_with_the_brute_force(data):
    """The single check, sync and async, the queryset, masks, and creation through the service."""
    _doors_agree(data)


@pytest.mark.slow
@settings(unhurried, max_examples=500)
@given(st.data())
def test_every_door_agrees_with_the_brute_force_at_length(data):
    _doors_agree(data)
