"""`policy lint`: the advice of section 7 on the stored roles, or on those of a file."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db


def lint(*arguments):
    out = StringIO()
    call_command("policy", "lint", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_an_installation_as_shipped_has_nothing_to_be_advised_on():
    assert lint() == ["no pieces of advice on 5 roles"]


def test_each_piece_names_its_role_and_what_it_is_about():
    make_user("ann", make_role("rep", permissions="contacts.export", description="Sells."))
    assert lint() == [
        "rep: contacts.export is given without contacts.view: who has only this role reaches no "
        "record to use it on (R14). Give both or neither.",
        "1 piece of advice on 6 roles",
    ]


def test_what_nobody_holds_is_told_over_the_whole_policy():
    make_role("base", description="Low.", permissions="contacts.view")
    heir = make_role("heir", description="High.", base="base", privileges="app.crm")
    make_role("lone", description="Alone.", privileges="app.crm app.pay")
    lines = lint()
    assert "lone: Nobody has the privilege “app.pay”." in lines
    assert {line.partition(":")[0] for line in lines if "Nobody holds" in line} == {
        "base",
        "heir",
        "lone",
    }
    make_user("ann", heir)
    lines = lint()
    assert [line.partition(":")[0] for line in lines if "Nobody holds" in line] == ["lone"]
    assert [line for line in lines if "app.crm" in line] == []


def test_a_file_is_advised_on_by_itself(tmp_path):
    """On the built-in roles as shipped, and without a word on who holds what."""
    make_role("stored", name="Role 4")
    path = tmp_path / "policy.yaml"
    path.write_text(
        "version: 1\n"
        "roles:\n"
        "  - {code: rep, name: Role 4, base: user, description: Sells., level: 20,"
        " permissions: [reports.export]}\n"
        "  - {code: fine, name: Fine, base: user, description: Fine.}\n"
    )
    lines = lint(str(path))
    assert [line.partition(":")[0] for line in lines[:-1]] == ["rep", "rep"]
    assert lines[-1] == "2 pieces of advice on 2 roles"


def test_a_file_that_cannot_be_read_is_an_error_and_not_advice(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("version: 1\nroles: [{code: rep, nam: Rep}]")
    with pytest.raises(CommandError, match=r"roles\[0\]"):
        lint(str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        lint(str(tmp_path / "none.yaml"))
