"""A role as somebody may read it: what is hidden from them is as in a role that says nothing."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from .coverage import Excess
from .locks import Locks
from .specs import NOTHING, RoleSpec

PARTS: Mapping[str, Mapping[str, Any]] = {
    "description": {"description": ""},
    "level": {"level": 0},
    "base": {"base": None},
    "second_factor": {"second_factor": False},
    "permissions": {"permissions": frozenset(), "records": NOTHING, "fields": NOTHING},
    "privileges": {"privileges": frozenset()},
}
"""What of a role goes by which field of roles, the name apart, each with how it is empty.

What a role says of records and of fields goes with its permissions: it has no field of its own.
"""

FIELD_OF: Mapping[str, str] = {part: name for name, parts in PARTS.items() for part in parts}
"""The field by which each part goes."""

GIVING = frozenset({"base", "second_factor", "permissions", "privileges"})
"""The fields that together say what a role gives: with one of them hidden, nobody can tell."""


def masked(spec: RoleSpec, readable: Collection[str], name: str) -> RoleSpec:
    """Give the role with the fields that are `readable`; `name` stands for a hidden name."""
    hidden = (parts for field, parts in PARTS.items() if field not in readable)
    empty = {part: value for parts in hidden for part, value in parts.items()}
    return spec.with_changes(**empty, **({} if "name" in readable else {"name": name}))


def veiled(excess: Excess, readable: Collection[str]) -> Excess:
    """Take back what an excess tells of a field that is not `readable`, or of another role's.

    What a role gives, it may give by its base.
    """
    field = _FIELD_OF_KIND.get(excess.kind, "permissions")
    reads = {field, "base"} if field in GIVING else {field}
    reads |= {"name", "base"} if excess.via else set()
    return replace(excess, is_veiled=True) if reads - set(readable) else excess


def veiled_locks(locks: Locks, readable: Collection[str]) -> Locks:
    """Give the locks with each of their reasons as `veiled` tells it."""

    def told(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {about: told(one) for about, one in value.items()}
        return veiled(value, readable) if isinstance(value, Excess) else value

    return replace(locks, **{one.name: told(getattr(locks, one.name)) for one in fields(locks)})


_FIELD_OF_KIND = {
    "level": "level",
    "rank": "level",
    "privilege": "privileges",
    "self": "privileges",
}
