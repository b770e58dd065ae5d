"""The one statement that reads the policy, a person's assignments and both version numbers.

One statement sees one state of the database, so what it read can be filed under the version
that it read. It is a union of narrow queries over the same seven columns; the first column says
which table a row is from. It is written as SQL, once a database, because building it with the
ORM took most of the time of the first request after a change; what belongs to one role arrives
as one row for each kind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission as AuthPermission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime

from ..core.specs import RoleSpec
from ..core.vocabulary import FieldLevel
from ..directory import Directory, get_directory
from ..models import (
    AccessStamp,
    CustomPrivilege,
    FieldPermission,
    Module,
    PolicyVersion,
    RecordAccess,
    Role,
    RoleAssignment,
    RoleGrant,
    RolePrivilege,
)

# Neither can stand in a code, a name of a privilege (R11), a scope or a field.
ITEMS, PARTS = "\n", "\t"

_FLAG = "CASE WHEN second_factor THEN '1' ELSE '' END"

KEY = object()
"""Stands for the person's key among the parameters of the statement."""

_COLUMNS = {
    "number": "bigint",
    "other": "bigint",
    "one": "text",
    "two": "text",
    "begins": "timestamp with time zone",
    "ends": "timestamp with time zone",
}


@dataclass(slots=True)
class _Layer:
    """One role's rows as they arrive."""

    code: str = ""
    name: str = ""
    level: int = 0
    base_id: int | None = None
    second_factor: bool = False
    permissions: frozenset[str] = frozenset()
    privileges: frozenset[str] = frozenset()
    records: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    fields: dict[str, dict[str, FieldLevel]] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """What the statement read, sorted by what it is."""

    zone: tzinfo = UTC
    version: int | None = None
    stamp: int | None = None
    second_factor: bool = False
    assignments: list[tuple[int, datetime | None, datetime | None]] = field(default_factory=list)
    layers: dict[int, _Layer] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    django_names: frozenset[str] = frozenset()

    @property
    def codes_by_id(self) -> dict[int, str]:
        """Role ids to codes."""
        return {pk: layer.code for pk, layer in self.layers.items()}

    @property
    def named_privileges(self) -> frozenset[str]:
        """Every privilege that some role names (R20)."""
        return frozenset(name for layer in self.layers.values() for name in layer.privileges)

    @property
    def roles(self) -> Mapping[str, RoleSpec]:
        """The roles by code, as layers of their chains."""
        codes = self.codes_by_id
        return {
            layer.code: RoleSpec(
                code=layer.code,
                name=layer.name,
                level=layer.level,
                base=codes.get(layer.base_id) if layer.base_id is not None else None,
                second_factor=layer.second_factor,
                permissions=layer.permissions,
                privileges=layer.privileges,
                records=layer.records,
                fields=layer.fields,
            )
            for layer in self.layers.values()
        }


def read_rows(*, user_id: Any, with_policy: bool) -> Rows:
    """Read the policy (or its version only) and, for a person, their stamp and assignments."""
    using = router.db_for_write(Role)
    connection = connections[using]
    people = get_directory() if user_id is not None else None
    statement, params = _statement(using, connection.vendor, with_policy, people)
    key = get_user_model()._meta.pk.get_db_prep_value(user_id, connection)
    rows = Rows(zone=connection.timezone or UTC)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key if param is KEY else param for param in params])
        for kind, *values in cursor.fetchall():
            _READERS[kind](rows, *values)
    return rows


@lru_cache(maxsize=16)
def _statement(
    using: str, vendor: str, with_policy: bool, people: Directory | None
) -> tuple[str, list[Any]]:
    """Write the statement for one database, with a person if it gets who knows of people.

    `KEY` stands for the person among its parameters.
    """
    if vendor == "postgresql":
        together, tab, position = "string_agg({0}, chr(10))", "chr(9)", "strpos"
    else:
        together, tab, position = "group_concat({0}, char(10))", "char(9)", "instr"
    parts = [
        _select("version", _table(PolicyVersion), number="token"),
        *(_policy_parts(together, tab, position) if with_policy else ()),
    ]
    params: list[Any] = []
    if people is not None:
        secured, secured_params = _secured(people.secured_people(), using)
        parts += [*_person_parts(), *secured]
        params = [KEY, KEY, *secured_params]
    return " UNION ALL ".join(parts), params


def _select(kind: str, rest: str, **columns: str) -> str:
    """Give all columns in their order, the missing ones as NULLs whose type the union can use."""
    values = (columns.get(name, f"CAST(NULL AS {type_})") for name, type_ in _COLUMNS.items())
    return f"SELECT '{kind}', {', '.join(values)} FROM {rest}"


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'


def _person_parts() -> list[str]:
    stamp = f"{_table(AccessStamp)} WHERE user_id = %s"
    held = f"{_table(RoleAssignment)} WHERE user_id = %s"
    return [
        _select("stamp", stamp, number="token"),
        _select("assignment", held, number="role_id", begins="valid_from", ends="valid_until"),
    ]


def _secured(people: QuerySet | None, using: str) -> tuple[list[str], list[Any]]:
    """Ask whether the person is among those with a second factor, if the project knows of one."""
    if people is None:
        return [], []
    query, params = people.order_by().query.get_compiler(using).as_sql()
    among = f'({query}) AS secured WHERE secured."{people.query.values_select[0]}" = %s'
    return [_select("secured", among)], [*params, KEY]


def _policy_parts(together: str, tab: str, position: str) -> list[str]:
    def joined(*columns: str) -> str:
        return together.format(f" || {tab} || ".join(columns))

    def by_role(kind: str, model: type[Model], *columns: str) -> str:
        grouped = f"{_table(model)} GROUP BY role_id"
        return _select(kind, grouped, number="role_id", one=joined(*columns))

    return [
        _select(
            "role",
            _table(Role),
            number="id",
            other="base_id",
            one="code",
            two=f"CAST(level AS text) || {tab} || {_FLAG} || {tab} || name",
        ),
        by_role("grants", RoleGrant, "permission_id"),
        by_role("privileges", RolePrivilege, "privilege_id"),
        by_role("scopes", RecordAccess, "module_id", "action", "scope"),
        by_role("fields", FieldPermission, "module_id", "field", "level"),
        _select("disabled", f"{_table(Module)} WHERE NOT is_enabled", one="code"),
        _select("django", _django_permissions(position), one="c.app_label || '.' || p.codename"),
    ]


def _django_permissions(position: str) -> str:
    """Give the Django permissions whose app label begins some privilege's name (R11).

    Only those can shadow a privilege, and there are hardly ever any.
    """
    label = f"substr(n.name, 1, {position}(n.name, '.') - 1)"
    return (
        f"{_table(AuthPermission)} p JOIN {_table(ContentType)} c ON c.id = p.content_type_id "
        f"WHERE lower(c.app_label) IN (SELECT {label} FROM {_table(CustomPrivilege)} n "
        f"WHERE {position}(n.name, '.') > 1)"
    )


# Readers: each takes the columns of its kind


def _read_version(rows: Rows, token: int, *_: Any) -> None:
    rows.version = token


def _read_stamp(rows: Rows, token: int, *_: Any) -> None:
    rows.stamp = token


def _read_secured(rows: Rows, *_: Any) -> None:
    rows.second_factor = True


def _read_assignment(
    rows: Rows, role_id: int, _other: Any, _one: Any, _two: Any, begins: Any, ends: Any
) -> None:
    rows.assignments.append((role_id, _moment(begins, rows.zone), _moment(ends, rows.zone)))


def _read_role(rows: Rows, pk: int, base_id: int | None, code: str, two: str, *_: Any) -> None:
    layer = _layer(rows, pk)
    level, second_factor, name = two.split(PARTS, 2)
    layer.code, layer.name, layer.level, layer.base_id = code, name, int(level), base_id
    layer.second_factor = bool(second_factor)


def _read_grants(rows: Rows, role_id: int, _other: Any, codes: str, *_: Any) -> None:
    _layer(rows, role_id).permissions = frozenset(codes.split(ITEMS))


def _read_privileges(rows: Rows, role_id: int, _other: Any, names: str, *_: Any) -> None:
    _layer(rows, role_id).privileges = frozenset(names.split(ITEMS))


def _read_scopes(rows: Rows, role_id: int, _other: Any, items: str, *_: Any) -> None:
    records = _layer(rows, role_id).records
    for module, action, scope in _triples(items):
        by_action = records.setdefault(module, {})
        by_action[action] = by_action.get(action, frozenset()) | {scope}


def _read_fields(rows: Rows, role_id: int, _other: Any, items: str, *_: Any) -> None:
    fields = _layer(rows, role_id).fields
    for module, name, level in _triples(items):
        fields.setdefault(module, {})[name] = FieldLevel.from_code(level)


def _read_disabled(rows: Rows, _number: Any, _other: Any, code: str, *_: Any) -> None:
    rows.disabled |= {code}


def _read_django(rows: Rows, _number: Any, _other: Any, name: str, *_: Any) -> None:
    rows.django_names |= {name.casefold()}


def _layer(rows: Rows, role_id: int) -> _Layer:
    return rows.layers.setdefault(role_id, _Layer())


def _triples(items: str) -> Iterable[list[str]]:
    return (item.split(PARTS) for item in items.split(ITEMS))


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    """Give a moment with its zone; a database without zones stores those of its connection."""
    moment = parse_datetime(value) if isinstance(value, str) else value
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


_READERS = {
    "version": _read_version,
    "stamp": _read_stamp,
    "assignment": _read_assignment,
    "secured": _read_secured,
    "role": _read_role,
    "grants": _read_grants,
    "privileges": _read_privileges,
    "scopes": _read_scopes,
    "fields": _read_fields,
    "disabled": _read_disabled,
    "django": _read_django,
}
