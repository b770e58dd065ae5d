"""What the database refuses of a role, whoever writes and by whatever road (habit 7)."""

import pytest
from django.db.models import ProtectedError

from roles.models import (
    CustomPrivilege,
    FieldPermission,
    Module,
    Permission,
    Role,
    RoleGrant,
    RolePrivilege,
)
from tests.factories import give, make_role, make_user

from .database import refused, store

pytestmark = pytest.mark.django_db


# Roles


def test_a_role_has_a_code_and_no_other_has_it():
    store(Role, code="rep", name="Rep", name_key="rep")
    with refused():
        store(Role, code="rep", name="Other", name_key="other")
    with refused():
        store(Role, code="", name="Other", name_key="other")
    assert store(Role, code="other", name="Other", name_key="other").pk


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Équipe", "équipe"),
        ("équipe", "ÉQUIPE"),
        ("Équipe", "E\u0301quipe"),
        ("Отдел", "ОТДЕЛ"),
        ("ΟΜΆΔΑ", "ομάδα"),
        ("Straße", "STRASSE"),
        ("Sales Rep", " sales\u00a0 REP "),
        ("営業", "営業"),
        ("Sales", "\uff33ales"),
    ],
)
def test_a_name_is_taken_in_every_spelling_of_it(first, second):
    Role(name=first).save()
    with refused():
        Role(name=second, code="another").save()
    Role(name=f"{second} 2", code="another").save()
    assert Role.objects.filter(name__in=[first, f"{second} 2"]).count() == 2


def test_a_rename_is_held_to_the_same_and_leaves_the_code():
    Role(name="Sales").save()
    role = Role(name="Support")
    role.save()
    role.name = "SALES"
    with refused():
        role.save()
    role.name = "Help Desk"
    role.save()
    assert (role.code, role.name_key) == ("support", "help desk")


def test_a_rename_of_that_field_alone_moves_the_key_along():
    Role(name="Sales").save()
    role = Role(name="Support")
    role.save()
    role.name = "SALES"
    with refused():
        role.save(update_fields=["name"])


@pytest.mark.parametrize("level", [-1, 101, 32000])
def test_a_level_lies_between_0_and_100(level):
    role = make_role("rep")
    with refused():
        Role.objects.filter(pk=role.pk).update(level=level)
    with refused():
        store(Role, code="other", name="Other", name_key="other", level=level)
    for allowed in (0, 100):
        assert Role.objects.filter(pk=role.pk).update(level=allowed) == 1


def test_a_role_is_not_its_own_base():
    role, other = make_role("rep"), make_role("other")
    with refused():
        Role.objects.filter(pk=role.pk).update(base=role.pk)
    assert Role.objects.filter(pk=role.pk).update(base=other.pk) == 1


# What stands on something keeps it there


def test_a_base_stays_while_a_role_stands_on_it():
    base = make_role("base")
    derived = make_role("derived", base="base")
    with pytest.raises(ProtectedError):
        base.delete()
    with refused():
        Role.objects.filter(pk=base.pk)._raw_delete("default")
    derived.delete()
    base.delete()
    assert not Role.objects.filter(code="base").exists()


def test_a_role_stays_while_somebody_holds_it():
    role = make_role("rep")
    held = give(make_user(), role)
    with pytest.raises(ProtectedError):
        role.delete()
    with refused():
        Role.objects.filter(pk=role.pk)._raw_delete("default")
    held.delete()
    role.delete()
    assert not Role.objects.filter(code="rep").exists()


def test_a_permission_a_privilege_and_a_module_stay_while_a_role_has_them():
    role = make_role("rep", permissions="leads.view", privileges="app.crm")
    for kept in (
        Permission.objects.get(code="leads.view"),
        CustomPrivilege.objects.get(name="app.crm"),
        Module.objects.get(code="leads"),
    ):
        with pytest.raises(ProtectedError):
            kept.delete()
    assert (role.grants.count(), role.privilege_grants.count()) == (1, 1)
    role.privileges.clear()
    CustomPrivilege.objects.get(name="app.crm").delete()


def test_a_role_takes_its_own_rows_along_and_leaves_the_catalogue():
    role = make_role(
        "rep",
        permissions="leads.view",
        privileges="app.crm",
        records={"leads": "team"},
        fields={"leads": {"phone": "hidden"}},
    )
    role.delete()
    for model in (RolePrivilege, FieldPermission):
        assert not model.objects.exists()
    assert not RoleGrant.objects.filter(role_id=role.pk).exists()
    assert Permission.objects.filter(code="leads.view").exists()
