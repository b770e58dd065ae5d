"""The changes that processes must see, written as rows: services and admin write the same ones."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from roles.models import Role, RoleAssignment, RoleGrant

from . import world


def set_grant(role: str, code: str, granted: bool) -> None:
    """Tick or untick one cell of a role's grid."""
    _set(RoleGrant, granted, role=Role.objects.get(code=role), permission_id=code)


def set_held(username: str, role: str, held: bool) -> None:
    """Give a role to someone or take it back."""
    _set(RoleAssignment, held, user=world.person(username), role=Role.objects.get(code=role))


def _set(model: Any, wanted: bool, **row: Any) -> None:
    """Make the row be there or not, whichever it is now."""
    with transaction.atomic():
        if wanted:
            model.objects.bulk_create([model(**row)], ignore_conflicts=True)
        else:
            model.objects.filter(**row).delete()


def set_group_permission(role: str, code: str, granted: bool) -> None:
    """Do on Django's side what `set_grant` does on ours."""
    permissions = Group.objects.get(name=role).permissions
    (permissions.add if granted else permissions.remove)(world.auth_permission(code))


def set_in_group(username: str, role: str, held: bool) -> None:
    """Do on Django's side what `set_held` does on ours."""
    groups = world.person(username).groups
    (groups.add if held else groups.remove)(Group.objects.get(name=role))
