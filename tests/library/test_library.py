"""`roles` in a stranger's project: the wheel, Django and nothing else (interfaces, section 2).

`project/` runs in a process of its own, in two forms: `custom` has its own user model, directory
and sign-in, `plain` has Django's users with Django's backend left beside. Each run migrates a
database, answers the questions below and prints the answers.
"""

import os
import re
from email.parser import HeaderParser

import pytest

from .page import blocks, documented_checks, named_file
from .places import PROJECT, ROOT
from .questions import DECISIONS, DJANGO_AND_ITS_OWN, FORMS, GAPS, LISTS, NORTH, OAK

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")),
    reason="the library has an SQLite database of its own; the other run of the tests asks it",
)


# The wheel


def test_wheel_holds_all_of_roles_and_nothing_else(wheel):
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "roles").rglob("*") if path.is_file()}
    files = {name for name in files if "__pycache__" not in name and not name.endswith(".pyc")}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == files
    assert {name.partition("/")[0] for name in held} == {"roles"}
    assert {
        "roles/templates/roles/admin/role_form.html",
        "roles/static/roles/role.css",
        "roles/migrations/0001_policy_and_audit.py",
        "roles/management/commands/policy.py",
    } <= held


def test_wheel_asks_for_django_and_nothing_else(wheel):
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    wanted = HeaderParser().parsestr(wheel.read(name).decode()).get_all("Requires-Dist")

    assert [line for line in wanted if "extra ==" not in line] == ["django<6,>=5.2.19"]


# The project


def _expected(value, form):
    return value[form] if isinstance(value, dict) else value


def test_roles_comes_from_the_package_with_django_alone(answers, package):
    own = {"custom": "readers", "plain": "postings"}[answers["form"]]

    assert answers["imported"] == {
        "roles": str(package / "roles"),
        "packages": sorted([*DJANGO_AND_ITS_OWN, "asking", "library_site", "roles", "shelf", own]),
    }
    assert answers["asked for the absent"] == []


def test_has_perm_gives_the_expected_answer_at_every_door(answers):
    wrong = {}
    for (person, name, record, expected), found in zip(
        DECISIONS, answers["decisions"], strict=True
    ):
        if person == "gus":  # Django's backend beside ours lists what has_perm denies: see below
            found = {door: answer for door, answer in found.items() if "listed" not in door}
        if set(found.values()) != {_expected(expected, answers["form"])}:
            wrong[f"{person}, {name}, {record}"] = found

    assert wrong == {}


def test_accessible_by_gives_exactly_the_records_with_a_yes(answers):
    wrong = {}
    for (person, action, expected), found in zip(LISTS, answers["lists"], strict=True):
        titles = _expected(expected, answers["form"])
        if found != dict.fromkeys(("listed", "chained", "checked"), titles) | {
            "counted": len(titles)
        }:
            wrong[f"{person}, {action}"] = found

    assert wrong == {}


def test_model_without_owner_is_in_reach_of_every_role_that_gives_the_action(answers):
    assert answers["branches"] == {"nora": 1, "hugo": 0}


def test_unknown_action_and_ungoverned_model_are_errors(answers):
    assert answers["errors"] == {"unknown action": "ValueError", "ungoverned model": "LookupError"}


def test_has_module_perms_knows_apps_and_modules(answers):
    yes = {
        "olga": {"shelf", "books", "library", "roles"},
        "nora": {"shelf", "books", "library"},
        "hugo": {"shelf", "books"},
        "lars": set(),
    }

    assert answers["modules"] == {
        person: {label: [label in labels] * 2 for label in answers["modules"][person]}
        for person, labels in yes.items()
    }


def test_with_perm_finds_who_holds_it(answers):
    out = {"susi"} if answers["form"] == "custom" else set()

    assert answers["holders"] == {
        "books.lend": ["gita", "hugo", "olga", "root"],
        "shelf.add_book": sorted({"gita", "lena", "nora", "olga", "root", "susi", "sven"} - out),
        "no.thing": ["root"],
    }


def test_services_refuse_a_record_out_of_reach_and_store_nothing(answers):
    assert answers["writes"] == {
        "create in reach": "saved",
        "create out of reach": "refused",
        "hand out of reach": "refused",
        "stored": ["n"],
        "tidied": 1,
    }


def test_sign_in_lets_in_whom_the_directory_lets_in(answers):
    assert answers["pages"]["signed in"] == {
        "nora": True,
        "hugo": True,
        "lars": True,
        "dora": False,
        "susi": answers["form"] == "plain",
    }
    assert answers["pages"]["put out"] == 302


def test_templates_and_decorators_ask_roles(answers):
    no = "library.view: False, books.delete: False"

    assert answers["pages"]["book list"] == {
        "nora": f"Branches New book library.view: True, books.delete: False {' '.join(NORTH)}",
        "hugo": f"Catalogue {no} {' '.join(sorted({*OAK, 'lena'}))}",
        "lars": no,
    }
    assert answers["pages"]["desk"] == {"nora": 403, "hugo": 200}


def test_record_out_of_reach_is_not_found(answers):
    assert answers["pages"]["book page"] == {
        "nora, nora": "may edit",
        "nora, nils": "may edit",
        "nora, sven": 404,
        "nora, gone": 404,
        "hugo, nora": 404,
        "hugo, nils": "may read",
        "hugo, sven": 404,
        "hugo, gone": 404,
    }


def test_composed_backend_adds_no_query_to_a_request(answers_of):
    assert answers_of("custom")["costs"] == {
        "first page": 4,  # session, person, policy, books
        "next page": 3,
        "after a role changed": 4,
        "check, session": 0,
        "check, annotated": 0,
        "check, any fetch": 1,
        "record, session": 1,
        "list, session": 1,
        "list, any fetch": 2,
        "names, session": 0,
    }


def test_backend_left_beside_costs_a_query_a_check(answers_of):
    costs = answers_of("plain")["costs"]

    assert costs["next page"] == 3 + 6  # five names in the template, and the list
    assert costs["check, any fetch"] == 1


def test_backend_left_beside_lists_what_has_perm_denies(answers_of):
    """Only where it is left beside; `docs/adopting.md` says so."""
    question = ["gus", "shelf.change_book", None]
    place = [decision[:3] for decision in map(list, DECISIONS)].index(question)
    listed = {form: answers_of(form)["decisions"][place]["any fetch, listed"] for form in FORMS}

    assert listed == {"custom": False, "plain": True}


def test_no_is_final_only_after_it_is_asked(answers):
    """A backend that is asked first has its yes: `docs/adopting.md` says which comes first."""
    assert answers["backend first"] is True


def test_checks_are_silent_until_something_is_wrong(answers):
    usual = [] if answers["form"] == "custom" else ["roles.W001"]

    assert answers["checks"] == usual
    without_admin = set() if answers["form"] == "custom" else {"roles.E007"}
    assert set(answers["mistakes"]) == set(documented_checks()) - without_admin
    for mistake, found in answers["mistakes"].items():
        assert mistake in found
        assert set(found) <= {mistake, "roles.W001"}


def test_tables_fit_any_user_model_and_can_go_back(answers):
    assert answers["tables"] == "as the models say"
    assert answers["built-in"] == ["librarian", "owner"]
    assert answers["going back"] == ["librarian", "owner"]


def test_admin_shows_the_reach_and_the_grid(answers_of):
    pages = answers_of("custom")["pages"]["admin"]

    assert pages["index"] == 200
    assert pages["listed"] == NORTH
    assert pages["in reach"] == 200
    assert pages["out of reach"] == 302  # "does not exist"
    assert pages["roles for nora"] == 403
    assert pages["roles"] == 200
    assert {"books.view", "books.lend", "library.delete", "roles.edit"} <= set(pages["add role"])
    assert "library.edit" not in pages["add role"]
    assert pages["create role"] == 302
    assert pages["created"] == ["books.view"]


def test_policy_commands_run_on_json(answers_of):
    commands = answers_of("custom")["commands"]

    assert commands["export"] == "owner"
    assert commands["test"] == "4 passed, 0 failed"


@pytest.mark.parametrize(("form", "place", "beginning"), GAPS)
def test_gap_is_closed(answers_of, form, place, beginning):
    found = answers_of(form)
    for step in place.split("/"):
        found = found[step]

    assert not str(found).startswith(beginning), found


# The page


def test_page_quotes_the_project_to_the_letter():
    quoted = {block: name for block in blocks("python", "html") if (name := named_file(block))}

    assert len(quoted) >= 8
    for block, name in quoted.items():
        assert block.partition("\n")[2] in (PROJECT / name).read_text(), name


def test_page_gives_examples_that_run(answers):
    deeds = ("make_first_owner", "assign_role", "unshare_record", "undo(")
    values = answers["examples"].items()
    asked = {line: value for line, value in values if not line.startswith(deeds)}

    assert len(asked) >= 10
    assert set(asked.values()) == {"True"}, asked


def test_page_lists_every_check():
    sources = "".join(path.read_text() for path in (ROOT / "roles" / "checks").glob("*.py"))
    declared = set(re.findall(r'id="(roles\.[EW]\d+)"', sources))

    assert set(documented_checks()) == declared
