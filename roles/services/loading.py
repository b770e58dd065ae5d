"""A role's own rows as a `RoleSpec`, and back."""

from ..core.changes import RoleChanges
from ..core.specs import RoleSpec
from ..core.vocabulary import FieldLevel
from ..models import (
    CustomPrivilege,
    FieldPermission,
    RecordAccess,
    Role,
    RoleGrant,
    RolePrivilege,
)
from ..snapshots import Snapshot


def read_role(role: Role) -> RoleSpec:
    """Give what the role itself stores, as one layer of a chain."""
    records: dict[str, dict[str, frozenset[str]]] = {}
    for module, action, scope in role.record_access.values_list("module_id", "action", "scope"):
        by_action = records.setdefault(module, {})
        by_action[action] = by_action.get(action, frozenset()) | {scope}
    fields: dict[str, dict[str, FieldLevel]] = {}
    for module, name, level in role.field_permissions.values_list("module_id", "field", "level"):
        fields.setdefault(module, {})[name] = FieldLevel.from_code(level)
    return RoleSpec(
        code=role.code,
        name=role.name,
        description=role.description,
        level=role.level,
        base=role.base.code if role.base else None,
        second_factor=role.second_factor,
        permissions=frozenset(role.grants.values_list("permission_id", flat=True)),
        privileges=frozenset(role.privilege_grants.values_list("privilege_id", flat=True)),
        records=records,
        fields=fields,
        is_system=role.is_system,
    )


def read_roles(now: Snapshot) -> dict[str, tuple[Role, RoleSpec]]:
    """Give every role of the policy `now` with what it stores itself, by one more query."""
    rows = Role.objects.select_related("base").order_by("code")
    return {
        role.code: (
            role,
            # What decides nothing is not part of a snapshot.
            now.roles[role.code].with_changes(
                description=role.description, is_system=role.is_system
            ),
        )
        for role in rows
        if role.code in now.roles
    }


def write_rows(role: Role, changes: RoleChanges) -> None:
    """Write the rows that `changes` names, and none beside them."""
    _write_grants(role, changes)
    _write_privileges(role, changes)
    _write_record_access(role, changes)
    _write_fields(role, changes)


def _write_grants(role: Role, changes: RoleChanges) -> None:
    if changes.revoked:
        RoleGrant.objects.filter(role=role, permission_id__in=changes.revoked).delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(role=role, permission_id=code) for code in sorted(changes.granted)
    )


def _write_privileges(role: Role, changes: RoleChanges) -> None:
    if changes.privileges_added:
        CustomPrivilege.objects.bulk_create(
            (CustomPrivilege(name=name) for name in sorted(changes.privileges_added)),
            ignore_conflicts=True,
        )
        RolePrivilege.objects.bulk_create(
            RolePrivilege(role=role, privilege_id=name) for name in sorted(changes.privileges_added)
        )
    if changes.privileges_removed:
        gone = changes.privileges_removed
        RolePrivilege.objects.filter(role=role, privilege_id__in=gone).delete()
        CustomPrivilege.objects.filter(name__in=gone, grants=None).delete()


def _write_record_access(role: Role, changes: RoleChanges) -> None:
    for (module, action), (_old, new) in changes.records.items():
        RecordAccess.objects.filter(role=role, module_id=module, action=action).delete()
        RecordAccess.objects.bulk_create(
            RecordAccess(role=role, module_id=module, action=action, scope=scope)
            for scope in sorted(new)
        )


def _write_fields(role: Role, changes: RoleChanges) -> None:
    for (module, name), (_old, new) in changes.fields.items():
        FieldPermission.objects.filter(role=role, module_id=module, field=name).delete()
        if new is not None:
            FieldPermission.objects.create(role=role, module_id=module, field=name, level=new.code)
