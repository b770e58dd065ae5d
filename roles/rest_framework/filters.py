"""Filter, search and order a list by what the asker may read of each record (R16, R23)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from .. import policy
from .filtersets import KeyFilter, NameFilter, ReferenceFilter, filterset_for, stamps_of
from .references import key_of, named

SEARCH, ORDERING = "search", "ordering"
SEARCH_MAX, WORDS_MAX, ORDER_MAX = 200, 8, 4


def columns_of(view: Any) -> tuple[str, ...]:
    """Give the columns of a view's records that somebody can ask by."""
    model = view.queryset.model
    names = [f.name for f in model._meta.concrete_fields if f.name != model._meta.pk.name]
    return tuple(name for name in names if name != view.module.deleted_field)


def askable(view: Any, user: Any) -> frozenset[str]:
    """Give the columns that `user` may ask by: readable on some records, if there are any."""
    found = policy.readable_fields(user, view.module)
    if policy.shows_unnamed(user, view.module):
        found |= frozenset(stamps_of(view.module, view.queryset.model))
    return found


class Asked:
    """A queryset with columns under names of our own, each empty where it may not be read."""

    def __init__(self, queryset: QuerySet, view: Any, user: Any) -> None:
        self.queryset, self._user = queryset, user
        self._stamps = stamps_of(view.module, queryset.model)

    def column(self, name: str) -> str:
        """Give the name under which a column can be asked about."""
        alias = f"_asked_{name}"
        if alias not in self.queryset.query.annotations:
            model = self.queryset.model
            stamp = name in self._stamps
            value = F(name) if stamp else policy.masked_value(self._user, model, name)
            self.queryset = self.queryset.alias(**{alias: value})
        return alias


class FieldFilter(DjangoFilterBackend):
    """Filter by columns; one that is hidden everywhere is refused as one that never was."""

    def get_filterset_class(self, view: Any, queryset: Any = None) -> Any:
        """Make the filters of all columns: which of them exist for whom is asked later."""
        model = view.queryset.model if queryset is None else queryset.model
        return filterset_for(model, columns_of(view))

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the filters that there are for `user`."""
        columns = askable(view, user)
        filters = self.get_filterset_class(view).base_filters
        return {name for name, one in filters.items() if one.field_name in columns}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Keep what fits among the records on which the column may be read."""
        names = [name for name in self.query_names(view, request.user) if name in request.GET]
        if not names:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        asked = Asked(queryset, view, request.user)
        for name, value in _values(filterset.form, names).items():
            one = filterset.filters[name]
            lookup, wanted = _condition(request.user, queryset.model, one, value)
            column = asked.column(one.field_name)
            asked.queryset = asked.queryset.filter(**{f"{column}__{lookup}": wanted})
        return asked.queryset


def _values(form: Any, names: list[str]) -> dict[str, Any]:
    """Give what each filter is asked for; no value at all is a mistake too."""
    errors = {name: form.errors[name] for name in names if name in form.errors}
    values = {name: form.cleaned_data.get(name) for name in names if name not in errors}
    empty = [name for name, value in values.items() if value in (None, "", [])]
    if errors := errors | {name: [_("Give a value.")] for name in empty}:
        raise ValidationError(errors)
    return values


def _condition(user: Any, model: Any, one: Any, value: Any) -> tuple[str, Any]:
    """Give lookup and value; a reference leads only to what is in sight, and named (R23, R24)."""
    if not isinstance(one, NameFilter | ReferenceFilter | KeyFilter):
        return one.lookup_expr, value
    related = model._meta.get_field(one.field_name).related_model
    return "in", named(user, related).filter(**{key_of(related): value}).values("pk")


class TextSearch(BaseFilterBackend):
    """Search for words in the view's `search_fields`, each where it may be read."""

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the one parameter."""
        return {SEARCH}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Keep the records in which each word stands in some readable field."""
        text = request.GET.get(SEARCH)
        if text is None:
            return queryset
        words = words_of(text)
        asked, columns = Asked(queryset, view, request.user), askable(view, request.user)
        places = [asked.column(name) for name in view.search_fields if name in columns]
        found = asked.queryset
        for word in words:
            condition = Q(pk__in=[])
            for place in places:
                condition |= Q(**{f"{place}__icontains": word})
            found = found.filter(condition)
        return found

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameter for OpenAPI."""
        fields = ", ".join(view.search_fields)
        return [parameter(SEARCH, f"Words that stand in one of: {fields}.", SEARCH_MAX)]


def words_of(text: str) -> list[str]:
    """Give the words to search for; too many are refused, never cut in silence (threat 21)."""
    words = text.split()
    if len(text) > SEARCH_MAX or len(words) > WORDS_MAX:
        bounds = {"letters": SEARCH_MAX, "words": WORDS_MAX}
        message = _("Search for at most %(words)s words and %(letters)s letters.") % bounds
        raise ValidationError({SEARCH: [message]})
    return words


class FieldOrdering(BaseFilterBackend):
    """Order by columns; records on which a column may not be read count as empty, and come last."""

    def query_names(self, view: Any, user: Any) -> Iterable[str]:
        """Name the one parameter."""
        return {ORDERING}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Order by what is asked for, then by the key: no row comes twice on two pages."""
        text = request.GET.get(ORDERING)
        if text is None:
            return queryset
        names, asked = text.split(","), Asked(queryset, view, request.user)
        self._refuse(names, view, request.user)
        order = [_ordered(asked, name) for name in names]
        return asked.queryset.order_by(*order, "-pk")

    def _refuse(self, names: list[str], view: Any, user: Any) -> None:
        columns = [name.removeprefix("-") for name in names]
        known = askable(view, user) & set(_orderable(view))
        unknown = [policy.no_such_field(name) for name in columns if name not in known]
        if not unknown and (len(columns) > ORDER_MAX or len(set(columns)) < len(columns)):
            message = _("Order by at most %(most)s fields, each once.") % {"most": ORDER_MAX}
            unknown = [message]
        if unknown:
            raise ValidationError({ORDERING: unknown})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameter for OpenAPI."""
        fields = ", ".join(_orderable(view))
        return [parameter(ORDERING, f"Fields with commas between, - for downwards: {fields}.")]


def _orderable(view: Any) -> tuple[str, ...]:
    """Leave out references: their order would tell of what they lead to (R24)."""
    options = view.queryset.model._meta
    return tuple(n for n in columns_of(view) if not options.get_field(n).is_relation)


def _ordered(asked: Asked, name: str) -> Any:
    column = F(asked.column(name.removeprefix("-")))
    return column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)


def parameter(name: str, description: str, length: int | None = None) -> dict[str, Any]:
    """Describe a text by which a list is asked, for OpenAPI."""
    schema = {"type": "string"} | ({"maxLength": length} if length else {})
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
