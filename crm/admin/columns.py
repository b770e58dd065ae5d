"""Columns that write a field as people read it, or a reference as its reader may."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, ForeignKey, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.admin.governed import NO_ACCESS

from .related import may_name

Column = Callable[[Any], Any]


def money(field: str, label: Any) -> Column:
    """Write an amount with its thousands apart and two decimals."""

    @admin.display(description=label, ordering=field)
    def column(record: Any) -> str | None:
        value = getattr(record, field)
        return None if value is None else number_format(value, 2, force_grouping=True)

    return _named(field, column)


def per_cent(field: str, label: Any) -> Column:
    """Write a share of a hundred with its unit."""

    @admin.display(description=label, ordering=field)
    def column(record: Any) -> Any:
        value = getattr(record, field)
        return None if value is None else _("%(number)s%%") % {"number": value}

    return _named(field, column)


def reference(field: ForeignKey) -> Column:
    """Name the record referred to where `seeing` says so; offer no order by its name (R23)."""

    @admin.display(description=field.verbose_name)
    def column(record: Any) -> Any:
        if getattr(record, field.attname) is None:
            return None
        return getattr(record, field.name) if getattr(record, f"sees_{field.name}") else NO_ACCESS

    return _named(field.name, column)


def seeing(user: Any, field: ForeignKey) -> Any:
    """Give the condition that the record referred to is in reach and may be named (R24)."""
    related = field.related_model
    there = related._default_manager.filter(pk=OuterRef(field.attname))
    if not may_name(user, related):
        there = there.none()
    return Exists(policy.accessible(there, user, "view"))


def _named(field: str, column: Column) -> Column:
    column.__name__ = field  # Django makes the class of the cells of it
    return column
