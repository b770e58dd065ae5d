"""The one statement that reads the policy, a person's assignments and both version numbers.

One statement sees one state of the database, so what it read can be filed under the version
that it read. It is a union of narrow queries over the same eight columns; the first column
says which table a row is from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission as AuthPermission
from django.db import router
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    F,
    Field,
    Model,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat, Lower

from ..core.specs import RoleSpec
from ..core.vocabulary import FieldLevel
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

_COLUMNS: dict[str, type[Field]] = {
    "number": BigIntegerField,
    "other": BigIntegerField,
    "one": TextField,
    "two": TextField,
    "three": TextField,
    "begins": DateTimeField,
    "ends": DateTimeField,
}


@dataclass(slots=True)
class _Layer:
    """One role's rows as they arrive."""

    code: str = ""
    name: str = ""
    level: int = 0
    base_id: int | None = None
    permissions: set[str] = field(default_factory=set)
    privileges: set[str] = field(default_factory=set)
    records: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    fields: dict[str, dict[str, FieldLevel]] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """What the statement read, sorted by what it is."""

    version: int | None = None
    stamp: int | None = None
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
                permissions=frozenset(layer.permissions),
                privileges=frozenset(layer.privileges),
                records=layer.records,
                fields=layer.fields,
            )
            for layer in self.layers.values()
        }


def read_rows(*, user_id: Any, with_policy: bool) -> Rows:
    """Read the policy (or its version only) and, for a person, their stamp and assignments."""
    using = router.db_for_write(Role)
    first, *others = [
        _narrow(kind, queryset, **columns).using(using)
        for kind, queryset, columns in (
            *_version_parts(),
            *(_policy_parts() if with_policy else ()),
            *(_person_parts(user_id) if user_id is not None else ()),
        )
    ]
    rows = Rows()
    for kind, *values in first.union(*others, all=True) if others else first:
        _READERS[kind](rows, *values)
    return rows


def _narrow(kind: str, queryset: QuerySet, **columns: Any) -> QuerySet:
    """Give all columns in their order, the missing ones as typed NULLs."""
    missing = {n: Cast(Value(None), t()) for n, t in _COLUMNS.items() if n not in columns}
    return (
        queryset.order_by()
        .annotate(kind=Value(kind, output_field=TextField()), **columns, **missing)
        .values_list("kind", *_COLUMNS)
    )


_Part = tuple[str, QuerySet, dict[str, Any]]


def _all(model: type[Model]) -> QuerySet:
    return model._base_manager.all()


def _version_parts() -> list[_Part]:
    return [("version", _all(PolicyVersion), {"number": F("token")})]


def _person_parts(user_id: Any) -> list[_Part]:
    stamps = _all(AccessStamp).filter(user_id=user_id)
    held = _all(RoleAssignment).filter(user_id=user_id)
    term = {"number": F("role_id"), "begins": F("valid_from"), "ends": F("valid_until")}
    return [("stamp", stamps, {"number": F("token")}), ("assignment", held, term)]


def _policy_parts() -> list[_Part]:
    role = {"number": F("role_id")}
    return [
        (
            "role",
            _all(Role),
            {
                "number": F("id"),
                "other": F("base_id"),
                "one": F("code"),
                "two": F("name"),
                "three": Cast("level", TextField()),
            },
        ),
        ("grant", _all(RoleGrant), role | {"one": F("permission_id")}),
        ("privilege", _all(RolePrivilege), role | {"one": F("privilege_id")}),
        (
            "scope",
            _all(RecordAccess),
            role | {"one": F("module_id"), "two": F("action"), "three": F("scope")},
        ),
        (
            "field",
            _all(FieldPermission),
            # "field" is a column of the model, so it cannot be an annotation's name.
            role | {"one": F("module_id"), "two": F("field"), "three": F("level")},
        ),
        ("disabled", _all(Module).filter(is_enabled=False), {"one": F("code")}),
        ("django", _django_permissions(), {"one": F("django_name")}),
    ]


def _django_permissions() -> QuerySet:
    """Give the Django permissions whose app label begins some privilege's name (R11).

    Only those can shadow a privilege, and there are hardly ever any.
    """
    prefix = Concat(Lower("content_type__app_label"), Value("."))
    begins = CustomPrivilege.objects.filter(name__startswith=OuterRef("prefix"))
    name = Concat(F("content_type__app_label"), Value("."), F("codename"), output_field=TextField())
    return _all(AuthPermission).annotate(prefix=prefix, django_name=name).filter(Exists(begins))


def _read_version(rows: Rows, token: int, *_: Any) -> None:
    rows.version = token


def _read_stamp(rows: Rows, token: int, *_: Any) -> None:
    rows.stamp = token


def _read_assignment(rows: Rows, role_id: int, *rest: Any) -> None:
    rows.assignments.append((role_id, rest[-2], rest[-1]))


def _read_role(
    rows: Rows, pk: int, base_id: int | None, code: str, name: str, level: str, *_: Any
) -> None:
    layer = _layer(rows, pk)
    layer.code, layer.name, layer.level, layer.base_id = code, name, int(level), base_id


def _read_grant(rows: Rows, role_id: int, _other: Any, code: str, *_: Any) -> None:
    _layer(rows, role_id).permissions.add(code)


def _read_privilege(rows: Rows, role_id: int, _other: Any, name: str, *_: Any) -> None:
    _layer(rows, role_id).privileges.add(name)


def _read_scope(
    rows: Rows, role_id: int, _other: Any, module: str, action: str, scope: str, *_: Any
) -> None:
    by_action = _layer(rows, role_id).records.setdefault(module, {})
    by_action[action] = by_action.get(action, frozenset()) | {scope}


def _read_field(
    rows: Rows, role_id: int, _other: Any, module: str, name: str, level: str, *_: Any
) -> None:
    _layer(rows, role_id).fields.setdefault(module, {})[name] = FieldLevel.from_code(level)


def _read_disabled(rows: Rows, _number: Any, _other: Any, code: str, *_: Any) -> None:
    rows.disabled |= {code}


def _read_django(rows: Rows, _number: Any, _other: Any, name: str, *_: Any) -> None:
    rows.django_names |= {name.casefold()}


def _layer(rows: Rows, role_id: int) -> _Layer:
    return rows.layers.setdefault(role_id, _Layer())


_READERS = {
    "version": _read_version,
    "stamp": _read_stamp,
    "assignment": _read_assignment,
    "role": _read_role,
    "grant": _read_grant,
    "privilege": _read_privilege,
    "scope": _read_scope,
    "field": _read_field,
    "disabled": _read_disabled,
    "django": _read_django,
}
