"""`policy export`: the same roles give the same bytes, which read back as the same roles."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roles.core.document import load_text, parse_policy
from roles.models import Role
from roles.registry import registry
from roles.services.loading import read_role
from tests.factories import make_role, role_of

pytestmark = pytest.mark.django_db


def export(*arguments):
    out = StringIO()
    call_command("policy", "export", *arguments, stdout=out)
    return out.getvalue()


def fill(order):
    """Store the same roles, their parts written in one order or the other."""
    for code in ("one", "two")[::order]:
        role = make_role(code, level=20, description="Says: “hello”\n# no comment")
        role.permissions.set(["leads.view", "deals.view", "tasks.comment"][::order])
        for scope in ("team", "department")[::order]:
            role.record_access.create(module_id="leads", scope=scope)
        for name in ("phone", "notes")[::order]:
            role.field_permissions.create(module_id="leads", field=name, level="hidden")
    role_of("user").permissions.remove("leads.edit")


def test_the_same_roles_give_the_same_bytes_in_whatever_order_they_were_written():
    fill(1)
    first = export()
    assert export() == first
    Role.objects.filter(is_system=False).delete()
    role_of("user").permissions.add("leads.edit")
    fill(-1)
    assert export() == first


def test_what_is_exported_reads_back_as_the_roles_that_were_stored(tmp_path):
    fill(1)
    builtins = frozenset(registry.builtin_roles)
    for suffix in ("yaml", "json"):
        path = tmp_path / f"policy.{suffix}"
        export("--output", str(path))
        read = parse_policy(
            load_text(path.read_text(), name=path.name),
            catalogue=registry.catalogue,
            builtins=builtins,
        )
        assert {spec.code: spec for spec in read} == {
            code: read_role(role_of(code)) for code in ("one", "two", "user")
        }


def test_export_gives_changed_built_ins_and_the_roles_asked_for():
    make_role("one")
    codes = [role["code"] for role in load_text(export())["roles"]]
    assert codes == ["one"]  # built-ins as shipped need no writing
    asked = load_text(export("--role", "guest", "--role", "one"))["roles"]
    assert [role["code"] for role in asked] == ["guest", "one"]
    with pytest.raises(CommandError, match="no role nobody"):
        export("--role", "nobody")
