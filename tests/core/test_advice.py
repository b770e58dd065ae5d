"""Section 7: advice on what is allowed and seldom meant. It refuses nothing. No database."""

import pytest

from roles.core.advice import Advice, Facts, advise
from roles.core.compile import Rules, compile_role
from roles.core.specs import Catalogue, Module

from .test_compile import SHADOWS, role

CRUD = ("view", "create", "edit", "delete", "export", "import")
CATALOGUE = Catalogue(
    [
        Module("contacts", "Contacts", "Sales", CRUD, has_record_access=True, owner_field="owner"),
        Module("feed", "Feed", "Sales", ("create", "export")),
        Module("admin", "Admin", "Administration", ("view", "edit")),
    ],
    scopes=("own", "team", "all"),
)


def advice(*layers, facts=None):
    """Advise on the last of a chain of layers, which is described and named well."""
    rules = Rules(CATALOGUE, SHADOWS)
    roles = {spec.code: spec for spec in layers}
    return advise(compile_role(layers[-1].code, roles, rules), CATALOGUE, facts or Facts())


def rep(permissions="contacts.view", **values):
    return role("rep", permissions=permissions, **{"description": "Sells."} | values)


def codes(found):
    return [(piece.code, piece.about) for piece in found]


def test_an_ordinary_role_gets_no_advice():
    assert advice(rep("contacts.view contacts.create contacts.edit contacts.export")) == []


@pytest.mark.parametrize("action", ["create", "edit", "delete", "export"])
def test_an_action_without_view_is_advised_on_at_its_cell(action):
    assert codes(advice(rep(f"contacts.{action}"))) == [("without_view", f"contacts.{action}")]
    assert advice(rep(f"contacts.{action} contacts.view")) == []


def test_view_from_the_base_is_view_and_what_the_base_lacks_is_told_there():
    base = role("base", permissions="contacts.view", description="Looks.")
    assert advice(base, rep("contacts.edit", base="base")) == []
    odd = role("odd", permissions="contacts.edit", description="Odd.")
    assert advice(odd, rep("", base="odd")) == []


def test_import_needs_no_view_beside_it():
    assert advice(rep("contacts.import")) == []


def test_the_admin_module_on_a_low_role():
    assert codes(advice(rep("admin.view", level=49))) == [("low_admin", "admin.view")]
    assert advice(rep("admin.view", level=50)) == []


def test_level_100_and_no_description_and_a_name_that_says_nothing():
    assert codes(advice(rep(level=100))) == [("highest_level", "level")]
    assert advice(rep(level=99)) == []
    assert codes(advice(rep(description="  "))) == [("no_description", "description")]


@pytest.mark.parametrize(
    "name", ["Role 4", "role", "New role", "ROLE-12", "Role #3", "Test", "test 2", "Copy of Rep"]
)
def test_a_name_such_as_role_4(name):
    assert codes(advice(rep(name=name))) == [("vague_name", "name")]


@pytest.mark.parametrize(
    "name", ["Rep", "Rolema", "Test Engineer", "New Business", "Role Keeper", ""]
)
def test_a_name_that_means_something(name):
    assert advice(rep(name=name)) == []


def test_a_required_field_that_a_creating_role_cannot_set():
    """R17; one role that hides it, or only lets it be read, creates nothing."""
    facts = Facts(required={"contacts": {"last_name"}})
    cells = "contacts.view contacts.create"
    for level in ("hidden", "read_only"):
        shut = rep(cells, fields={"contacts": {"last_name": level}})
        assert advice(shut, facts=facts) == [
            Advice("required_unset", "contacts.create", "last_name")
        ]
    shut = rep(cells, fields={"contacts": {"*": "read_only"}})
    assert codes(advice(shut, facts=facts)) == [("required_unset", "contacts.create")]
    opened = rep(cells, fields={"contacts": {"*": "read_only", "last_name": "editable"}})
    assert advice(opened, facts=facts) == []
    looks = rep("contacts.view", fields={"contacts": {"last_name": "hidden"}})
    assert advice(looks, facts=facts) == []


def test_export_of_all_records():
    cells = "contacts.view contacts.export"
    found = advice(rep(cells, records={"contacts": {"*": "all"}}))
    assert codes(found) == [("export_all", "contacts.export")]
    assert advice(rep(cells, records={"contacts": {"*": "all", "export": "team"}})) == []
    assert advice(rep("contacts.view", records={"contacts": {"*": "all"}})) == []


def test_export_of_all_records_is_advised_on_where_it_is_brought_about():
    base = role("base", permissions="contacts.view contacts.export", description="Exports.")
    own = rep("", base="base", records={"contacts": {"*": "all"}})
    assert codes(advice(base, own)) == [("export_all", "contacts.export")]
    wide = base.with_changes(records={"contacts": {"*": frozenset({"all"})}})
    assert advice(wide, rep("", base="base")) == []


def test_what_nobody_holds_is_said_only_where_it_is_known():
    spec = rep(privileges="app.crm report.export")
    assert advice(spec) == []
    assert codes(advice(spec, facts=Facts(is_held=False))) == [("role_unheld", "role")]
    assert advice(spec, facts=Facts(is_held=True)) == []
    held = Facts(privileges=frozenset({"app.crm"}))
    assert codes(advice(spec, facts=held)) == [("privilege_unheld", "report.export")]


# Built-in roles (D8): no advice on what nobody can act on


def test_owner_is_never_advised_on():
    """R6: it holds everything by design."""
    assert advice(role("owner", name="Role 1", level=100), facts=Facts(is_held=False)) == []


def test_a_built_in_role_keeps_name_and_level_and_stays_though_nobody_holds_it():
    spec = rep("admin.view contacts.edit", level=100, name="Role 1", is_system=True)
    assert codes(advice(spec, facts=Facts(is_held=False))) == [("without_view", "contacts.edit")]
    low = spec.with_changes(level=10)
    assert ("low_admin", "admin.view") in codes(advice(low))


def test_an_export_of_all_that_a_built_in_role_came_with_is_no_news():
    cells, everywhere = "contacts.view contacts.export", {"contacts": {"*": "all"}}
    shipped = rep(cells, records=everywhere, is_system=True)
    assert advice(shipped, facts=Facts(shipped=shipped)) == []
    for other in (rep("contacts.view", records=everywhere), rep(cells)):
        assert codes(advice(shipped, facts=Facts(shipped=other))) == [
            ("export_all", "contacts.export")
        ]
