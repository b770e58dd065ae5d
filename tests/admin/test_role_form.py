"""The role form saves the difference to what its page showed, and nothing else."""

import re

import pytest

from roles.models import AuditEntry, Role
from roles.services.loading import read_role
from roles.snapshots import load_policy

from .conftest import only_looking, signed_in, url_of


def test_a_ticked_cell_is_granted_and_an_unticked_one_revoked(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    data["permissions"] = ["contacts.view", "contacts.delete", "reports.view"]
    answer = owner.post(url_of(rep_role), data)
    assert answer.status_code == 302
    assert read_role(rep_role).permissions == {"contacts.view", "contacts.delete", "reports.view"}


def test_a_save_without_a_change_touches_nothing(owner, rep_role, form_of):
    before, entries = read_role(rep_role), AuditEntry.objects.count()
    assert owner.post(url_of(rep_role), form_of(owner, rep_role)).status_code == 302
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before
    assert AuditEntry.objects.count() == entries


def test_an_own_grant_that_the_base_gives_too_survives(owner, rep_role, form_of):
    """R4: contacts.view shows as inherited, is not posted, and stays the role's own."""
    data = form_of(owner, rep_role)
    assert "contacts.view" not in data["permissions"]
    data["name"] = "Field Rep"
    owner.post(url_of(rep_role), data)
    assert "contacts.view" in read_role(rep_role).permissions


def test_record_access_and_fields_that_the_page_does_not_post_survive(owner, rep_role, form_of):
    before = read_role(rep_role)
    data = form_of(owner, rep_role) | {"description": "Sells."}
    owner.post(url_of(rep_role), data)
    after = read_role(Role.objects.get(pk=rep_role.pk))
    assert after == before.with_changes(description="Sells.")


def test_absent_values_change_nothing_and_empty_ones_remove(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    for name in ("name", "level", "base", "privileges", "description"):
        del data[name]
    before = read_role(rep_role)
    assert owner.post(url_of(rep_role), data).status_code == 302
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before
    data |= {"base": "", "privileges": ""}
    assert owner.post(url_of(rep_role), data).status_code == 302
    after = read_role(Role.objects.get(pk=rep_role.pk))
    assert (after.base, after.privileges) == (None, frozenset())


def test_a_post_without_the_page_s_state_is_read_against_the_role_as_it_is(owner, rep_role):
    owner.post(url_of(rep_role), {"permissions": ["contacts.export", "targets.view"]})
    # contacts.view is fixed (the base gives it), reports.view was unticked.
    assert read_role(rep_role).permissions == {"contacts.view", "contacts.export", "targets.view"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("contacts.frobnicate", "no such permission"),
        ("contacts.invite", "does not apply"),
        ("nothing.view", "no such permission"),
        ("crm.view_contact", "no such permission"),
        ("Contacts.View", "no such permission"),
    ],
)
def test_a_forged_cell_refuses_the_whole_post_and_names_it(owner, rep_role, form_of, code, words):
    """R21; its positive twin is every save above."""
    before = read_role(rep_role)
    data = form_of(owner, rep_role) | {"name": "Other"}
    data["permissions"] = [*data["permissions"], "targets.view", code]
    answer = owner.post(url_of(rep_role), data)
    assert answer.status_code == 200
    error = " ".join(answer.context["form"].errors["permissions"])
    assert code in error and words in error
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before


def test_typed_values_and_ticks_are_kept_when_something_is_wrong(owner, rep_role, form_of):
    data = form_of(owner, rep_role)
    data |= {"name": "Typed name", "level": "101", "privileges": "report.export, app.new"}
    data["permissions"] = ["targets.view"]
    page = owner.post(url_of(rep_role), data).content.decode()
    assert 'value="Typed name"' in page and 'value="101"' in page
    assert "report.export, app.new" in page
    assert _is_checked(page, "targets.view") and not _is_checked(page, "reports.view")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("level", "101", "0 to 100"),
        ("level", "-1", "0 to 100"),
        ("level", "ten", "0 to 100"),
        ("name", "   ", ""),
        ("name", "uSER", "exists already"),
        ("name", "ＵＳＥＲ", "exists already"),
        ("base", "rep", "itself based on this role"),
        ("base", "owner", "based on Owner"),
        ("base", "nobody", ""),
        ("privileges", "Contacts.View", "system permission"),
        ("privileges", "deals.invite", "system permission"),
        ("privileges", "crm.view_contact", "installed app"),
        ("privileges", "сontacts.pay", "mixes letters of Cyrillic, Latin"),
        ("privileges", "a/b", "“/”"),
        ("privileges", "x" * 101, "100 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(owner, rep_role, form_of, field, value, words):
    """R4, R11, and the ranges of section 1; nothing is saved."""
    before = read_role(rep_role)
    data = form_of(owner, rep_role) | {field: value}
    answer = owner.post(url_of(rep_role), data)
    assert answer.status_code == 200
    assert words in " ".join(answer.context["form"].errors[field])
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "100"),
        ("level", "0"),
        ("name", "Équipe"),
        ("base", "salesperson"),
        ("privileges", "REPORT.Export,  app.x\tapp.y"),
    ],
)
def test_what_is_right_is_taken(owner, rep_role, form_of, field, value):
    from roles.core.specs import RoleSpec
    from roles.services.installation import install_role

    install_role(RoleSpec(code="salesperson", name="Salesperson", level=20, base="user"))
    data = form_of(owner, rep_role) | {field: value}
    assert owner.post(url_of(rep_role), data).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    expected = {"report.export", "app.x", "app.y"} if field == "privileges" else value
    assert str(getattr(saved, field)) == str(expected) or getattr(saved, field) == expected


def test_a_17th_layer_is_refused_at_the_base(owner, db, form_of):
    from roles.core.specs import RoleSpec
    from roles.services.installation import install_role

    base = None
    for number in range(16):
        role = install_role(RoleSpec(code=f"r{number}", name=f"R{number}", base=base))
        base = role.code
    data = form_of(owner, None) | {"name": "Seventeenth", "base": base}
    answer = owner.post(url_of(None), data)
    assert "more than 16" in " ".join(answer.context["form"].errors["base"])
    assert owner.post(url_of(None), data | {"base": "r14"}).status_code == 302


def test_a_new_role_is_made_with_all_that_was_typed(owner, db, form_of):
    data = form_of(owner, None) | {
        "name": "Field Sales",
        "level": "15",
        "base": "user",
        "privileges": "app.crm",
        "permissions": ["contacts.delete", "leave.approve"],
    }
    assert owner.post(url_of(None), data).status_code == 302
    made = read_role(Role.objects.get(code="field-sales"))
    assert (made.name, made.level, made.base) == ("Field Sales", 15, "user")
    assert made.permissions == {"contacts.delete", "leave.approve"}
    assert load_policy().role("field-sales").permissions["contacts.view"][0].kind == "inherited"


def test_the_second_of_two_saves_is_told_and_loses_nothing(owner, rep_role, form_of):
    """No silent overwrite: from the same page, one adds Delete, the other Import and a name."""
    first = form_of(owner, rep_role)
    second = {**first, "permissions": list(first["permissions"])}
    first["permissions"].append("contacts.delete")
    assert owner.post(url_of(rep_role), first).status_code == 302
    second["permissions"].append("contacts.import")
    answer = owner.post(url_of(rep_role), second | {"name": "Second name"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Contacts: Delete" in " ".join(answer.context["form"].non_field_errors())
    assert "contacts.import" not in read_role(rep_role).permissions
    assert _is_checked(page, "contacts.delete") and _is_checked(page, "contacts.import")
    again = answer.context["form"]
    data = {name: again[name].value() for name in ("name", "level", "base", "privileges", "seen")}
    data["permissions"] = again["permissions"].value()
    assert owner.post(url_of(rep_role), data).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    assert {"contacts.delete", "contacts.import"} <= saved.permissions
    assert saved.name == "Second name"


def test_a_forged_state_and_another_role_s_refuse_the_whole_post(owner, rep_role, form_of):
    before, other = read_role(rep_role), Role.objects.get(code="user")
    for seen in ("forged:1abc:xyz", form_of(owner, other)["seen"]):
        data = form_of(owner, rep_role) | {"seen": seen, "name": "Other"}
        answer = owner.post(url_of(rep_role), data)
        assert "not as it was sent" in " ".join(answer.context["form"].non_field_errors())
        assert read_role(Role.objects.get(pk=rep_role.pk)) == before


def test_system_roles_keep_name_level_and_base(owner, db, form_of):
    """D8: their grants may change."""
    role = Role.objects.get(code="user")
    data = form_of(owner, role)
    for field, value in (("name", "Users"), ("level", "11"), ("base", "guest")):
        answer = owner.post(url_of(role), data | {field: value})
        assert "D8" in " ".join(answer.context["form"].errors[field])
    data["permissions"].append("contacts.delete")
    assert owner.post(url_of(role), data).status_code == 302
    assert "contacts.delete" in read_role(role).permissions


def test_owner_s_cells_are_all_fixed_and_no_post_changes_them(owner, db, form_of):
    """R6, D8."""
    role = Role.objects.get(code="owner")
    assert form_of(owner, role)["permissions"] == []
    data = form_of(owner, role) | {"permissions": ["contacts.view"]}
    assert owner.post(url_of(role), data).status_code == 302
    assert read_role(role).permissions == frozenset()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_only_see_roles_saves_none(db, rep_role, method):
    """D1."""
    admin = only_looking("ada")
    before = read_role(rep_role)
    answer = getattr(admin, method)(url_of(rep_role), {"name": "Other", "permissions": []})
    assert answer.status_code == (200 if method == "get" else 403)
    assert getattr(admin, method)(url_of(None), {"name": "New"}).status_code == 403
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before


def test_who_may_not_view_roles_sees_none_of_their_pages(db, rep_role):
    user = signed_in("uma", "user")
    for url in (
        url_of(rep_role),
        url_of(None),
        "/roles/role/",
        f"/roles/role/{rep_role.pk}/delete/",
    ):
        assert user.get(url).status_code == 403
    assert Role.objects.filter(pk=rep_role.pk).exists()


def test_a_role_in_use_is_not_deleted_and_a_free_one_is(owner, rep_role):
    """D9."""
    signed_in("rita", "rep")
    url = f"/roles/role/{rep_role.pk}/delete/"
    assert "in use" in owner.post(url).content.decode()
    assert Role.objects.filter(pk=rep_role.pk).exists()
    rep_role.assignments.all().delete()
    assert owner.post(url).status_code == 302
    assert not Role.objects.filter(pk=rep_role.pk).exists()


def _is_checked(page: str, code: str) -> bool:
    tag = page.split(f'value="{code}"')[1].split(">")[0]
    return "checked" in tag


def test_scopes_and_field_levels_are_set_changed_and_removed(owner, rep_role, form_of):
    """R8, R10: an absent select changes nothing, an empty value removes the row."""
    data = form_of(owner, rep_role) | {
        "scope:contacts:edit": "",
        "scope:leads": "all",
        "field:contacts:phone": "read_only",
        "field:contacts:*": "hidden",
    }
    assert owner.post(url_of(rep_role), data).status_code == 302
    saved = read_role(Role.objects.get(pk=rep_role.pk))
    assert saved.records == {"contacts": {"*": {"team"}}, "leads": {"*": {"all"}}}
    levels = {name: level.code for name, level in saved.fields["contacts"].items()}
    assert levels == {"notes": "hidden", "phone": "read_only", "*": "hidden"}


def test_several_scopes_are_kept_and_can_be_chosen(owner, rep_role, form_of):
    """R8: the posted set is the union of the select and the ticked boxes, in any order."""
    data = form_of(owner, rep_role) | {"scope:contacts": ["department", "", "team", "department"]}
    assert owner.post(url_of(rep_role), data).status_code == 302
    assert read_role(rep_role).records["contacts"]["*"] == {"team", "department"}
    page = owner.get(url_of(rep_role)).content.decode()
    select = page.split('<select name="scope:contacts"')[1].split("</select>")[0]
    assert "multiple" not in select.split(">")[0]
    assert re.findall(r'value="(\w*)" selected', select) == ["department"]
    boxes = re.findall(r'name="scope:contacts" value="(\w+)"( checked)?', page)
    assert boxes == [("team", " checked"), ("department", ""), ("reporting_line", "")]


def test_an_empty_select_with_no_box_removes_every_scope(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"scope:contacts": [""], "scope:contacts:edit": [""]}
    assert owner.post(url_of(rep_role), data).status_code == 302
    assert read_role(rep_role).records == {}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("scope:contacts", "galaxy", "galaxy"),
        ("scope:contacts:invite", "own", "invite"),
        ("scope:users", "all", "users"),
        ("scope:nothing", "all", "nothing"),
        ("field:contacts:frobnicate", "hidden", "frobnicate"),
        ("field:contacts:phone", "secret", "secret"),
        ("field:nothing:phone", "hidden", "nothing"),
    ],
)
def test_a_forged_scope_or_field_refuses_the_whole_post(
    owner, rep_role, form_of, key, value, words
):
    """R21; the twins are above."""
    before = read_role(rep_role)
    data = form_of(owner, rep_role) | {key: value, "name": "Other"}
    answer = owner.post(url_of(rep_role), data)
    assert words in " ".join(answer.context["form"].non_field_errors())
    assert read_role(Role.objects.get(pk=rep_role.pk)) == before
