"""Columns that write a field as people read it; which rows show it is the kit's to say."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

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


def _named(field: str, column: Column) -> Column:
    column.__name__ = field  # the kit knows by it which field the column reads
    return column
