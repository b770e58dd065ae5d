"""The difference of two states of a role: what the grid saves, the log keeps, a conflict names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .specs import NOTHING, RoleSpec
from .vocabulary import FieldLevel

VALUES = ("name", "description", "level", "base", "second_factor")
"""The plain values of a role, in the order in which people read them."""

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class RoleChanges:
    """What turns one state of a role into another; every pair is (old, new).

    `records` is keyed by (module, action or `*`) with sets of scopes, empty for none;
    `fields` by (module, field or `*`) with levels, `None` for none.
    """

    values: Mapping[str, Pair] = field(default_factory=lambda: NOTHING)
    granted: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()
    privileges_added: frozenset[str] = frozenset()
    privileges_removed: frozenset[str] = frozenset()
    records: Mapping[tuple[str, str], Pair] = field(default_factory=lambda: NOTHING)
    fields: Mapping[tuple[str, str], Pair] = field(default_factory=lambda: NOTHING)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def difference(before: RoleSpec, after: RoleSpec) -> RoleChanges:
    """Give what changed between two states of a role; false where nothing did."""
    return RoleChanges(
        values={
            name: (getattr(before, name), getattr(after, name))
            for name in VALUES
            if getattr(before, name) != getattr(after, name)
        },
        granted=after.permissions - before.permissions,
        revoked=before.permissions - after.permissions,
        privileges_added=after.privileges - before.privileges,
        privileges_removed=before.privileges - after.privileges,
        records=_pairs(before.records, after.records, frozenset()),
        fields=_pairs(before.fields, after.fields, None),
    )


def apply(changes: RoleChanges, to: RoleSpec) -> RoleSpec:
    """Carry `changes` out on another state of the same role.

    `apply(difference(a, b), a)` equals `b`, and on a third state only what the changes name
    is touched: so two people's changes to different cells both stand.
    """
    return to.with_changes(
        **{name: new for name, (_, new) in changes.values.items()},
        permissions=(to.permissions - changes.revoked) | changes.granted,
        privileges=(to.privileges - changes.privileges_removed) | changes.privileges_added,
        records=_with_pairs(to.records, changes.records),
        fields=_with_pairs(to.fields, changes.fields),
    )


def flatten(changes: RoleChanges) -> Iterator[dict[str, Any]]:
    """Give the changes as rows `{field, old, new}` of plain values, as the log keeps them."""
    for name, (old, new) in changes.values.items():
        yield {"field": name, "old": old, "new": new}
    for code in sorted(changes.granted | changes.revoked):
        yield {"field": code, "old": code in changes.revoked, "new": code in changes.granted}
    for name in sorted(changes.privileges_added | changes.privileges_removed):
        added = name in changes.privileges_added
        yield {"field": f"privilege:{name}", "old": not added, "new": added}
    for (module, action), (old, new) in sorted(changes.records.items()):
        yield {"field": f"scope:{module}:{action}", "old": sorted(old), "new": sorted(new)}
    for (module, name), (old, new) in sorted(changes.fields.items()):
        yield {"field": f"field:{module}:{name}", "old": _code(old), "new": _code(new)}


def field_of(name: str) -> str:
    """Give the field that a row of the log is about: of a role's cells, what they are cells of.

    A record's own fields have neither a dot nor a colon in their names.
    """
    kind, colon, _rest = name.partition(":")
    if colon:
        return _FIELDS_OF_ROLES.get(kind, kind)
    return "permissions" if "." in name else name


_FIELDS_OF_ROLES = {"privilege": "privileges", "scope": "permissions", "field": "permissions"}
"""Whose records, and which fields of them, goes with the permissions."""


def unflatten(rows: Iterable[Mapping[str, Any]]) -> RoleChanges:
    """Read changes back from the rows of `flatten`; rows of another kind are left out."""
    values: dict[str, Pair] = {}
    records: dict[tuple[str, str], Pair] = {}
    fields: dict[tuple[str, str], Pair] = {}
    codes: dict[bool, set[str]] = {True: set(), False: set()}
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for row in rows:
        kind, _colon, rest = row["field"].partition(":")
        module, _colon, inner = rest.partition(":")
        old, new = row["old"], row["new"]
        if kind in VALUES and not rest:
            values[kind] = (old, new)
        elif kind == "privilege" and rest:
            names[bool(new)].add(rest)
        elif kind == "scope" and inner:
            records[module, inner] = (frozenset(old), frozenset(new))
        elif kind == "field" and inner:
            fields[module, inner] = (_level(old), _level(new))
        elif {old, new} == {True, False}:
            codes[new].add(kind)
    return RoleChanges(
        values=values,
        granted=frozenset(codes[True]),
        revoked=frozenset(codes[False]),
        privileges_added=frozenset(names[True]),
        privileges_removed=frozenset(names[False]),
        records=records,
        fields=fields,
    )


def inverse(changes: RoleChanges) -> RoleChanges:
    """Give what leads back: `apply(inverse(c), apply(c, a))` equals `a` where `c` applies to it."""
    return RoleChanges(
        values=_swapped(changes.values),
        granted=changes.revoked,
        revoked=changes.granted,
        privileges_added=changes.privileges_removed,
        privileges_removed=changes.privileges_added,
        records=_swapped(changes.records),
        fields=_swapped(changes.fields),
    )


def _swapped(pairs: Mapping[Any, Pair]) -> dict[Any, Pair]:
    return {key: (new, old) for key, (old, new) in pairs.items()}


def _level(code: str | None) -> FieldLevel | None:
    return FieldLevel.from_code(code) if code else None


def _code(level: FieldLevel | None) -> str | None:
    return None if level is None else level.code


def _flat(nested: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    return {(outer, inner): v for outer, by in nested.items() for inner, v in by.items()}


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any], none: Any) -> dict[Any, Pair]:
    old, new = _flat(before), _flat(after)
    keys = sorted(old.keys() | new.keys())
    pairs = ((key, (old.get(key, none), new.get(key, none))) for key in keys)
    return {key: pair for key, pair in pairs if pair[0] != pair[1]}


def _with_pairs(nested: Mapping[str, Any], pairs: Mapping[Any, Pair]) -> dict[str, dict[str, Any]]:
    flat = _flat(nested) | {key: new for key, (_, new) in pairs.items()}
    result: dict[str, dict[str, Any]] = {}
    for (outer, inner), value in sorted(flat.items()):
        if value is not None and value != frozenset():
            result.setdefault(outer, {})[inner] = value
    return result
