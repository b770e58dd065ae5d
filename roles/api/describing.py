"""Access and catalogue as plain values, in the words of policy files."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .. import policy, snapshots
from ..core.access import Access
from ..core.compile import CompiledRole, Source
from ..core.specs import Catalogue, Module, Permission
from ..core.vocabulary import FieldLevel
from ..registry import registry


def describe_access(user: Any) -> dict[str, Any]:
    """Give what `user` may do right now: on some records, as R12 says, never on every one."""
    access = policy.access_for(user)
    return {
        "user": {"username": user.get_username(), "name": str(user)},
        "roles": [_named(role) for role in access.roles],
        "resting": [_named(role) for role in access.resting],
        "rank": access.rank,
        "permissions": sorted(access.codes),
        "privileges": sorted(access.privileges),
        "modules": dict(_modules_of(access)),
    }


def _named(role: CompiledRole) -> dict[str, Any]:
    return {"code": role.code, "name": role.name, "level": role.level}


def describe_sources(user: Any, reader: Any) -> dict[str, Any]:
    """Give `describe_access` with the source of each grant: which role holds it, from which layer.

    `kind` is `own`, `inherited`, `implied` or `owner`; `by` the permission that implies it. What
    `reader` may not read of roles is not there (R16).
    """
    roles = policy.access_for(user).roles
    whole = describe_access(user)
    if user.pk != reader.pk:
        whole = _as_read(whole, reader)
    if "permissions" not in whole:
        return whole
    return {
        **whole,
        "sources": {
            "permissions": _sources({role.code: role.permissions for role in roles}),
            "privileges": _sources({role.code: role.privileges for role in roles}),
        },
    }


def _as_read(whole: dict[str, Any], reader: Any) -> dict[str, Any]:
    """Leave out what tells of fields of roles that are hidden from the reader."""
    gives = () if policy.reads_what_roles_give(reader) else _OF_WHAT_ROLES_GIVE
    hidden = {*gives, *(() if policy.reads_levels(reader) else ("rank",))}
    keys = {"code"} | ({"name"} if policy.reads_role_names(reader) else set())
    keys |= {"level"} if policy.reads_levels(reader) else set()
    held = {
        kind: [{key: role[key] for key in role if key in keys} for role in whole[kind]]
        for kind in ("roles", "resting")
    }
    return {key: value for key, value in {**whole, **held}.items() if key not in hidden}


_OF_WHAT_ROLES_GIVE = ("resting", "permissions", "privileges", "modules")


def _sources(by_role: Mapping[str, Mapping[str, Iterable[Source]]]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for code, given in by_role.items():
        for name, sources in given.items():
            found.setdefault(name, []).extend(
                {"role": code, "kind": source.kind, "from": source.role, "by": source.by}
                for source in sources
            )
    return dict(sorted(found.items()))


def _modules_of(access: Access) -> Iterator[tuple[str, dict[str, Any]]]:
    for code, module in registry.catalogue.modules.items():
        actions = [action for action in module.actions if access.can(f"{code}.{action}")]
        if actions:
            scopes = {action: _scopes(access, module, action) for action in actions}
            yield code, {"actions": actions, "scopes": scopes, "fields": _fields(access, module)}


def _scopes(access: Access, module: Module, action: str) -> list[str]:
    """Give scopes in the order in which people read them; none where records have no owner."""
    found = access.scopes_for(module.code, action) if module.has_record_access else ()
    return [code for code in registry.scopes if code in found]


def _fields(access: Access, module: Module) -> dict[str, str]:
    """Give the highest level that each field has on some record; hidden ones are left out (R23)."""
    found = {name: _level(access, module.code, name) for name in registry.fields_of(module)}
    return {name: level.code for name, level in found.items() if level is not FieldLevel.HIDDEN}


def _level(access: Access, module: str, field: str) -> FieldLevel:
    """Ask each role for the actions that it gives, none for those of another (R15)."""

    def best(action: str) -> FieldLevel:
        giving = access.roles_giving(f"{module}.{action}")
        levels = (role.level_of_field(module, field) for role in giving)
        return max(levels, default=FieldLevel.HIDDEN)

    read = best("view") >= FieldLevel.READ_ONLY
    edited = read and best("edit") is FieldLevel.EDITABLE
    if edited or best("create") is FieldLevel.EDITABLE:
        return FieldLevel.EDITABLE
    return FieldLevel.READ_ONLY if read else FieldLevel.HIDDEN


def describe_modules() -> list[dict[str, Any]]:
    """Give the enabled modules in the grid's order (R7)."""
    features, disabled = registry.catalogue.features.values(), _disabled()
    return [
        {
            "code": module.code,
            "label": str(module.label),
            "group": str(module.group),
            "description": str(module.description),
            "actions": list(module.actions),
            "features": [f.code for f in features if f.module == module.code],
            "fields": [
                {"name": name, "label": str(label)}
                for name, label in registry.fields_of(module).items()
            ],
            "has_record_access": module.has_record_access,
        }
        for module in registry.catalogue.modules.values()
        if module.code not in disabled
    ]


def _disabled() -> frozenset[str]:
    return snapshots.load_policy().rules.disabled


def describe_permissions() -> list[dict[str, Any]]:
    """Give every permission that can be granted now: cells of the grid, then features (R7)."""
    catalogue = registry.catalogue
    enabled = catalogue.enabled_permissions(_disabled())
    return [
        {
            "code": found.code,
            "kind": found.kind,
            "module": found.module,
            "action": found.action,
            "label": _label(catalogue, found),
            "implies": list(catalogue.implied.get(found.code, ())),
        }
        for found in catalogue.permissions.values()
        if found.code in enabled
    ]


def _label(catalogue: Catalogue, permission: Permission) -> str:
    if permission.code in catalogue.features:
        return str(catalogue.features[permission.code].label)
    return f"{catalogue.modules[permission.module or ''].label}: {permission.action}"
