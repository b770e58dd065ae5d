"""R8, R10: scopes and field levels say which layers they come from. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.core.compile import Source
from roles.core.vocabulary import FieldLevel

from .test_compile import compiled, role

BASE, TOP = Source("inherited", "base", "Base"), Source("own", "top", "Top")
SCOPES = ("own", "team", "department", "all", "galaxy")
LEVELS = ("hidden", "read_only", "editable")


def two(base, top):
    """Compile a role `top` on `base`, each given by its records and fields."""
    return compiled("top", role("base", **base), role("top", "base", **top))


def records(words):
    return {"records": {"contacts": words}}


def fields(words):
    return {"fields": {"contacts": words}}


def test_each_scope_names_the_layers_that_bring_it_the_nearest_first():
    found = two(records({"*": "team department"}), records({"*": "team"}))
    assert found.scope_sources("contacts", "view") == {"team": (TOP, BASE), "department": (BASE,)}


def test_a_layer_brings_the_scopes_of_the_action_in_place_of_those_for_all():
    found = two(records({"*": "team", "edit": "all"}), records({"edit": "own"}))
    assert found.scope_sources("contacts", "edit") == {"own": (TOP,), "all": (BASE,)}
    assert found.scope_sources("contacts", "view") == {"team": (BASE,)}


def test_own_that_stands_because_nobody_says_anything_has_no_source():
    assert two({}, {}).scope_sources("contacts", "view") == {"own": ()}
    assert two({}, records({"*": "galaxy"})).scope_sources("contacts", "view") == {"own": ()}


def test_a_field_names_the_layer_whose_level_holds():
    """Worked example 2: what the base hides is opened above, never hidden again."""
    opened = two(fields({"margin": "hidden"}), fields({"margin": "read_only"}))
    assert opened.field_source("contacts", "margin") == TOP
    kept = two(fields({"margin": "read_only"}), fields({"margin": "hidden"}))
    assert kept.field_source("contacts", "margin") == BASE
    star = two(fields({"*": "hidden"}), {})
    assert star.field_source("contacts", "phone") == BASE


def test_of_two_layers_with_the_same_level_the_nearest_is_named():
    found = two(fields({"margin": "hidden"}), fields({"*": "hidden"}))
    assert found.field_source("contacts", "margin") == TOP


def test_a_field_that_no_layer_sets_has_no_source():
    assert two(fields({"margin": "hidden"}), {}).field_source("contacts", "phone") is None


def test_owner_is_its_own_source_of_everything():
    owner = compiled("owner", role("owner", **records({"*": "team"}), **fields({"*": "hidden"})))
    source = Source("owner", "owner", "Owner")
    assert owner.scope_sources("contacts", "edit") == {"all": (source,)}
    assert owner.field_source("contacts", "phone") == source


words = st.sets(st.sampled_from(SCOPES), max_size=3).map(lambda found: " ".join(sorted(found)))
by_action = st.dictionaries(st.sampled_from(["*", "view", "edit"]), words)
by_field = st.dictionaries(st.sampled_from(["*", "phone", "margin"]), st.sampled_from(LEVELS))
layers = st.lists(st.tuples(by_action, by_field), min_size=1, max_size=4)


@given(layers, st.sampled_from(["view", "edit"]), st.sampled_from(["phone", "margin", "other"]))
def test_the_sources_never_disagree_with_what_holds(made, action, name):
    """The explanation cannot differ from the decision: same scopes, and the level that is named."""
    roles = [
        role(f"r{n}", f"r{n - 1}" if n else None, **records(scopes), **fields(levels))
        for n, (scopes, levels) in enumerate(made)
    ]
    top = compiled(f"r{len(made) - 1}", *roles)
    assert top.scope_sources("contacts", action).keys() == top.scopes_for("contacts", action)
    source = top.field_source("contacts", name)
    if source is None:
        assert all(not {name, "*"} & levels.keys() for _scopes, levels in made)
        assert top.level_of_field("contacts", name) is FieldLevel.EDITABLE
    else:
        levels = dict(zip([r.code for r in roles], made, strict=True))[source.role][1]
        assert levels.get(name, levels.get("*")) == top.level_of_field("contacts", name).code


@pytest.mark.parametrize("unknown", ["ghosts", ""])
def test_an_unknown_module_says_nothing(unknown):
    """R21."""
    found = two(records({"*": "team"}), fields({"*": "hidden"}))
    assert found.scope_sources(unknown, "view") == {"own": ()}
    assert found.field_source(unknown, "phone") is None
