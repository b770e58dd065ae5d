"""Checks of the stored organisation; run with `manage.py check --database default`."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from .models import Department, DepartmentLink, ReportingLink, User

NAMED = 3
"""So many differences are named; the rest are counted."""


@register(Tags.database)
def check_links(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Flag links that differ from the parents, as raw SQL can leave them: they decide (R9)."""
    if not databases or "default" not in databases or not _tables_stand():
        return []
    trees = (("department", Department), ("reporting line", User))
    found = ((what, model, model.closure().differences()) for what, model in trees)
    return [
        Warning(
            f"{len(differences)} links of the {what} differ from what is stored: "
            f"{_named(model, differences)}.",
            hint="Run `manage.py rebuild_organisation`, which makes them anew.",
            id="accounts.W001",
        )
        for what, model, differences in found
        if differences
    ]


def _tables_stand() -> bool:
    tables = set(connections["default"].introspection.table_names())
    models = (Department, DepartmentLink, ReportingLink, User)
    return {model._meta.db_table for model in models} <= tables


def _named(model: Any, differences: list[tuple[Any, Any, str]]) -> str:
    first = differences[:NAMED]
    rows = model.objects.in_bulk({pk for low, high, _what in first for pk in (low, high)})
    told = [
        f"{rows.get(low, low)} under {rows.get(high, high)} is {what}" for low, high, what in first
    ]
    rest = len(differences) - len(first)
    return "; ".join(told + [f"{rest} more"] * bool(rest))
