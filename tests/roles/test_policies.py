"""The policy tests in tests/policies, and the command that runs them."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roles.core.document import load_text
from roles.core.errors import DocumentError
from roles.management.policy_tests import run_file
from roles.models import AuditEntry, Role
from roles.services.loading import read_role
from tests.factories import make_role, make_user

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests/policies").glob("*.yaml"))

TINY = """
version: 1
roles: [{code: rep, name: Rep, permissions: [contacts.view]}]
world: {users: {ann: {roles: [rep]}}}
checks:
  - {user: ann, permission: contacts.view, expect: true}
  - {user: ann, permission: contacts.edit, expect: false}
"""


# The files


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_check_of_the_file_is_answered_as_expected_by_every_door(path):
    outcome = run_file(path.name, path.read_text(encoding="utf-8"))
    assert [failure.as_json() for failure in outcome.failures] == []
    assert outcome.passed == len(outcome.answers) > 0


def test_there_are_files_enough_and_they_expect_yes_and_no():
    expected = [
        check["expect"]
        for path in FILES
        for check in load_text(path.read_text(encoding="utf-8"), name=path.name)["checks"]
    ]
    assert len(FILES) >= 40
    for answer in (True, False):
        assert expected.count(answer) >= 0.3 * len(expected)


# The runner


@pytest.mark.django_db
def test_a_wrong_expectation_fails_and_says_which_and_why():
    outcome = run_file("t.yaml", TINY.replace("expect: true", "expect: false"))
    (failure,) = outcome.failures
    assert (failure.file, failure.index, failure.expected, failure.got) == (
        "t.yaml",
        0,
        False,
        True,
    )
    assert failure.doors == dict.fromkeys(
        ("check", "has_perm", "ahas_perm", "get_all_permissions"), True
    )
    assert "Rep gives contacts.view" in failure.because
    assert (outcome.passed, outcome.answers) == (1, [True, False])


@pytest.mark.django_db
def test_doors_that_disagree_fail_a_check_without_expectation(monkeypatch):
    silent = TINY.replace(", expect: true", "")
    assert run_file("t.yaml", silent).failures == []
    monkeypatch.setattr("accounts.models.User.has_perm", lambda *args: False)
    (failure,) = run_file("t.yaml", silent).failures
    assert (failure.index, failure.expected) == (0, None)
    assert failure.doors["check"] and not failure.doors["has_perm"]


@pytest.mark.django_db
def test_a_file_leaves_nothing_of_its_world_behind():
    make_role("own", permissions="leads.view")
    before = {role.code: read_role(role) for role in Role.objects.all()}
    entries = AuditEntry.objects.count()
    run_file("t.yaml", TINY)
    assert {role.code: read_role(role) for role in Role.objects.all()} == before
    assert AuditEntry.objects.count() == entries
    assert not make_user("ann").has_perm("contacts.view")  # the name is free


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("roles: [rep]", "roles: [nobody]", "world.users.ann.roles[0]"),
        ("user: ann", "user: eve", "checks[0].user"),
        ("code: rep", "code: owner", "roles[0].code"),
        ("[contacts.view]", "[contacts.frobnicate]", "roles[0].permissions[0]"),
        ("version: 1", "version: 2", "version"),
    ],
)
def test_an_error_of_the_file_names_its_place(old, new, place):
    with pytest.raises(DocumentError) as caught:
        run_file("t.yaml", TINY.replace(old, new))
    assert caught.value.place == place


# The command


def run(tmp_path, *arguments):
    """Run `manage.py policy` as a person would, on the kind of database that is tested."""
    address = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{tmp_path}/db.sqlite3"
    chosen = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "rbac_site.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", "policy", *arguments],
        cwd=ROOT,
        env={**os.environ, **chosen},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_policy_test_reports_as_json_on_its_last_line_and_by_its_exit_code(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TINY.replace("expect: false", "expect: true"))
    done = run(tmp_path, "test", str(FILES[0]), str(wrong), "--json")
    report = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert report.keys() == {"passed", "failed", "failures", "answers"}
    assert report["failed"] == 1 and report["passed"] == len(report["answers"]) - 1
    (failure,) = report["failures"]
    assert failure.keys() == {*("file", "index", "check", "expected", "got", "doors", "because")}
    assert (failure["file"], failure["index"]) == (str(wrong), 1)
    assert (failure["expected"], failure["got"]) == (True, False)
    assert failure["check"] == {"user": "ann", "permission": "contacts.edit", "expect": True}


@pytest.mark.slow
def test_policy_test_exits_with_0_where_all_pass_and_names_a_broken_file(tmp_path):
    done = run(tmp_path, "test", *map(str, FILES[:3]))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith(" passed, 0 failed")
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: [")
    done = run(tmp_path, "test", str(broken), "--json")
    assert done.returncode == 1
    assert str(broken) in done.stderr and "Traceback" not in done.stderr
    assert '"passed"' not in done.stdout


@pytest.fixture
def without_scratch(db, monkeypatch):
    """Ask in the database that is tested, which takes no time to make."""
    monkeypatch.setattr("roles.management.commands.policy.scratch_database", nullcontext)


def test_policy_test_ends_with_exit_code_1_only_where_a_check_fails(
    without_scratch, tmp_path, capsys
):
    right, wrong = tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    right.write_text(TINY)
    wrong.write_text(TINY.replace("expect: true", "expect: false"))
    call_command("policy", "test", str(right), "--json")
    passed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert passed == {"passed": 2, "failed": 0, "failures": [], "answers": [True, False]}
    with pytest.raises(SystemExit) as ended:
        call_command("policy", "test", str(right), str(wrong))
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert f"{wrong} check 0" in out and out.endswith("3 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TINY.replace("user: ann", "user: eve", 1), r"checks\[0\]\.user"),
        ("version: [", "line 2, column 1"),
        ("- a list", "expected|must|mapping"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_command_error_with_its_name(
    without_scratch, tmp_path, text, words
):
    path = tmp_path / "broken.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CommandError, match=words) as caught:
        call_command("policy", "test", str(path))
    assert str(path) in str(caught.value)


def test_the_api_is_one_of_the_doors_and_a_door_that_says_more_is_found_out(
    without_scratch, tmp_path, capsys, monkeypatch
):
    """R22: a list over HTTP that forgot the reach fails the checks of the records that it shows."""
    from crm.api import ContactViewSet

    file = tmp_path / "doors.yaml"
    file.write_text(
        "version: 1\n"
        "world:\n"
        "  users: {ann: {roles: [user]}, ben: {roles: [user]}}\n"
        "  records: {c1: {module: contacts, owner: ann}}\n"
        "checks:\n"
        "  - {user: ann, permission: contacts.view, record: c1, expect: true}\n"
        "  - {user: ben, permission: contacts.view, record: c1, expect: false}\n"
        "  - {user: ann, read: notes, record: c1, expect: true}\n"
        "  - {user: ben, list: contacts, expect: []}\n"
    )
    call_command("policy", "test", str(file))
    monkeypatch.setattr(ContactViewSet, "get_queryset", lambda view: view.queryset.all())
    with pytest.raises(SystemExit):
        call_command("policy", "test", str(file), "--json")
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [failure["index"] for failure in found["failures"]] == [1, 3]
    assert found["failures"][0]["doors"]["api_list"] is True
