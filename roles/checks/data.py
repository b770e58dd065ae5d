"""Checks of what is stored; run with `manage.py check --database default`."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.db.models import Q

from ..core.names import find_shadow
from ..models import CustomPrivilege, Module, Permission
from ..registry import registry
from ..services.validation import current_shadows, problem_in_words


@register(Tags.database)
def check_stored_policy(
    databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Flag what vanished from code and privileges that the system took over (R11)."""
    if not databases or "default" not in databases or not _tables_stand():
        return []
    return [*_vanished(), *_shadowed()]


def _tables_stand() -> bool:
    tables = set(connections["default"].introspection.table_names())
    return {m._meta.db_table for m in (Module, Permission, CustomPrivilege)} <= tables


def _vanished() -> list[CheckMessage]:
    catalogue = registry.catalogue
    modules = Module.objects.exclude(code__in=catalogue.modules)
    declared = Q(module=None) | Q(module_id__in=catalogue.modules)
    permissions = Permission.objects.exclude(code__in=catalogue.permissions).filter(declared)
    return [
        Warning(
            f"{kind} {code!r} is stored and no installed app declares it; it gives nothing.",
            hint="Install the app again, or revoke its grants and delete the rows.",
            id="roles.W003",
        )
        for kind, codes in (
            ("Module", modules.values_list("code", flat=True)),
            ("Permission", permissions.values_list("code", flat=True)),
        )
        for code in codes
    ]


def _shadowed() -> list[CheckMessage]:
    shadows = current_shadows()
    names = CustomPrivilege.objects.values_list("name", flat=True)
    problems = (find_shadow(name, shadows) for name in names)
    return [
        Warning(
            problem_in_words(problem),
            hint="Remove the privilege from its roles, or give it another name.",
            id="roles.W004",
        )
        for problem in problems
        if problem
    ]
