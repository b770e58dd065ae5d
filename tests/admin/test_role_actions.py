"""Clone, base on, delete with moving, and the history of a role (D8-D10, D13)."""

import pytest

from accounts.models import User
from roles.models import AuditEntry, Role, RoleAssignment
from roles.services.loading import read_role

from .conftest import signed_in, url_of

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


def test_people_and_roles_move_and_the_role_is_gone(owner, rep_role, form_of):
    """D9, in one step and one transaction."""
    signed_in("rita", "rep")
    signed_in("rosa", "rep", "user")
    data = form_of(owner, None) | {"name": "On Rep", "base": "rep"}
    assert owner.post(ADD, data).status_code == 302
    url = f"/roles/role/{rep_role.pk}/delete/"
    assert "2 people hold it" in owner.get(url).content.decode()
    assert owner.post(url, {"move_to": "user"}).status_code == 302
    assert not Role.objects.filter(code="rep").exists()
    assert Role.objects.get(code="on-rep").base.code == "user"
    held = RoleAssignment.objects.filter(role__code="user").values_list("user__username", flat=True)
    assert sorted(held) == ["rita", "rosa"]


@pytest.mark.parametrize("target", ["", "owner", "rep", "nobody"])
def test_nothing_moves_where_it_cannot(owner, rep_role, target):
    signed_in("rita", "rep")
    answer = owner.post(f"/roles/role/{rep_role.pk}/delete/", {"move_to": target})
    assert answer.status_code == 200
    assert answer.context["refusal"]
    assert rep_role.assignments.count() == 1


def test_system_roles_are_never_deleted(owner, db):
    """D8."""
    role = Role.objects.get(code="guest")
    assert owner.get(f"/roles/role/{role.pk}/delete/").status_code == 403
    assert owner.post(f"/roles/role/{role.pk}/delete/", {"move_to": "user"}).status_code == 403
    assert Role.objects.filter(code="guest").exists()


def test_who_deletes_a_role_cannot_move_themselves(db, rep_role):
    """D2: an Owner who holds the role asks another Owner."""
    olga = signed_in("olga", "owner", "rep")
    answer = olga.post(f"/roles/role/{rep_role.pk}/delete/", {"move_to": "user"})
    assert "D2" in answer.context["refusal"]
    assert User.objects.get(username="olga").role_assignments.count() == 2


def test_the_history_says_who_changed_what(owner, rep_role, form_of):
    """D13."""
    data = form_of(owner, rep_role) | {"level": "12", "scope:leads": "all"}
    data["permissions"].append("contacts.delete")
    owner.post(url_of(rep_role), data)
    page = owner.get(f"/roles/role/{rep_role.pk}/history/").content.decode()
    for words in ("olga", "changed the role", "Level: 10 → 12", "Added: Contacts: Delete"):
        assert words in page
    assert "Whose records, leads, all actions: – → all" in page
    reader = signed_in("uma", "user")
    assert reader.get(f"/roles/role/{rep_role.pk}/history/").status_code == 403
