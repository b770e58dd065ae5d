"""R4-R11: what a chain of roles gives, every cell with where it comes from. No database."""

import pytest

from roles.core.compile import Rules, Source, chain_of, compile_role, implied_by
from roles.core.specs import Catalogue, Feature, Module, RoleSpec
from roles.core.vocabulary import CHAIN_MAX, FieldLevel

CRUD = ("view", "create", "edit", "delete", "export")
CATALOGUE = Catalogue(
    [
        Module("contacts", "Contacts", "Sales", CRUD, has_record_access=True, owner_field="owner"),
        Module("leads", "Leads", "Sales", CRUD, has_record_access=True, owner_field="owner"),
        Module("deals", "Deals", "Sales", CRUD, has_record_access=True, owner_field="owner"),
        Module("users", "Users", "Administration", ("view", "edit"), can_disable=False),
        Module("log", "Log", "Administration", ("view",), implies={"view": ("users.view",)}),
        Module(
            "admin",
            "Admin",
            "Administration",
            ("view",),
            implies={"view": ("log.view", "ghosts.view")},
        ),
    ],
    [
        Feature("profile.view", "own profile", "Personal"),
        Feature("contacts.merge", "merge", "Sales", module="contacts"),
    ],
    scopes=("own", "team", "department", "reporting_line", "all"),
    aliases={"crm.view_contact": "contacts.view", "crm.zap_contact": None},
)
SHADOWS = CATALOGUE.shadows({"auth.view_group"})


def role(code, base=None, permissions="", privileges="", records=None, fields=None, **values):
    """Give one layer; permissions and privileges as words."""
    return RoleSpec(
        code=code,
        name=values.pop("name", code.title()),
        base=base,
        permissions=frozenset(permissions.split()),
        privileges=frozenset(privileges.split()),
        records={
            module: {action: frozenset(found.split()) for action, found in by.items()}
            for module, by in (records or {}).items()
        },
        fields={
            module: {name: FieldLevel.from_code(level) for name, level in by.items()}
            for module, by in (fields or {}).items()
        },
        **values,
    )


def compiled(code, *roles, disabled=(), named=()):
    """Compile the role `code` among `roles`."""
    rules = Rules(CATALOGUE, SHADOWS, frozenset(disabled), frozenset(named))
    return compile_role(code, {r.code: r for r in roles}, rules)


def chain(length):
    """Give `length` roles, `r1` at the bottom, each giving a privilege of its own."""
    return [
        role(f"r{n}", base=f"r{n - 1}" if n > 1 else None, privileges=f"p.{n}")
        for n in range(1, length + 1)
    ]


# R4: additive inheritance


def test_a_role_gives_what_all_its_layers_give():
    low, middle = role("low", permissions="contacts.view"), role("mid", "low", "leads.view")
    top = compiled("top", low, middle, role("top", "mid", "deals.view", "app.crm"))
    assert top.permissions.keys() == {"contacts.view", "leads.view", "deals.view"}
    assert top.privileges.keys() == {"app.crm"}
    assert compiled("low", low, middle).permissions.keys() == {"contacts.view"}


def test_every_cell_says_which_layers_give_it_the_nearest_first():
    base = role("user", permissions="contacts.view leads.view", privileges="app.crm")
    own = role("rep", "user", "contacts.view deals.view", "app.crm")
    rep = compiled("rep", base, own)
    mine, brought = Source("own", "rep", "Rep"), Source("inherited", "user", "User")
    assert rep.permissions == {
        "contacts.view": (mine, brought),
        "deals.view": (mine,),
        "leads.view": (brought,),
    }
    assert rep.privileges == {"app.crm": (mine, brought)}


def test_sixteen_layers_count_and_the_seventeenth_gives_nothing():
    names = {f"p.{n}" for n in range(1, 18)}
    assert compiled("r16", *chain(17)).privileges.keys() == names - {"p.17"}
    assert compiled("r17", *chain(17)).privileges.keys() == names - {"p.1"}
    assert len(chain_of("r17", {r.code: r for r in chain(17)})) == CHAIN_MAX == 16


@pytest.mark.parametrize("bases", [("a",), ("b", "a"), ("b", "c", "a")])
def test_a_stored_cycle_gives_each_layer_once_and_ends(bases):
    codes = ("a", "b", "c")[: len(bases)]
    roles = [
        role(code, base, privileges=f"p.{code}") for code, base in zip(codes, bases, strict=True)
    ]
    found = compiled("a", *roles)
    assert {layer.code for layer in found.chain} == set(codes) and len(found.chain) == len(codes)
    assert {n: len(by) for n, by in found.privileges.items()} == {f"p.{c}": 1 for c in codes}


def test_a_base_that_is_not_there_gives_nothing():
    assert compiled("a", role("a", "gone", "deals.view")).permissions.keys() == {"deals.view"}


# R5, R7, R21: implied permissions, disabled modules, unknown codes


def test_implied_permissions_follow_further_and_name_what_implies_them():
    found = compiled("r", role("r", permissions="admin.view")).permissions
    assert found == {
        "admin.view": (Source("own", "r", "R"),),
        "log.view": (Source("implied", "r", "R", "admin.view"),),
        "users.view": (Source("implied", "r", "R", "log.view"),),
    }


def test_what_is_granted_itself_is_not_called_implied_and_nothing_works_backwards():
    catalogue, codes = CATALOGUE, frozenset(CATALOGUE.permissions)
    both = implied_by(frozenset({"log.view", "users.view"}), codes, catalogue)
    assert both == {}
    assert implied_by(frozenset({"admin.view"}), codes - {"admin.view"}, catalogue) == {}
    assert compiled("r", role("r", permissions="users.view")).permissions.keys() == {"users.view"}


def test_a_disabled_module_gives_nothing_implies_nothing_and_takes_its_features_along():
    given = role("r", permissions="admin.view contacts.view contacts.merge profile.view")
    off = compiled("r", given, disabled=["log", "contacts"])
    assert off.permissions.keys() == {"admin.view", "profile.view"}
    on = compiled("r", given)
    assert {"log.view", "users.view", "contacts.view", "contacts.merge"} <= on.permissions.keys()


@pytest.mark.parametrize("code", ["ghosts.view", "contacts.frobnicate", "contacts.invite", ""])
def test_codes_that_nothing_declares_or_that_do_not_apply_are_never_given(code):
    spec = role("r").with_changes(permissions=frozenset({code, "contacts.view"}))
    assert compiled("r", spec).permissions.keys() == {"contacts.view"}


# R6: Owner


def test_owner_gives_everything_enabled_every_named_privilege_all_scopes_and_fields():
    owner = role("owner", fields={"contacts": {"*": "hidden"}}, records={"contacts": {"*": "own"}})
    found = compiled("owner", owner, disabled=["leads"], named=["app.crm", "auth.view_group"])
    assert found.permissions.keys() == {c for c in CATALOGUE.permissions if c[:6] != "leads."}
    assert found.privileges == {"app.crm": (Source("owner", "owner", "Owner"),)}
    assert found.scopes_for("contacts", "view") == {"all"}
    assert found.level_of_field("contacts", "phone") is FieldLevel.EDITABLE
    assert found.is_owner and not compiled("r", role("r")).is_owner


# R8: record access


def scopes(role_, action="view", module="contacts"):
    return set(role_.scopes_for(module, action))


def test_an_empty_union_means_own():
    assert scopes(compiled("r", role("r", permissions="contacts.view"))) == {"own"}


def test_scopes_of_an_action_stand_in_place_of_the_modules_within_one_layer():
    found = compiled("r", role("r", records={"contacts": {"*": "team", "delete": "own all"}}))
    assert scopes(found) == {"team"}
    assert scopes(found, "delete") == {"own", "all"}
    assert scopes(found, module="leads") == {"own"}


def test_a_layer_that_names_only_one_action_says_nothing_of_the_others():
    found = compiled("r", role("r", records={"contacts": {"edit": "team"}}))
    assert scopes(found, "edit") == {"team"}
    assert scopes(found, "view") == {"own"}


def test_layers_are_united_each_by_its_own_rule_for_the_action():
    base = role("base", records={"contacts": {"*": "department"}})
    top = role("top", "base", records={"contacts": {"*": "team", "edit": "own"}})
    found = compiled("top", base, top)
    assert scopes(found) == {"team", "department"}
    assert scopes(found, "edit") == {"own", "department"}


def test_worked_example_2_a_scope_set_above_applies_to_what_is_inherited():
    user = role("user", permissions="contacts.view contacts.edit")
    salesperson = role("sp", "user", "deals.view", records={"contacts": {"*": "team"}})
    assert scopes(compiled("sp", user, salesperson)) == {"team"}
    richer = user.with_changes(permissions=user.permissions | {"leads.export"})
    assert "leads.export" in compiled("sp", richer, salesperson).permissions
    assert "leads.export" not in compiled("sp", user, salesperson).permissions


def test_worked_example_3_scopes_are_a_union():
    base = role("base", permissions="deals.view", records={"deals": {"*": "team"}})
    derived = role("derived", "base", records={"deals": {"*": "reporting_line"}})
    found = compiled("derived", base, derived)
    assert scopes(found, module="deals") == {"team", "reporting_line"}


def test_a_scope_that_nothing_declares_reaches_nobody():
    assert scopes(compiled("r", role("r", records={"contacts": {"*": "galaxy"}}))) == {"own"}


# R10: field permissions


def level(name, *layers, module="contacts"):
    """Give the code of a field's level in the last of a chain of layers, the base first."""
    roles = [
        role(f"r{n}", f"r{n - 1}" if n else None, fields={"contacts": by} if by else None)
        for n, by in enumerate(layers)
    ]
    return compiled(f"r{len(layers) - 1}", *roles).level_of_field(module, name).code


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([{}], "editable"),  # nobody says anything
        ([{"margin": "hidden"}], "hidden"),
        ([{"margin": "hidden"}, {}], "hidden"),  # worked example 2: silence changes nothing
        ([{"margin": "hidden"}, {"margin": "read_only"}], "read_only"),  # … and widens
        ([{"margin": "read_only"}, {"margin": "hidden"}], "read_only"),  # never narrows
        ([{}, {"margin": "hidden"}], "hidden"),  # the first that sets it decides
        ([{}, {"margin": "hidden"}, {"margin": "editable"}], "editable"),  # opened again above
        ([{"*": "hidden"}], "hidden"),
        ([{"*": "hidden", "margin": "read_only"}], "read_only"),  # an allow-list
        ([{"*": "read_only", "margin": "hidden"}], "hidden"),  # named: `*` does not speak for it
        ([{"margin": "hidden"}, {"*": "read_only"}], "read_only"),  # `*` above names it not
        ([{"*": "hidden"}, {"phone": "editable"}], "hidden"),
        ([{"*": "hidden"}, {"margin": "editable"}], "editable"),
    ],
)
def test_the_most_permissive_level_along_the_chain_holds(layers, expected):
    assert level("margin", *layers) == expected


def test_levels_are_those_of_their_module_alone():
    assert level("margin", {"*": "hidden"}, module="deals") == "editable"
    assert level("field_added_later", {"*": "hidden"}) == "hidden"
