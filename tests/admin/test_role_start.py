"""A new role is begun with another one: cloned from it, or based on it (D10)."""

import pytest

from roles.models import AuditEntry, Role
from roles.services.installation import switch_modules
from roles.services.loading import read_role
from roles.snapshots import load_policy

from .conftest import only_looking, signed_in

ADD = "/roles/role/add/"


def posted(answer) -> dict:
    """Give what a browser would post from the page it got."""
    form = answer.context["form"]
    data = {n: form[n].value() for n in ("name", "description", "level", "base", "privileges")}
    data |= {"seen": form["seen"].value(), "base": data["base"] or ""}
    data["permissions"] = sorted(set(form["permissions"].value()) - form.fixed)
    return data


def test_clone_opens_a_filled_form_with_an_empty_name_and_makes_nothing(owner, rep_role):
    """D10."""
    count = Role.objects.count()
    answer = owner.get(f"{ADD}?clone=rep")
    data = posted(answer)
    assert data["name"] == ""
    assert (data["level"], data["base"], data["privileges"]) == (10, "user", "app.crm")
    assert "A clone of “Rep”" in answer.content.decode()
    assert Role.objects.count() == count


def test_a_saved_clone_is_a_copy_under_its_own_name(owner, rep_role):
    data = posted(owner.get(f"{ADD}?clone=rep")) | {"name": "Rep Two"}
    assert owner.post(f"{ADD}?clone=rep", data).status_code == 302
    source, clone = read_role(rep_role), read_role(Role.objects.get(code="rep-two"))
    assert clone == source.with_changes(code="rep-two", name="Rep Two")
    entry = AuditEntry.objects.get(action="role.cloned")
    assert {"field": "cloned_from", "old": None, "new": "rep"} in entry.changes


def test_a_clone_without_a_name_is_refused_and_keeps_what_was_changed(owner, rep_role):
    data = posted(owner.get(f"{ADD}?clone=rep")) | {"level": "33"}
    answer = owner.post(f"{ADD}?clone=rep", data)
    assert answer.context["form"].errors.keys() == {"name"}
    again = posted(answer) | {"name": "Rep Two"}
    assert owner.post(f"{ADD}?clone=rep", again).status_code == 302
    clone = read_role(Role.objects.get(code="rep-two"))
    assert clone.level == 33
    assert clone.records == read_role(rep_role).records


def test_a_clone_of_a_system_role_is_none_and_one_of_owner_has_its_grants(owner, db):
    """R6, D8."""
    for code, name, count in (("manager", "Manager Two", 41), ("owner", "Almost Owner", None)):
        data = posted(owner.get(f"{ADD}?clone={code}")) | {"name": name}
        assert owner.post(f"{ADD}?clone={code}", data).status_code == 302
        clone = Role.objects.get(name=name)
        assert not clone.is_system
        assert count is None or clone.grants.count() == count
    assert "passwords.manage" in read_role(Role.objects.get(code="almost-owner")).permissions


def test_a_role_is_begun_on_a_base_and_shows_what_that_brings(owner, rep_role):
    answer = owner.get(f"{ADD}?base=rep")
    assert posted(answer)["base"] == "rep"
    assert "inherited from Rep" in answer.content.decode()
    assert posted(owner.get(f"{ADD}?base=owner"))["base"] == ""


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("clone=nobody", "no role “nobody” to clone"),
        ("clone=", "no role “” to clone"),
        ("clone=nobody&base=rep", "no role “nobody” to clone"),
        ("base=nobody", "no role “nobody” to base one on"),
        ("base=owner", "No role can be based on Owner (R3)"),
    ],
)
def test_a_start_that_is_not_there_is_said_in_words(owner, rep_role, query, words):
    page = owner.get(f"{ADD}?{query}").content.decode()
    assert words in page
    assert "The form begins empty" in page or "base=rep" in query


@pytest.mark.parametrize("query", ["", "?clone=rep", "?base=rep", "?clone=owner"])
def test_a_start_that_is_there_says_nothing_of_the_kind(owner, rep_role, query):
    assert "The form begins empty" not in owner.get(ADD + query).content.decode()


def test_a_clone_keeps_the_stored_grants_of_a_disabled_module(owner, rep_role):
    """D10, R7: they give nothing while it is off, and return with it."""
    switch_modules(["reports"], enabled=False)
    answer = owner.get(f"{ADD}?clone=rep")
    assert 'value="reports.view"' not in answer.content.decode()
    data = posted(answer) | {"name": "Rep Two"}
    data["permissions"] = [c for c in data["permissions"] if c != "reports.view"]
    assert owner.post(f"{ADD}?clone=rep", data).status_code == 302
    clone = read_role(Role.objects.get(code="rep-two"))
    assert clone.permissions == read_role(rep_role).permissions
    assert "reports.view" not in load_policy().role("rep-two").permissions


def test_the_clone_of_owner_has_every_cell_and_scope_and_no_privilege_is_lost(owner, rep_role):
    """R6: a role like any other, so nothing of it is Owner's for ever."""
    data = posted(owner.get(f"{ADD}?clone=owner")) | {"name": "Almost Owner", "level": "99"}
    assert owner.post(f"{ADD}?clone=owner", data).status_code == 302
    found, all_of_it = (load_policy().role(code) for code in ("almost-owner", "owner"))
    assert found.permissions.keys() == all_of_it.permissions.keys()
    assert found.scopes_for("contacts", "view") == {"all"}
    assert not found.is_owner and found.level == 99


@pytest.mark.parametrize("sign_in", [only_looking, lambda name: signed_in(name, "user")])
def test_who_may_not_make_roles_begins_none(db, rep_role, sign_in):
    client = sign_in("pat")
    for query in ("?clone=rep", "?base=rep", "?clone=nobody"):
        assert client.get(ADD + query).status_code == 403
