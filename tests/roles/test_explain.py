"""`policy explain`: the decision, and what each role says to it (interfaces, section 3)."""

import pytest
from django.core.management import CommandError, call_command

from crm.models import Contact
from roles import policy
from roles.services.installation import install_share
from tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db):
    make_role("base", name="Base", permissions="contacts.view", records={"contacts": "all"})
    hidden = {"contacts": {"phone": "hidden"}}
    make_role("seer", name="Seer", base="base", fields=hidden)
    make_role("writer", name="Writer", permissions="contacts.view contacts.edit")
    return make_user("ann", "seer", "writer")


@pytest.fixture
def theirs(ann):
    return Contact.objects.create(last_name="Doe", owner=make_user("ben"))


def explained(capsys, *words):
    call_command("policy", "explain", *words)
    return capsys.readouterr().out


def test_a_grant_is_explained_by_where_it_comes_from(ann, capsys):
    out = explained(capsys, "ann", "contacts.view")
    assert out.startswith("Yes. Seer gives contacts.view, inherited from Base (R4).")
    assert "- Writer gives contacts.view (R12)." in out


def test_a_record_is_explained_by_the_reach_of_each_role(ann, theirs, capsys):
    out = explained(capsys, "ann", "contacts.edit", f"contacts:{theirs.pk}")
    assert out.startswith("No. ")
    assert "- Seer does not give contacts.edit." in out
    assert "It does not reach the record for edit; its scopes: own (where nothing is set)" in out
    assert "It reaches the record for view; its scopes: all (Base)" in out


def test_a_share_is_named_where_it_opens_the_record(ann, theirs, capsys):
    """R19: each role that gives the action reaches what is shared."""
    install_share(record=theirs, receiver=ann, give="view")
    out = explained(capsys, "ann", "contacts.edit", f"contacts:{theirs.pk}")
    assert out.count("It reaches the record for view, by a share (R19)") == 2
    assert "It does not reach the record for edit; its scopes: own" in out
    install_share(record=theirs, receiver=ann, give="edit")
    out = explained(capsys, "ann", "contacts.edit", f"contacts:{theirs.pk}")
    assert out.startswith("Yes. ") and "It reaches the record for edit, by a share (R19)" in out


def test_a_field_is_explained_by_who_hides_it(ann, theirs, capsys):
    out = explained(capsys, "ann", "contacts.view", f"contacts:{theirs.pk}", "phone")
    assert out.startswith("No. ") and "It has phone hidden (Seer) (R10)." in out
    assert "It has phone editable (no role of the chain sets it)" in out
    assert explained(capsys, "ann", "contacts.view", f"contacts:{theirs.pk}", "title").startswith(
        "Yes. "
    )


@pytest.mark.parametrize("code", ["contacts.view", "contacts.edit", "contacts.delete", "x.y"])
def test_the_explanation_is_of_the_very_decision_that_the_doors_make(ann, theirs, code):
    """R22."""
    mine = Contact.objects.create(last_name="Mine", owner=ann)
    for record in (None, mine, theirs):
        assert policy.explain(ann, code, record).decision == policy.check(ann, code, record)


def test_someone_without_a_role_that_counts_is_told_so(ann, capsys):
    make_user("eve", "owner", is_active=False)
    out = explained(capsys, "eve", "contacts.view")
    assert out.startswith("No. ") and "No role of theirs counts" in out


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("nobody", "contacts.view"), "no user 'nobody'"),
        (("ann", "contacts.view", "contacts:99999"), "no record"),
        (("ann", "contacts.view", "contacts:x"), "no record"),
        (("ann", "contacts.view", "nonsense:1"), "nonsense"),
        (("ann", "contacts.view", "reports:1"), "no record"),
    ],
)
def test_what_does_not_exist_is_an_error_that_names_it(ann, words, error):
    with pytest.raises(CommandError, match=error):
        call_command("policy", "explain", *words)
