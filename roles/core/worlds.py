"""Policy tests (interfaces, section 3): a small world, and the decisions expected in it.

A user, record, role, team, department, manager or module that nothing declares is an error of
the file; a permission or field that does not exist is none, the check is answered `false`.
"""

from typing import Any

from .check_reading import CheckReader
from .document import parse_roles, read_version
from .reading import Part
from .role_reading import FieldsOf
from .specs import Catalogue
from .world_reading import read_world
from .world_specs import (
    Check,
    Expected,
    PolicyTest,
    WorldAssignment,
    WorldRecord,
    WorldShare,
    WorldUser,
)

__all__ = [
    "Check",
    "Expected",
    "PolicyTest",
    "WorldAssignment",
    "WorldRecord",
    "WorldShare",
    "WorldUser",
    "parse_policy_test",
]

TEST_KEYS = ("version", "now", "roles", "disabled_modules", "world", "checks")


def parse_policy_test(
    value: Any,
    *,
    catalogue: Catalogue,
    builtins: frozenset[str],
    fields_of: FieldsOf | None = None,
) -> PolicyTest:
    """Read a whole policy test, as `load_text` gives it; `DocumentError` names what is wrong."""
    parts = Part(value).mapping(TEST_KEYS, required=("version", "checks"))
    read_version(parts["version"])
    now = parts.get("now")
    roles = parse_roles(
        parts.get("roles", Part(())).value,
        "roles",
        catalogue=catalogue,
        builtins=builtins,
        allow_builtins=False,
        lenient_privileges=True,
        fields_of=fields_of,
    )
    codes = builtins | {role.code for role in roles}
    world = read_world(parts.get("world", Part({})), catalogue=catalogue, roles=codes)
    reader = CheckReader(world, catalogue)
    return PolicyTest(
        now=None if now is None or now.value is None else now.moment(),
        roles=roles,
        disabled_modules=_disabled(parts.get("disabled_modules", Part(())), catalogue),
        departments=world.departments,
        teams=world.teams,
        users=world.users,
        records=world.records,
        shares=world.shares,
        checks=tuple(reader.read(check) for check in parts["checks"].items()),
    )


def _disabled(part: Part, catalogue: Catalogue) -> tuple[str, ...]:
    for item in part.items():
        code = item.one_of(catalogue.modules, "module")
        if not catalogue.modules[code].can_disable:
            item.refuse(f"The module {code!r} cannot be disabled (R7); remove it from the list.")
    return part.each_of(catalogue.modules, "module")
