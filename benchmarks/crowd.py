"""Roles with few and with very many holders."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Model

from roles.core.specs import RoleSpec
from roles.models import AccessStamp, Role, RoleAssignment
from roles.services.installation import install_role

from . import world

FEW = 10
_PREFIX = "crowd-"


def role_code(holders: int) -> str:
    """Give the code of the role, and of the group, with so many holders."""
    return f"bench-{holders}-holders"


def build(many: int) -> None:
    """Make both roles and all holders; the first of them can sign in."""
    for holders in (FEW, many):
        install_role(RoleSpec(role_code(holders), f"Bench of {holders}"))
        Group.objects.create(name=role_code(holders))
    with transaction.atomic():
        _make_people(many)
        for holders in (FEW, many):
            _give(holders)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def first_holder() -> str:
    """Give the username of someone who holds both roles and can sign in."""
    return f"{_PREFIX}1"


def _make_people(many: int) -> None:
    first = world.make_person(first_holder())
    numbers = (
        "(WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < "
        f"{many}) SELECT i FROM n) AS numbers"
    )
    name = f"'{_PREFIX}' || numbers.i"
    _copy(first, numbers, {"username": name, "email": f"{name} || '@example.com'"})
    _copy(AccessStamp.objects.create(user=first), _people(2, many), {"user_id": "people.id"})


def _give(holders: int) -> None:
    """Give role and group to the first so many, the first by the ORM and the rest as copies."""
    user, code = world.person(first_holder()), role_code(holders)
    group = Group.objects.get(name=code)
    member = group.user_set.through.objects.create(user=user, group=group)
    assignment = RoleAssignment.objects.create(user=user, role=Role.objects.get(code=code))
    for row in (assignment, member):
        _copy(row, _people(2, holders), {"user_id": "people.id"})


def _people(first: int, last: int) -> str:
    table = get_user_model()._meta.db_table
    pk = world.person(first_holder()).pk - 1
    return f"(SELECT id FROM {table} WHERE id BETWEEN {pk + first} AND {pk + last}) AS people"


def _copy(row: Model, source: str, replaced: dict[str, str]) -> None:
    """Copy `row` for each row of `source` with some columns `replaced`, in one statement.

    What a row needs is taken from one that the ORM made, so that a new column needs no mention.
    """
    options: Any = row._meta
    auto = options.auto_field.column if options.auto_field else None
    columns = [field.column for field in options.concrete_fields if field.column != auto]
    values = [replaced.get(column, f"original.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {options.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {options.db_table} AS original, {source} "
            f"WHERE original.{options.pk.column} = %s",
            [row.pk],
        )
