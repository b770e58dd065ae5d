"""The difference of two states of a role: it says everything, and touches nothing else."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from roles.core.changes import RoleChanges, apply, difference, flatten, inverse, unflatten
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel

MODULES, ACTIONS = ("contacts", "deals", "leads"), ("*", "view", "edit")
CODES = [f"{module}.{action}" for module in MODULES for action in ("view", "edit", "export")]

SCOPES, FIELDS = ("own", "team", "all"), ("*", "phone", "notes")
SCOPE_CELLS = [(m, a, s) for m in MODULES[:2] for a in ACTIONS for s in SCOPES]
FIELD_CELLS = [(m, f) for m in MODULES[:2] for f in FIELDS]


def nest_scopes(rows):
    """Module -> action -> scopes, without empty middles, as a role is stored."""
    found = {}
    for module, action, scope in rows:
        by_action = found.setdefault(module, {})
        by_action[action] = by_action.get(action, frozenset()) | {scope}
    return found


def nest_levels(rows):
    """Module -> field -> level."""
    found = {}
    for (module, name), level in rows.items():
        found.setdefault(module, {})[name] = level
    return found


specs = st.builds(
    RoleSpec,
    code=st.just("rep"),
    name=st.sampled_from(["Rep", "Sales Rep"]),
    level=st.integers(0, 3),
    description=st.sampled_from(["", "Sells."]),
    base=st.sampled_from([None, "user", "guest"]),
    second_factor=st.booleans(),
    permissions=st.frozensets(st.sampled_from(CODES), max_size=5),
    privileges=st.frozensets(st.sampled_from(["app.crm", "app.x"])),
    records=st.frozensets(st.sampled_from(SCOPE_CELLS), max_size=4).map(nest_scopes),
    fields=st.dictionaries(
        st.sampled_from(FIELD_CELLS), st.sampled_from(FieldLevel), max_size=4
    ).map(nest_levels),
)


def touched(changes):
    """Name everything that the changes speak of."""
    return {row["field"] for row in flatten(changes)}


def cells(spec):
    """Give a role as a flat mapping from what can be changed to its value."""
    blank = RoleSpec(code="rep", name="", level=-1)
    return {row["field"]: row["new"] for row in flatten(difference(blank, spec))}


def without(changes, named):
    """Leave out of the changes what is named already."""

    def others(mapping, kind):
        return {k: pair for k, pair in mapping.items() if ":".join((kind, *k)) not in named}

    return replace(
        changes,
        values={name: pair for name, pair in changes.values.items() if name not in named},
        granted=changes.granted - named,
        revoked=changes.revoked - named,
        privileges_added={n for n in changes.privileges_added if f"privilege:{n}" not in named},
        privileges_removed={n for n in changes.privileges_removed if f"privilege:{n}" not in named},
        records=others(changes.records, "scope"),
        fields=others(changes.fields, "field"),
    )


@given(specs, specs)
def test_a_difference_leads_from_the_one_state_to_the_other(before, after):
    assert apply(difference(before, after), before) == after


@given(specs)
def test_a_state_does_not_differ_from_itself(spec):
    assert not difference(spec, spec)
    assert apply(RoleChanges(), spec) == spec


@given(specs, specs)
def test_a_difference_is_true_exactly_where_something_differs(before, after):
    assert bool(difference(before, after)) == (before != after)


@given(specs, specs, specs)
def test_nothing_beside_what_changes_name_is_touched(before, after, third):
    changes = difference(before, after)
    result = apply(changes, third)
    named, old, new, aim = touched(changes), cells(third), cells(result), cells(after)
    for name in old.keys() | new.keys() | aim.keys():
        expected = aim if name in named else old
        assert new.get(name) == expected.get(name)


@given(specs, specs)
def test_carrying_changes_out_twice_is_carrying_them_out_once(before, after):
    changes = difference(before, after)
    once = apply(changes, before)
    assert apply(changes, once) == once


@given(specs, specs, specs)
def test_changes_to_different_cells_commute(start, one, two):
    first = difference(start, one)
    second = without(difference(start, two), touched(first))
    both = apply(second, apply(first, start))
    assert both == apply(first, apply(second, start))
    assert touched(difference(start, both)) == touched(first) | touched(second)


@given(specs, specs)
def test_the_way_back_is_the_difference_with_its_pairs_turned(before, after):
    there = {row["field"]: (row["old"], row["new"]) for row in flatten(difference(before, after))}
    back = {row["field"]: (row["new"], row["old"]) for row in flatten(difference(after, before))}
    assert there == back


def test_the_log_has_each_field_with_its_old_and_new_value():
    before = RoleSpec(
        code="rep",
        name="Rep",
        permissions=frozenset({"deals.view"}),
        privileges=frozenset({"app.x"}),
        records={"contacts": {"*": frozenset({"team", "department"})}},
        fields={"contacts": {"phone": FieldLevel.HIDDEN}},
    )
    after = before.with_changes(
        name="Sales Rep",
        base="user",
        permissions=frozenset({"deals.edit"}),
        privileges=frozenset({"app.crm"}),
        records={"contacts": {"edit": frozenset({"own"})}},
        fields={"contacts": {"phone": FieldLevel.READ_ONLY, "*": FieldLevel.HIDDEN}},
    )
    assert list(flatten(difference(before, after))) == [
        {"field": "name", "old": "Rep", "new": "Sales Rep"},
        {"field": "base", "old": None, "new": "user"},
        {"field": "deals.edit", "old": False, "new": True},
        {"field": "deals.view", "old": True, "new": False},
        {"field": "privilege:app.crm", "old": False, "new": True},
        {"field": "privilege:app.x", "old": True, "new": False},
        {"field": "scope:contacts:*", "old": ["department", "team"], "new": []},
        {"field": "scope:contacts:edit", "old": [], "new": ["own"]},
        {"field": "field:contacts:*", "old": None, "new": "hidden"},
        {"field": "field:contacts:phone", "old": "hidden", "new": "read_only"},
    ]


@given(specs, specs)
def test_what_the_log_keeps_leads_back(a, b):
    made = difference(a, b)
    kept = json.loads(json.dumps(list(flatten(made))))
    assert unflatten(kept) == made
    assert apply(inverse(made), b) == a
