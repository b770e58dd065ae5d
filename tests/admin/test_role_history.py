"""The log of a role in sentences: who did what, and when (D13, R23)."""

import re

import pytest
from django.test import Client

from accounts.models import User
from roles.admin.role_history import RoleHistory
from roles.models import AuditEntry, Role
from roles.services.assignment import assign_role, unassign_role
from tests.factories import make_role, make_user

from .conftest import signed_in, url_of


def page_of(role: Role) -> str:
    return f"/roles/role/{role.pk}/history/"


def words_of(client: Client, role: Role, **query) -> str:
    return client.get(page_of(role), query).content.decode()


def entry(role: Role, *changes: tuple, action: str = "role.changed", **values) -> AuditEntry:
    rows = [{"field": name, "old": old, "new": new} for name, old, new in changes]
    return AuditEntry.objects.create(
        actor=User.objects.filter(username="olga").first(),
        actor_name="Olga",
        action=action,
        subject_type="roles.role",
        subject_id=role.pk,
        subject_name=role.name,
        changes=rows,
        **values,
    )


def test_it_says_who_changed_what(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"level": "12", "scope:leads": "all"}
    data["permissions"] = [*data["permissions"], "contacts.delete", "contacts.edit", "leads.view"]
    owner.post(url_of(rep_role), data)
    page = words_of(owner, rep_role)
    for words in (
        "<strong>olga</strong> changed the role",
        "Level: 10 → 12",
        "Added: Contacts: Delete",
        "Leads: whose records: All",
        "just now",
        "Today",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("scope:contacts:*", ["own"], ["own", "team"]),
            "Contacts: whose records: Own → Own, Team",
        ),
        (("scope:contacts:edit", ["team"], []), "Contacts: whose records for Edit: Team → not set"),
        (("field:contacts:phone", None, "read_only"), "Contacts: field phone: read-only"),
        (("field:contacts:*", "hidden", None), "Contacts: all other fields: hidden → not set"),
        (("base", None, "user"), "Based on: User"),
        (("base", "user", None), "Based on: User → no other role"),
        (("base", "gone", "user"), "Based on: gone → User"),
        (("tasks.comment", False, True), "Added: Comment on tasks"),
        (("privilege:app.crm", True, False), "Removed: app.crm"),
        (("scope:nothing:frob", [], ["galaxy"]), "nothing: whose records for frob: galaxy"),
        (("field:nothing:x", "hidden", "editable"), "nothing: field x: hidden → editable"),
        (("frobnicate", 1, 2), "frobnicate: 1 → 2"),
    ],
)
def test_each_change_is_written_in_the_words_of_the_grid(owner, rep_role, change, words):
    """What no release knows any more is written as the log has it, and dropped nowhere."""
    entry(rep_role, change)
    assert words in words_of(owner, rep_role)


def test_the_actions_of_a_module_are_named_together(owner, rep_role):
    entry(rep_role, ("contacts.view", False, True), ("contacts.edit", False, True))
    assert "Added: Contacts: View, Edit" in words_of(owner, rep_role)


def test_long_changes_fold_and_short_ones_do_not(owner, rep_role):
    entry(rep_role, *[(f"scope:contacts:{a}", [], ["all"]) for a in ("view", "edit")])
    assert "<summary>" not in words_of(owner, rep_role)
    actions = ("view", "create", "edit", "delete", "export")
    entry(rep_role, *[(f"scope:contacts:{a}", [], ["all"]) for a in actions])
    assert "<summary>5 changes</summary>" in words_of(owner, rep_role)


def test_people_who_got_and_lost_the_role_are_named(owner, rep_role):
    olga = User.objects.get(username="olga")
    rita = make_user("rita", first_name="Rita", last_name="Rossi")
    assign_role(acting_user=olga, user=rita, role=rep_role, reason="New in: sales")
    unassign_role(acting_user=olga, user=rita, role=rep_role)
    page = re.sub("<[^>]+>", "", words_of(owner, rep_role))
    assert f"gave the role to {rita}" in page
    assert f"took the role back from {rita}" in page
    assert "Reason: New in: sales" in page


def test_a_name_with_a_colon_is_no_end_of_a_person(owner, db):
    role = make_role("odd", name="Sales: abroad")
    rita = make_user("rita")
    assign_role(acting_user=User.objects.get(username="olga"), user=rita, role=role)
    page = re.sub(r"<[^>]+>", "|", words_of(owner, role))
    assert re.search(r"gave the role to \|?rita\|", page)


def test_who_may_not_see_people_is_told_of_none(db, rep_role):
    """R23: neither who acted nor who holds the role."""
    olga, rita = make_user("olga", "owner"), make_user("rita")
    entry(rep_role, ("level", 10, 11))
    make_role("reader", level=10, permissions="roles.view")
    assign_role(acting_user=olga, user=rita, role=rep_role)
    page = words_of(signed_in("rex", "reader"), rep_role)
    assert "Level: 10 → 11" in page and "Somebody" in page
    assert "Olga" not in page and "olga" not in page and "rita" not in page


def test_another_role_s_entries_are_not_shown(owner, rep_role):
    other = make_role("other-rep")
    entry(other, ("level", 10, 11))
    entry(rep_role, ("level", 20, 21))
    page = words_of(owner, rep_role)
    assert "20 → 21" in page and "10 → 11" not in page


def test_an_earlier_role_of_the_same_code_has_left_nothing(owner, db):
    """Threat 22."""
    old = make_role("temp")
    entry(old, ("description", "", "the secret plan"))
    owner.post(f"/roles/role/{old.pk}/delete/")
    assert "the secret plan" not in words_of(owner, make_role("temp"))


@pytest.mark.parametrize(
    ("code", "words"), [("guest", "the role came with the product"), ("rep", "the role was set up")]
)
def test_where_nothing_was_changed_it_says_so(owner, rep_role, code, words):
    assert f"since {words}" in words_of(owner, Role.objects.get(code=code))


def test_pages_lead_to_older_entries_and_back(owner, rep_role, monkeypatch):
    monkeypatch.setattr(RoleHistory, "history_size", 3)
    for level in range(10, 15):
        entry(rep_role, ("level", level, level + 1))
    newest, older = words_of(owner, rep_role), words_of(owner, rep_role, page=2)
    assert "14 → 15" in newest and "11 → 12" not in newest and "?page=2" in newest
    assert "11 → 12" in older and "14 → 15" not in older and "?page=3" not in older
    assert "There is nothing older" in words_of(owner, rep_role, page=9)
    for page in ("0", "-1", "x", "9" * 40, "²"):
        assert "14 → 15" in words_of(owner, rep_role, page=page)


def test_queries_do_not_grow_with_entries(owner, rep_role, django_assert_num_queries):
    entry(rep_role, ("base", None, "user"))
    words_of(owner, rep_role)
    with django_assert_num_queries(8):
        words_of(owner, rep_role)
    for _number in range(50):
        entry(rep_role, ("base", None, "user"), ("contacts.view", False, True))
    with django_assert_num_queries(8):
        words_of(owner, rep_role)


def test_who_is_out_or_may_not_view_roles_sees_no_history(db, rep_role):
    """R1, R12."""
    assert Client().get(page_of(rep_role)).status_code == 302
    assert signed_in("uma", "user").get(page_of(rep_role)).status_code == 403
    assert signed_in("ada", "administrator").get(page_of(rep_role)).status_code == 200
    assert signed_in("ina", "administrator").get("/roles/role/99999/history/").status_code == 302
