"""Policy files are read strictly, and what is written is read back as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roles.core.document import (
    dump_document,
    dump_role,
    load_text,
    parse_policy,
    parse_roles,
    to_json,
    to_yaml,
)
from roles.core.names import Shadows
from roles.core.role_reading import is_slug
from roles.core.specs import RoleSpec
from roles.core.vocabulary import CHAIN_MAX, FieldLevel

from .small import BUILTINS, CATALOGUE, FIELDS, fields_of, refused


def parse(*roles, allow_builtins=False, **options):
    options = {"catalogue": CATALOGUE, "builtins": BUILTINS, "fields_of": fields_of} | options
    return parse_roles(list(roles), "roles", allow_builtins=allow_builtins, **options)


def role(**values):
    return {"code": "rep", "name": "Rep"} | values


def parse_one(**values):
    return parse(role(**values))[0]


def chain(length, base=None):
    """Give roles each based on the one before it; the last one's chain is the longest."""
    bases = [base, *(f"r{i}" for i in range(length - 1))]
    return [role(code=f"r{i}", name=f"R{i}", base=bases[i]) for i in range(length)]


def test_whole_example_of_the_interfaces_is_read():
    text = """
    version: 1
    roles:
      - code: salesperson
        name: Salesperson
        description: Sells.
        level: 20
        base: user
        permissions: [contacts.view, contacts.create, contacts.merge]
        privileges: [Report.Export]
        records:
          contacts: team
          deals: {"*": [team, own], edit: own}
        fields:
          contacts: {phone: read_only, "*": hidden}
    """
    (found,) = parse_policy(load_text(text), catalogue=CATALOGUE, builtins=BUILTINS)
    assert found == RoleSpec(
        code="salesperson",
        name="Salesperson",
        description="Sells.",
        level=20,
        base="user",
        permissions=frozenset({"contacts.view", "contacts.create", "contacts.merge"}),
        privileges=frozenset({"report.export"}),
        records={
            "contacts": {"*": frozenset({"team"})},
            "deals": {"*": frozenset({"team", "own"}), "edit": frozenset({"own"})},
        },
        fields={"contacts": {"phone": FieldLevel.READ_ONLY, "*": FieldLevel.HIDDEN}},
    )


def test_smallest_role_is_read():
    assert parse_one() == RoleSpec(code="rep", name="Rep")


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ([], "", ["mapping"]),
        ({"version": 1}, "", ["'roles'"]),
        ({"roles": []}, "", ["'version'"]),
        ({"version": 2, "roles": []}, "version", ["2"]),
        ({"version": True, "roles": []}, "version", ["whole number", "true"]),
        ({"version": "1", "roles": []}, "version", ["whole number"]),
        ({"version": 1, "roles": {}}, "roles", ["list"]),
        ({"version": 1, "roles": [], "rolls": []}, "rolls", ["Did you mean 'roles'?"]),
        ({"version": 1, "roles": [], True: 1}, "", ["key true", "quotes"]),
    ],
)
def test_policy_of_another_form_is_refused(value, place, words):
    with refused(place, *words):
        parse_policy(value, catalogue=CATALOGUE, builtins=BUILTINS)


def test_policy_without_roles_is_read():
    value = {"version": 1, "roles": []}
    assert parse_policy(value, catalogue=CATALOGUE, builtins=BUILTINS) == ()


@pytest.mark.parametrize(
    ("values", "place", "words"),
    [
        ({"permision": []}, "permision", ["Did you mean 'permissions'?"]),
        ({"is_system": True}, "is_system", ["no key"]),
        ({"code": None}, "code", ["text", "null"]),
        ({"code": False}, "code", ["false", "quotes"]),
        ({"code": "Sales Rep"}, "code", ["'Sales Rep'", "lower-case"]),
        ({"code": "rep-"}, "code", ["'rep-'"]),
        ({"code": " rep"}, "code", ["' rep'"]),
        ({"code": "r" * 101}, "code", ["100"]),
        ({"code": "user"}, "code", ["built-in"]),
        ({"name": "  "}, "name", ["empty"]),
        ({"name": "n" * 101}, "name", ["101", "100"]),
        ({"name": "a\nb"}, "name", ["\\n"]),
        ({"name": "a\0b"}, "name", ["\\x00"]),
        ({"name": 5}, "name", ["text", "5"]),
        ({"description": ["x"]}, "description", ["text"]),
        ({"description": "x" * 2001}, "description", ["2001", "at most 2000"]),
        ({"level": True}, "level", ["whole number", "true"]),
        ({"level": "20"}, "level", ["whole number", "'20'"]),
        ({"level": 20.0}, "level", ["whole number"]),
        ({"level": -1}, "level", ["0 to 100"]),
        ({"level": 101}, "level", ["0 to 100"]),
        ({"base": "usr"}, "base", ["'usr'", "Did you mean 'user'?"]),
        ({"base": "owner"}, "base", ["R3"]),
        ({"base": "rep"}, "base", ["cycle", "rep -> rep"]),
        ({"base": 1}, "base", ["text"]),
        ({"permissions": "contacts.view"}, "permissions", ["a list"]),
        ({"permissions": None}, "permissions", ["a list", "null"]),
        ({"permissions": [1]}, "permissions[0]", ["text"]),
        ({"permissions": ["deals.view", "contacts.veiw"]}, "permissions[1]", ["no action 'veiw'"]),
        ({"permissions": ["contcts.view"]}, "permissions[0]", ["no module", "'contacts.view'"]),
        ({"permissions": ["forms.export"]}, "permissions[0]", ["does not apply", "view"]),
        ({"permissions": ["Deals.view"]}, "permissions[0]", ["no module 'Deals'"]),
        ({"permissions": ["launch"]}, "permissions[0]", ["no permission", "privileges"]),
        ({"privileges": "report.export"}, "privileges", ["a list"]),
        ({"privileges": [""]}, "privileges[0]", ["empty"]),
        ({"privileges": ["a b"]}, "privileges[0]", ["' '"]),
        ({"privileges": ["x" * 101]}, "privileges[0]", ["101"]),
        ({"privileges": [f"p.x{n}" for n in range(201)]}, "privileges", ["201", "at most 200"]),
        ({"privileges": ["\u0441ontacts.view"]}, "privileges[0]", ["Cyrillic, Latin"]),
        ({"privileges": ["Forms.Export"]}, "privileges[0]", ["system permission", "R11"]),
        ({"privileges": ["crm.view_contact"]}, "privileges[0]", ["Django"]),
        ({"records": ["contacts"]}, "records", ["mapping"]),
        ({"records": {"contcts": "own"}}, "records.contcts", ["Did you mean 'contacts'?"]),
        ({"records": {"forms": "own"}}, "records.forms", ["no record access"]),
        ({"records": {"contacts": "mine"}}, "records.contacts", ["no scope 'mine'"]),
        ({"records": {"contacts": []}}, "records.contacts", ["empty"]),
        ({"records": {"contacts": None}}, "records.contacts", ["scope", "null"]),
        ({"records": {"contacts": ["own", 3]}}, "records.contacts[1]", ["text"]),
        ({"records": {"contacts": {"export": "own"}}}, "records.contacts.export", ["not apply"]),
        ({"records": {"contacts": {"vew": "own"}}}, "records.contacts.vew", ["'view'?"]),
        ({"records": {"contacts": {"*": ["al"]}}}, "records.contacts.*[0]", ["'all'?"]),
        ({"records": {"contacts": {"edit": {}}}}, "records.contacts.edit", ["scope"]),
        ({"fields": {"contcts": {}}}, "fields.contcts", ["no module"]),
        ({"fields": {"contacts": "hidden"}}, "fields.contacts", ["mapping"]),
        ({"fields": {"contacts": {"fone": "hidden"}}}, "fields.contacts.fone", ["'phone'?"]),
        ({"fields": {"contacts": {"phone": "Hidden"}}}, "fields.contacts.phone", ["hidden"]),
        ({"fields": {"contacts": {"phone": 0}}}, "fields.contacts.phone", ["text"]),
    ],
)
def test_role_with_a_fault_is_refused_at_its_place(values, place, words):
    with refused(f"roles[1].{place}", *words):
        parse(role(code="first", name="First"), role(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"code": "sales-rep_2"},
        {"code": "продавец"},
        {"code": "r" * 100},
        {"description": "x" * 2000, "privileges": [f"p.{n}" for n in range(100, 300)]},
        {"name": "n" * 100},
        {"description": "Two\nlines"},
        {"level": 0},
        {"level": 100},
        {"base": "user"},
        {"base": None},
        {"permissions": ["contacts.merge", "contacts.view"]},
        {"privileges": ["report.export", "x" * 100, "отчёт.экспорт"]},
        {
            "records": {
                "contacts": {"*": "own", "edit": ["all", "team"]},
                "deals": {"export": "own"},
            }
        },
        {"fields": {"contacts": {"phone": "hidden", "*": "editable"}, "forms": {"*": "hidden"}}},
    ],
)
def test_role_without_a_fault_is_read(values):
    (found,) = parse(role(**values))
    assert {key: dump_role(found).get(key) for key in values} == values


@pytest.mark.parametrize("key", ["code", "name"])
def test_missing_code_or_name_is_refused(key):
    with refused("roles[0]", repr(key), "missing"):
        parse({k: v for k, v in role().items() if k != key})


def test_name_is_trimmed_and_privilege_normalised():
    found = parse_one(name=" Rep ", privileges=["ＡＰＰ.x", "app.X"])
    assert found.name == "Rep"
    assert found.privileges == {"app.x"}


def test_two_roles_of_one_code_or_name_are_refused():
    with refused("roles[1].code", "'rep'", "roles[0]"):
        parse(role(), role(name="Other"))
    with refused("roles[1].name", "roles[0]"):
        parse(role(name="Sales  Rep"), role(code="other", name="ＳＡＬＥＳ rep"))
    assert len(parse(role(), role(code="other", name="Other"))) == 2


def test_base_may_stand_later_in_the_file():
    found = parse(role(base="later"), role(code="later", name="Later"))
    assert [spec.base for spec in found] == ["later", None]


def test_cycle_of_bases_is_refused():
    roles = [role(code=c, name=c, base=b) for c, b in [("z", "a"), ("a", "b"), ("b", "a")]]
    with refused("roles[1].base", "a -> b -> a", "R4"):
        parse(*roles)


@pytest.mark.parametrize("base", [None, "user"])
def test_chain_longer_than_16_is_refused_with_its_built_in_base_counted(base):
    longest = CHAIN_MAX - (base is not None)
    assert len(parse(*chain(longest, base))) == longest
    with refused(f"roles[{longest}].base", "17", "R4"):
        parse(*chain(longest + 1, base))


def test_built_in_role_is_read_only_where_it_is_allowed():
    (found,) = parse(role(code="user", name="User"), allow_builtins=True)
    assert found.is_system
    assert not parse_one().is_system
    with refused("roles[0].base", "built-in", "D8"):
        parse(role(code="user", name="User", base="rep"), role(), allow_builtins=True)


def test_shadowed_privilege_is_read_leniently_for_policy_tests():
    (found,) = parse(role(privileges=["contacts.view"]), lenient_privileges=True)
    assert found.privileges == {"contacts.view"}
    with refused("roles[0].privileges[0]", "' '"):
        parse(role(privileges=["a b"]), lenient_privileges=True)


def test_shadows_given_take_the_place_of_the_catalogues():
    shadows = Shadows(django=frozenset({"auth.add_group"}))
    with refused("roles[0].privileges[0]", "Django"):
        parse(role(privileges=["auth.add_group"]), shadows=shadows)
    assert parse_one(privileges=["auth.add_group"]).privileges == {"auth.add_group"}


def test_without_fields_of_any_field_passes():
    (found,) = parse(role(fields={"contacts": {"fone": "hidden"}}), fields_of=None)
    assert found.fields == {"contacts": {"fone": FieldLevel.HIDDEN}}


def test_module_that_says_nothing_is_dropped():
    found = parse_one(records={"contacts": {}}, fields={"contacts": {}})
    assert found == RoleSpec(code="rep", name="Rep")


@pytest.mark.parametrize("text", ["", "-", "a--b", "a_-b", "_a", "A", "a.b", "a b", "ﬁ", "ǅ", "½"])
def test_slug_of_another_form_is_none(text):
    assert not is_slug(text)


def test_role_is_written_in_the_documented_order_without_what_is_empty():
    spec = RoleSpec(
        code="rep",
        name="Rep",
        base="user",
        permissions=frozenset({"deals.view", "contacts.view"}),
        records={
            "deals": {"edit": frozenset({"own"}), "*": frozenset({"team", "all"})},
            "contacts": {"*": frozenset({"team"}), "edit": frozenset()},
        },
        fields={"contacts": {"phone": FieldLevel.HIDDEN, "*": FieldLevel.EDITABLE}, "deals": {}},
    )
    assert to_yaml(dump_document([spec])) == (
        "version: 1\n"
        "roles:\n"
        "  - code: rep\n"
        "    name: Rep\n"
        "    level: 0\n"
        "    base: user\n"
        "    permissions:\n"
        "      - contacts.view\n"
        "      - deals.view\n"
        "    records:\n"
        "      contacts: team\n"
        "      deals:\n"
        "        '*':\n"
        "          - all\n"
        "          - team\n"
        "        edit: own\n"
        "    fields:\n"
        "      contacts:\n"
        "        '*': editable\n"
        "        phone: hidden\n"
    )


def test_roles_are_written_in_the_order_of_their_codes():
    specs = [RoleSpec(code="b", name="A"), RoleSpec(code="a", name="B")]
    assert [role["code"] for role in dump_document(specs)["roles"]] == ["a", "b"]


CODES = ["a", "b-2", "c_x", "no", "020", "1e5", "код"]
LINES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)
SCOPES = st.frozensets(st.sampled_from(sorted(CATALOGUE.scopes)), min_size=1)


def by_module(modules, inner):
    return st.fixed_dictionaries({}, optional={module: inner(module) for module in modules})


def scopes_by_action(module):
    actions = ["*", *CATALOGUE.modules[module].actions]
    return st.dictionaries(st.sampled_from(actions), SCOPES, min_size=1)


def levels_by_field(module):
    names = ["*", *sorted(FIELDS[module])]
    return st.dictionaries(st.sampled_from(names), st.sampled_from(FieldLevel), min_size=1)


@st.composite
def spec_lists(draw):
    codes = draw(st.lists(st.sampled_from(CODES), unique=True))
    return [
        RoleSpec(
            code=code,
            name=f"{draw(LINES)} {index}".strip(),
            description=draw(st.text(st.characters(exclude_characters="\0", codec="utf-8"))),
            level=draw(st.integers(0, 100)),
            base=draw(st.sampled_from([None, "user", *codes[:index]])),
            second_factor=draw(st.booleans()),
            permissions=draw(st.frozensets(st.sampled_from(sorted(CATALOGUE.permissions)))),
            privileges=draw(st.frozensets(st.sampled_from(["app.x", "on", "1.5", "2026-01-01"]))),
            records=draw(by_module(["contacts", "deals"], scopes_by_action)),
            fields=draw(by_module(["contacts", "deals"], levels_by_field)),
        )
        for index, code in enumerate(codes)
    ]


@settings(deadline=None)
@given(spec_lists())
def test_what_is_written_is_read_back_and_written_again_as_the_same_bytes(specs):
    document = dump_document(specs)
    ordered = tuple(sorted(specs, key=lambda spec: spec.code))
    for text, name in [(to_yaml(document), "a.yaml"), (to_json(document), "a.json")]:
        value = load_text(text, name=name)
        found = parse_policy(value, catalogue=CATALOGUE, builtins=BUILTINS, fields_of=fields_of)
        assert found == ordered
    assert to_yaml(dump_document(reversed(found))) == to_yaml(document)
