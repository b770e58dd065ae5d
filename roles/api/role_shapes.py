"""A role as the API writes and reads it: as a policy file does, with what is known beside it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..core.compile import CompiledRole, Rules
from ..core.document import dump_role
from ..core.errors import DocumentError, Invalid
from ..core.reading import Part
from ..core.role_masks import FIELD_OF
from ..core.role_reading import ROLE_KEYS, RoleReader
from ..core.specs import Fields, Records, RoleSpec
from ..core.vocabulary import ACTIONS
from ..registry import registry
from ..rest_framework.refusals import refuse_names
from ..services.validation import current_shadows
from ..snapshots import Snapshot

BESIDE = ("own", "effective", "users", "system", "locked")
"""What an answer says of a role beside its own values; sent back, it must be what was shown."""

EMPTY: Mapping[str, Any] = {
    "description": "",
    "base": None,
    "second_factor": False,
    "permissions": [],
    "privileges": [],
    "records": {},
    "fields": {},
}


READS: Mapping[str, frozenset[str]] = {
    **{part: frozenset({field}) for part, field in FIELD_OF.items()},
    "name": frozenset({"name"}),
    "own": frozenset({"permissions"}),
    "effective": frozenset({"permissions", "base"}),
    "locked": frozenset({"permissions"}),
}
"""The fields of roles without which a key is not there; every other key is there always (R16)."""


def keys_for(readable: Collection[str]) -> frozenset[str]:
    """Give the keys of a role for somebody to whom these fields of roles are open."""
    keys = (*ROLE_KEYS, *BESIDE)
    return frozenset(key for key in keys if READS.get(key, frozenset()) <= set(readable))


def describe_role(
    spec: RoleSpec, now: Snapshot, *, users: int, locked: Iterable[str], keys: Collection[str]
) -> dict[str, Any]:
    """Give a role with its own values, all that it gives, and how many people hold it now.

    `spec` and `now` are as the asker may read them; of the keys they have `keys`.
    """
    shown = enabled_part(spec, now.rules)
    whole = {
        **shape_of(shown),
        "own": sorted(shown.permissions),
        "effective": sorted(now.role(spec.code).permissions),
        "users": users,
        "system": spec.is_system,
        "locked": sorted(locked),
    }
    return {key: value for key, value in whole.items() if key in keys}


def shape_of(spec: RoleSpec) -> dict[str, Any]:
    """Write a role as a policy file does, with every key."""
    written = {**EMPTY, **dump_role(spec)}
    return {key: written[key] for key in ROLE_KEYS if key in written}


def without_what_was_shown(body: Any, shown: Mapping[str, Any]) -> Any:
    """Leave out what an answer says beside the role's own values, if it is sent back as it was."""
    if not isinstance(body, Mapping):
        return body
    refuse_names(key for key in body if key not in shown)
    changed = [key for key in BESIDE if key in body and body[key] != shown[key]]
    if changed:
        raise Invalid({key: [_("This is set by the server.")] for key in changed})
    return {key: value for key, value in body.items() if key not in BESIDE}


def enabled_part(spec: RoleSpec, rules: Rules) -> RoleSpec:
    """Leave out what a role stores about modules that are switched off (R7)."""
    enabled = rules.catalogue.enabled_permissions(rules.disabled)
    return spec.with_changes(
        permissions=spec.permissions & enabled,
        records=_without(spec.records, rules.disabled),
        fields=_without(spec.fields, rules.disabled),
    )


def with_disabled_part(wanted: RoleSpec, stored: RoleSpec, rules: Rules) -> RoleSpec:
    """Keep what `stored` says about modules that are switched off: nobody was shown it (R7)."""
    enabled = rules.catalogue.enabled_permissions(rules.disabled)
    return wanted.with_changes(
        permissions=wanted.permissions | (stored.permissions - enabled),
        records={**wanted.records, **_only(stored.records, rules.disabled)},
        fields={**wanted.fields, **_only(stored.fields, rules.disabled)},
    )


def _without(nested: Records | Fields, disabled: frozenset[str]) -> Any:
    return {module: said for module, said in nested.items() if module not in disabled}


def _only(nested: Records | Fields, disabled: frozenset[str]) -> Any:
    return {module: said for module, said in nested.items() if module in disabled}


def read_role_body(
    body: Any, *, start: Mapping[str, Any] | None = None, code: str | None = None
) -> RoleSpec:
    """Read a role that was sent; `Invalid` names the key and the place in it.

    What is left out comes from `start`, or is empty. `code` is that of a stored role, which
    never changes; a new one without a code has one made of its name.
    """
    if not isinstance(body, Mapping):
        raise Invalid({"": [_("Send one JSON object.")]})
    given = {**(start or {}), **body}
    if code is not None and given.setdefault("code", code) != code:
        raise Invalid({"code": [_("The code of a role never changes.")]})
    made_up = "code" not in given
    try:
        spec = _reader().read(Part({"code": "new", **given}))
    except DocumentError as error:
        raise _at_its_key(error) from error
    return spec.with_changes(code="") if made_up else spec


def _reader() -> RoleReader:
    return RoleReader(
        catalogue=registry.catalogue,
        builtins=frozenset(registry.builtin_roles),
        allow_builtins=True,
        shadows=current_shadows(),
        fields_of=_fields_of,
    )


def _fields_of(module: str) -> frozenset[str]:
    return frozenset(registry.fields_of(registry.module(module)))


def _at_its_key(error: DocumentError) -> Invalid:
    """Put what a reader says at the key under which it stands."""
    key = error.place.partition(".")[0].partition("[")[0]
    inner = error.place.removeprefix(key).removeprefix(".")
    message = f"{inner}: {error.message}" if inner else error.message
    return Invalid({key: [message]})


def describe_matrix(
    code: str, now: Snapshot, locked: frozenset[str], *, tells_base: bool
) -> dict[str, Any]:
    """Give the grid: a cell for each module and action, and one for each feature.

    Whether a cell is inherited is not said to whom bases are hidden.
    """
    rules, spec = now.rules, now.roles[code]

    def cell(code: str, *, applies: bool = True) -> dict[str, Any]:
        found = _cell(code, now.role(spec.code), applies=applies)
        found["locked"] = not applies or code in locked
        return {key: value for key, value in found.items() if tells_base or key != "inherited"}

    modules = [m for m in rules.catalogue.modules.values() if m.code not in rules.disabled]
    features = [f for f in rules.catalogue.features.values() if f.module not in rules.disabled]
    return {
        "role": code,
        "actions": list(ACTIONS),
        "modules": [
            {
                "code": module.code,
                "label": str(module.label),
                "group": str(module.group),
                "cells": {
                    action: cell(f"{module.code}.{action}", applies=action in module.actions)
                    for action in ACTIONS
                },
            }
            for module in modules
        ],
        "features": [
            {"label": str(f.label), "group": str(f.group), "module": f.module, **cell(f.code)}
            for f in features
        ],
    }


def _cell(code: str, role: CompiledRole, *, applies: bool) -> dict[str, Any]:
    kinds = {source.kind for source in role.permissions.get(code, ())}
    return {
        "code": code,
        "applicable": applies,
        "granted": applies and code in role.chain[0].permissions,
        "inherited": applies and bool(kinds & {"inherited", "owner"}),
        "implied": applies and "implied" in kinds,
    }
