"""Roles with few and with very many holders."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction

from roles.core.specs import RoleSpec
from roles.models import AccessStamp, Role, RoleAssignment
from roles.services.installation import install_role

from . import world
from .copies import copy_row, numbers

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
    name = f"'{_PREFIX}' || numbers.i"
    copy_row(first, numbers(2, many), {"username": name, "email": f"{name} || '@example.com'"})
    copy_row(AccessStamp.objects.create(user=first), _people(2, many), {"user_id": "people.id"})


def _give(holders: int) -> None:
    """Give role and group to the first so many, the first by the ORM and the rest as copies."""
    user, code = world.person(first_holder()), role_code(holders)
    group = Group.objects.get(name=code)
    member = group.user_set.through.objects.create(user=user, group=group)
    assignment = RoleAssignment.objects.create(user=user, role=Role.objects.get(code=code))
    for row in (assignment, member):
        copy_row(row, _people(2, holders), {"user_id": "people.id"})


def _people(first: int, last: int) -> str:
    table = get_user_model()._meta.db_table
    pk = world.person(first_holder()).pk - 1
    return f"(SELECT id FROM {table} WHERE id BETWEEN {pk + first} AND {pk + last}) AS people"
