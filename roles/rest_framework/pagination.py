"""Pages of a bounded size, with a count that does not read the whole table."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from .. import policy

PAGE, PAGE_SIZE = "page", "page_size"


class BoundedPages(BasePagination):
    """Pages by number. What is beyond a bound is refused, never cut in silence (threat 21)."""

    page_size = 50
    page_size_max = 100
    count_max = 1000
    rows_max = 100_000

    def query_names(self) -> frozenset[str]:
        """Name the parameters that it reads."""
        return frozenset({PAGE, PAGE_SIZE})

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: Any = None
    ) -> list[Any]:
        """Read one page, and one row more to know whether another follows."""
        self._url = request.build_absolute_uri()
        self._size = _number(request, PAGE_SIZE, self.page_size, self.page_size_max)
        self._page = _number(request, PAGE, 1, self.rows_max // self._size)
        start = (self._page - 1) * self._size
        decorate: Callable = getattr(view, "page_query", lambda rows: rows)
        rows = list(policy.planned(decorate(queryset)[start : start + self._size + 1]))
        self._has_next = len(rows) > self._size
        self._count = self._counted(queryset, start, rows)
        return rows[: self._size]

    def _counted(self, queryset: QuerySet, start: int, rows: list[Any]) -> int:
        """Count up to one beyond `count_max`; a last page knows its count without asking."""
        if not self._has_next and (rows or not start):
            return start + len(rows)
        return queryset.order_by()[: self.count_max + 1].count()

    def get_paginated_response(self, data: Any) -> Response:
        """Give the rows, how many there are, and where the pages beside lie."""
        return Response(
            {
                "count": min(self._count, self.count_max),
                "count_is_capped": self._count > self.count_max,
                "next": self._link(self._page + 1) if self._has_next else None,
                "previous": self._link(self._page - 1) if self._page > 1 else None,
                "results": data,
            }
        )

    def _link(self, page: int) -> str:
        if page == 1:
            return remove_query_param(self._url, PAGE)
        return replace_query_param(self._url, PAGE, page)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the answer for OpenAPI."""
        link = {"type": "string", "format": "uri", "nullable": True}
        count = f"How many there are; {self.count_max} where count_is_capped is true."
        properties = {
            "count": {"type": "integer", "description": count},
            "count_is_capped": {"type": "boolean"},
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the two parameters for OpenAPI."""
        bounds = {PAGE: None, PAGE_SIZE: self.page_size_max}
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1} | ({"maximum": most} if most else {}),
            }
            for name, most in bounds.items()
        ]


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most:
        return int(given)
    raise ValidationError({name: [_("Give a whole number from 1 to %(most)s.") % {"most": most}]})
