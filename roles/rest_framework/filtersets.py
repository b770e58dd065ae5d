"""What a list can be asked by: a few plain lookups of each kind of column, and nothing across."""

from functools import cache
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django_filters import filters
from django_filters.rest_framework import filterset

from ..core.specs import Module
from ..registry import registry
from .references import key_of

_COMPARED = ("exact", "gt", "gte", "lt", "lte")
_EARLIEST = timezone.datetime(1900, 1, 1, tzinfo=timezone.get_fixed_timezone(0))
_LATEST = timezone.datetime(9000, 1, 1, tzinfo=timezone.get_fixed_timezone(0))


class WholeNumberFilter(filters.Filter):
    """A whole number; anything else is refused instead of rounded."""

    field_class = forms.IntegerField


class ReferenceFilter(filters.Filter):
    """The id of a record, which leads nowhere if it is out of view reach (R24)."""

    field_class = forms.IntegerField


class KeyFilter(filters.CharFilter):
    """The key of a record whose keys are no numbers."""


class NameFilter(filters.CharFilter):
    """A name, which leads nowhere if the person, or what it names, is out of view reach (R24)."""


class ChoicesFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """Some of a column's choices, separated by commas."""


def _texts(field: Any) -> dict[str, Any]:
    if field.choices:
        one = {"exact": filters.ChoiceFilter(choices=field.choices, null_label=None)}
        return one | {"in": ChoicesFilter(choices=field.choices, lookup_expr="in")}
    return {"exact": filters.CharFilter(), "icontains": filters.CharFilter(lookup_expr="icontains")}


def _compared(filter_class: Any, **extra: Any) -> dict[str, Any]:
    return {lookup: filter_class(lookup_expr=lookup, **extra) for lookup in _COMPARED}


def _decimals(field: Any) -> dict[str, Any]:
    bounds = {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
    return _compared(_DecimalFilter, **bounds)


class _DecimalFilter(filters.Filter):
    field_class = forms.DecimalField


def _moments(_field: Any) -> dict[str, Any]:
    """Bound the years: some databases know no moment whose day in UTC has no date."""
    bounds = [MinValueValidator(_EARLIEST), MaxValueValidator(_LATEST)]
    made = _compared(filters.IsoDateTimeFilter, validators=bounds)
    return {lookup: one for lookup, one in made.items() if lookup != "exact"}


def _references(field: Any) -> dict[str, Any]:
    if key_of(field.related_model) != "pk":
        return {"exact": NameFilter()}
    whole = isinstance(field.target_field, models.IntegerField)
    return {"exact": ReferenceFilter() if whole else KeyFilter()}


_KINDS: tuple[tuple[type[models.Field], Any], ...] = (
    (models.ForeignKey, _references),
    (models.BooleanField, lambda field: {"exact": filterset.BooleanFilter()}),
    (models.DateTimeField, _moments),
    (models.DateField, lambda field: _compared(filters.DateFilter, input_formats=["%Y-%m-%d"])),
    (models.DecimalField, _decimals),
    (models.IntegerField, lambda field: _compared(WholeNumberFilter)),
    (models.CharField, _texts),
    (models.TextField, _texts),
)


def _filters_of(field: models.Field) -> dict[str, Any]:
    made = next((make(field) for kind, make in _KINDS if isinstance(field, kind)), {})
    found = {}
    for lookup, one in made.items():
        one.field_name = field.name
        found[field.name if lookup == "exact" else f"{field.name}__{lookup}"] = one
    return found


@cache
def filterset_for(model: type[models.Model], names: tuple[str, ...]) -> type[filterset.FilterSet]:
    """Make the filters of the columns `names` of `model`."""
    declared: dict[str, Any] = {}
    for name in names:
        declared |= _filters_of(model._meta.get_field(name))
    meta = type("Meta", (), {"model": model, "fields": []})
    bases = (filterset.FilterSet,)
    return type(f"{model.__name__}Filters", bases, {**declared, "Meta": meta})


def stamps_of(module: Module, model: type[models.Model]) -> tuple[str, ...]:
    """Give the columns that the database fills, which no role names and `*` stands for."""
    governed = registry.fields_of(module)
    apart = {model._meta.pk.name, module.deleted_field, *governed, *module.ungoverned}
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in apart)
