"""Answer policy-test checks by a slow, literal reading of the access model.

The product compiles, caches and turns rules into SQL; this walks every role of the user, layer by
layer, for every question, over the plain dict that `yaml.safe_load` gives for a policy test. Each
docstring cites the rule it reads. Nothing here may import the product or Django. What a policy
file may not say (an unknown user, a cycle) raises KeyError or ValueError.
"""

from . import catalogue
from .catalogue import OWNER
from .effects import (
    DJANGO_PERMISSIONS,
    MODELS,
    chain,
    django_names,
    field_level,
    gives,
    is_shadowed,
    normalised,
    role_scopes,
    system_code,
)
from .people import current_roles, in_scope, person, standing, world


def answer(document, check, django_permissions=frozenset()):
    """Answer one check of any form; `django_permissions` adds names to those known to exist."""
    user = check["user"]
    if user is not None and user not in world(document, "users"):
        raise KeyError(f"unknown user {user!r}")
    if "list" in check:
        return accessible(document, user, _module(check["list"]), check.get("action") or "view")
    if "read" in check:
        return may_read(document, user, check["record"], check["read"])
    if "write" in check:
        return may_write(document, user, check["record"], check["write"])
    if "create" in check:
        return may_create(document, user, _module(check["create"]), check.get("values") or {})
    if check.get("record") is not None:
        return may_on_record(document, user, check["permission"], check["record"])
    existing = DJANGO_PERMISSIONS | django_names(*MODELS) | set(django_permissions)
    return may(document, user, check["permission"], existing)


def _module(module):
    """Refuse a module key that does not exist, an error of the file."""
    if module not in catalogue.MODULES:
        raise KeyError(f"unknown module {module!r}")
    return module


def _record(document, key):
    """Take a record by its key; an unknown one is an error of the file."""
    return world(document, "records")[key]


def may(document, user, name, existing=DJANGO_PERMISSIONS):
    """R12, R20, R1: without a record; of a waiting user only their own profile."""
    if standing(document, user) == "waiting":
        return name == "profile.view"
    code = system_code(name)
    if code is None:
        return has_privilege(document, user, name, existing)
    return any(gives(document, role, code) for role in current_roles(document, user))


def may_on_record(document, user, name, key):
    """R14: an action by reach, with view beside some; a feature of the module by view; else no."""
    record, code = _record(document, key), system_code(name)
    if code in catalogue.FEATURES:
        related = catalogue.FEATURES[code]["module"] == record["module"]
        return related and may(document, user, code) and some_reach(document, user, key, "view")
    if code is None or code.split(".")[0] != record["module"]:
        return False
    action = code.split(".")[1]
    if action in ("edit", "delete", "export") and not some_reach(document, user, key, "view"):
        return False
    return some_reach(document, user, key, action)


def accessible(document, user, module, action):
    """R22: the records, in the order of the file, on which the single check says yes."""
    if action not in catalogue.ACTIONS:
        return []
    code = f"{module}.{action}"
    keys = [key for key, row in world(document, "records").items() if row["module"] == module]
    return [key for key in keys if may_on_record(document, user, code, key)]


def may_read(document, user, key, field):
    """R16, R15: one role both reaches the record for view and shows the field."""
    module = _record(document, key)["module"]
    return any(
        reaches(document, user, role, key, "view")
        and field_level(document, role, module, field) in ("read_only", "editable")
        for role in current_roles(document, user)
    )


def may_write(document, user, key, field):
    """R17, R15: readable, and one role both reaches the record for edit and opens the field."""
    module = _record(document, key)["module"]
    return may_read(document, user, key, field) and any(
        reaches(document, user, role, key, "edit")
        and field_level(document, role, module, field) == "editable"
        for role in current_roles(document, user)
    )


def may_create(document, user, module, values):
    """R12, R17, R18, R24: each value sent judged by itself, and the records it points at."""
    if not may(document, user, f"{module}.create"):
        return False
    owner = values.get("owner", user)  # R18: the creator's, unless set
    if owner is not None and owner not in world(document, "users"):
        raise KeyError(f"unknown user {owner!r}")
    return all(
        may_set(document, user, module, field, owner)
        and may_choose(document, user, module, field, values[field])
        for field in values
    )


def may_set(document, user, module, field, owner):
    """R17, R15: one role gives create, has the new owner in scope, and opens the field."""
    return any(
        gives(document, role, f"{module}.create")
        and in_scopes(document, user, role, module, "create", owner)
        and field_level(document, role, module, field) == "editable"
        for role in current_roles(document, user)
    )


def may_choose(document, user, module, field, value):
    """R24: a record that the user may not view cannot be chosen as a reference."""
    if value is None or field not in catalogue.REFERENCES.get(module, ()):
        return True
    return may_on_record(document, user, f"{_record(document, value)['module']}.view", value)


def has_privilege(document, user, name, existing=DJANGO_PERMISSIONS):
    """R20: some role of theirs names it, or they are Owner and any role does; never a shadowed."""
    wanted, roles = normalised(name), current_roles(document, user)
    if is_shadowed(wanted, existing):
        return False
    layers = [layer for role in roles for layer in chain(document, role)]
    if OWNER in roles:
        layers += document.get("roles") or []
    return any(
        wanted == normalised(own) for layer in layers for own in layer.get("privileges") or ()
    )


def some_reach(document, user, key, action):
    """R14: some role of the user reaches the record for the action."""
    roles = current_roles(document, user)
    return any(reaches(document, user, role, key, action) for role in roles)


def reaches(document, user, role, key, action):
    """R13: not deleted, the role gives the action, and scope or share opens the record."""
    record = _record(document, key)
    if record.get("deleted") or not gives(document, role, f"{record['module']}.{action}"):
        return False
    owner = record.get("owner")
    return is_shared(document, user, key, action) or in_scopes(
        document, user, role, record["module"], action, owner
    )


def in_scopes(document, user, role, module, action, owner):
    """R9: one of the role's scopes takes the user to what this owner owns."""
    scopes = role_scopes(document, role, module, action)
    return any(in_scope(document, user, scope, owner) for scope in scopes)


def is_shared(document, user, key, action):
    """R19: opened to the user, or to a team of theirs, for view or for view and edit."""
    teams = person(document, user).get("teams") or ()
    for share in world(document, "shares", ()):
        to_them = share.get("user") == user or share.get("team") in teams
        given = ("view", "edit") if share["give"] == "edit" else ("view",)
        if share["record"] == key and to_them and action in given:
            return True
    return False
