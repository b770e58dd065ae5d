"""Policy files from somebody else, and the scratch database (threats 20, 21)."""

from types import SimpleNamespace

import pytest
from django.core.management import CommandError

from roles.core.document import parse_roles
from roles.core.errors import DocumentError
from roles.core.specs import RoleSpec
from roles.management.policy_tests import run_file, scratch, scratch_database
from roles.registry import registry
from roles.services.installation import install_role
from tests.factories import give, make_role
from tests.roles.policy_files import apply, document

from .conftest import person

pytestmark = pytest.mark.django_db

HEAD = "version: 1\nroles: [{code: a, name: A, level: 1, permissions: [contacts.view]}]\n"
WORLD = HEAD + "world:\n  users: {ann: {roles: [a]}}\n  records:\n"
WORLD += "    c1: {module: contacts, owner: ann}\n"


@pytest.mark.parametrize(
    "values",
    ["account: c1", "account: nobody", "birth_date: soon", "account: [1]", "account: {a: b}"],
)
def test_a_value_that_does_not_fit_is_an_error_of_the_file(values):
    """A traceback instead of the place in the file."""
    text = WORLD + f"    c2: {{module: contacts, owner: ann, values: {{{values}}}}}\nchecks: []\n"
    with pytest.raises(DocumentError):
        run_file("forged.yaml", text)


def test_a_huge_hexadecimal_number_is_an_error_of_the_file():
    with pytest.raises(DocumentError):
        run_file(
            "forged.yaml", WORLD.replace("level: 1", "level: 0x" + "f" * 50_000) + "checks: []\n"
        )


def test_two_users_who_differ_in_case_are_an_error_of_the_file():
    users = "world: {users: {Ann: {roles: [user]}, ann: {roles: [user]}}}\nchecks: []\n"
    with pytest.raises(DocumentError):
        run_file("forged.yaml", "version: 1\n" + users)


def test_two_machines_on_one_server_do_not_drop_each_other_s_scratch_database(monkeypatch):
    """In two containers both runs are process 7 or so; the second drops the first's database."""
    names = []
    for _machine in range(2):
        settings = {"NAME": "crm", "TEST": {}}
        creation = SimpleNamespace(
            create_test_db=lambda settings=settings, **kwargs: names.append(
                settings["TEST"]["NAME"]
            ),
            destroy_test_db=lambda *args, **kwargs: None,
        )
        fake = SimpleNamespace(
            settings_dict=settings, vendor="postgresql", creation=creation, close=lambda: None
        )
        monkeypatch.setattr(scratch, "connections", {"default": fake})
        with scratch_database():
            pass
    assert names[0] != names[1]


# Attacks that fail

FORGED = {
    "a: &a [x, x]\nb: [*a, *a]\n": "Anchors and aliases",
    "version: !!python/object/apply:os.system ['false']\n": "The tag",
    "version: 1\n<<: {roles: []}\n": "<<",
    "[" * 20_000: "nested",
    HEAD.replace("level: 1", "level: " + "9" * 5000): "too great",
    "version: 1\nworld: {departments: {a: b, b: a}, users: {}}\nchecks: []\n": "cycle",
    "version: 1\nnow: 9999-12-31T23:59:59-12:00\nchecks: []\n": "no moment",
    "": "must be a mapping",
}


@pytest.mark.parametrize(("text", "words"), FORGED.items(), ids=map(str, range(len(FORGED))))
def test_a_forged_file_is_refused_with_its_place(text, words):
    with pytest.raises(DocumentError, match=words):
        run_file("forged.yaml", text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"version": NaN}'], ids=len)
def test_a_forged_file_in_json_is_refused_too(text):
    with pytest.raises(DocumentError):
        run_file("forged.json", text)


# A file as a question about what is hidden of roles (R17, R23; threats 1, 12)

SAID = {
    "name": "Zzname",
    "description": "Zzabout",
    "level": 7,
    "base": "low",
    "second_factor": True,
    "permissions": ["contacts.view"],
    "privileges": ["zz.privilege"],
}
GUESSES = {
    "name": "Guess",
    "description": "",
    "level": 8,
    "base": None,
    "second_factor": False,
    "permissions": [],
    "privileges": [],
}


def _answer(row):
    try:
        return apply(document({"code": "low", "level": 1}, row), "--as", "ann")
    except CommandError as refusal:
        return str(refusal)


@pytest.fixture
def ann(db):
    install_role(RoleSpec("low", "Low", level=1))
    (spec,) = parse_roles(
        [{"code": "low", "name": "Low"}, {"code": "rep", **SAID}],
        "roles",
        catalogue=registry.catalogue,
        builtins=frozenset(),
        allow_builtins=True,
    )[1:]
    install_role(spec)
    return person("ann")


@pytest.mark.parametrize("level", ["hidden", "read_only"])
@pytest.mark.parametrize("field", GUESSES)
def test_a_guess_at_what_is_hidden_of_a_role_is_answered_the_same_right_or_wrong(ann, field, level):
    """The twin: who may read it learns nothing by it, and sends back what stands."""
    rights = "roles.view roles.edit contacts.view privileges.define"
    give(ann, make_role(level=50, permissions=rights, fields={"roles": {field: level}}))
    row = {"code": "rep", **SAID}
    right, wrong = _answer(row), _answer({**row, field: GUESSES[field]})
    if level == "hidden":
        assert f"(rep): There is no field “{field}”." in right
        assert right == wrong
    else:
        assert right == "No changes.\n" and f"“{field}”" in wrong


def test_who_views_no_roles_cannot_find_by_a_file_how_one_stands(ann):
    give(ann, make_role(level=50, permissions="roles.create roles.edit contacts.view"))
    row = {"code": "rep", **SAID}
    right, wrong = _answer(row), _answer({**row, "level": 8})
    assert "roles[1] (rep): You need the permission “Roles: View”" in right
    assert "No changes" not in right and "roles[1] (rep)" in wrong
