"""A list whose rows may show different fields (R16), and what it may be asked about (R23)."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter, FieldListFilter
from django.contrib.admin.utils import display_for_field
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from .. import policy
from ..registry import registry
from .naming import NO_ACCESS, name_of, names_in_reach, quiet


class GovernedChangeList(ChangeList):
    """Django's list with a mask beside each row.

    A page costs its own query, the count, and one more for each reference among its columns,
    however many rows it has: which roles reach a row comes with the row.
    """

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet:
        """Bring along which of the viewer's roles reach each row."""
        return policy.with_masks(super().get_queryset(request, *args, **kwargs), request.user)

    def get_results(self, request: HttpRequest) -> None:
        """Give each row its mask, and the names of what it refers to."""
        super().get_results(request)
        rows = self.result_list = list(self.result_list)
        masks = policy.field_masks(request.user, rows)
        references = self.model_admin.listed_references(request)
        names = {
            field.name: names_in_reach(
                request.user,
                field.related_model,
                [getattr(row, field.attname) for row in rows],
            )
            for field in references
        }
        for row in rows:
            row._mask = masks[row.pk]
            row._names = {f.name: names[f.name].get(getattr(row, f.attname)) for f in references}

    def get_filters(self, request: HttpRequest) -> Any:
        """Let a filter on a field that some rows hide find nothing by it on those rows."""
        specs, has_filters, remaining, duplicates, active = super().get_filters(request)
        partial = self.model_admin.partly_readable(request)
        self.root_queryset = policy.with_readable(self.root_queryset, request.user, partial)
        for spec in specs:
            is_partial = isinstance(spec, FieldListFilter) and _step(spec.field_path) in partial
            if is_partial and not hasattr(spec, "asked"):
                self._narrow(spec, request)
                self.add_facets = False  # Django's own would count by the hidden values
        remaining = _renamed(remaining, partial)
        return specs, has_filters, remaining, duplicates, active

    def _narrow(self, spec: Any, request: HttpRequest) -> None:
        field = _step(spec.field_path)
        spec.used_parameters = _renamed(spec.used_parameters, {field})
        if isinstance(spec, AllValuesFieldListFilter):
            rows = policy.readable_on(self.model_admin.get_queryset(request), request.user, field)
            values = rows.order_by(field).values_list(field, flat=True)
            spec.lookup_choices = values.distinct()


def masked_column(model_admin: Any, request: HttpRequest, column: Any, reads: Any) -> Any:
    """Give a column that shows its value on the rows where all that it `reads` may be read."""
    fields = {f.name: f for f in model_admin.opts.concrete_fields}
    field = fields.get(column) if isinstance(column, str) else None
    write = _writer(model_admin, column, field)
    naming = registry.naming_fields(model_admin.model)

    @admin.display(description=_label(model_admin, column, field))
    def cell(row: Any) -> Any:
        if reads <= row._mask.readable:
            return write(row)
        return name_of(row, row._mask) if reads == naming else quiet(NO_ACCESS)

    cell.__name__ = column if isinstance(column, str) else column.__name__
    ordering = _ordering(model_admin, request, column, field)
    if ordering is not None:
        cell.admin_order_field = ordering
    return cell


def name_column(model_admin: Any) -> Any:
    """Give the column of what records are called."""

    @admin.display(description=model_admin.opts.verbose_name)
    def name(row: Any) -> str:
        return name_of(row, row._mask)

    return name


def _writer(model_admin: Any, column: Any, field: Any) -> Any:
    if field is not None and field.is_relation:
        return lambda row: _referred(row, field)
    if field is not None:
        empty = model_admin.get_empty_value_display()
        return lambda row: display_for_field(getattr(row, field.name), field, empty)
    return column if callable(column) else getattr(model_admin, column)


def _referred(row: Any, field: Any) -> Any:
    if getattr(row, field.attname) is None:
        return None
    return row._names[field.name] or quiet(NO_ACCESS)


def _label(model_admin: Any, column: Any, field: Any) -> Any:
    if field is not None:
        return field.verbose_name
    source = column if callable(column) else getattr(model_admin, column)
    return getattr(source, "short_description", source.__name__)


def _ordering(model_admin: Any, request: HttpRequest, column: Any, field: Any) -> Any:
    """Order by the value as it may be read; by no reference, whose order would tell a name."""
    if field is not None:
        name = None if field.is_relation else field.name
    else:
        source = column if callable(column) else getattr(model_admin, column)
        name = getattr(source, "admin_order_field", None)
    if not isinstance(name, str):
        return None
    if name not in registry.fields_of(model_admin.module):
        return name
    value = policy.masked_value(request.user, model_admin.model, name)
    return value if hasattr(value, "as_sql") else name


def _step(lookup: str) -> str:
    return lookup.split("__")[0]


def _renamed(lookups: dict[str, Any], fields: Any) -> dict[str, Any]:
    """Let lookups on `fields` ask the values that the viewer may read."""
    return {
        policy.readable_name(lookup) if _step(lookup) in fields else lookup: value
        for lookup, value in lookups.items()
    }
