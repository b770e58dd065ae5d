"""The log over HTTP: what happened to what the asker may view; only read (R9, R23, D13)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from .. import policy
from ..core.specs import Module
from ..models import AuditEntry
from ..rest_framework.activities import written
from ..rest_framework.pagination import BoundedPages
from ..rest_framework.permissions import GovernedPermission
from ..rest_framework.views import StrictQuery
from .activity_filters import FILTERS, condition_of


class ActivityViewSet(StrictQuery, ViewSet):
    """What was changed, by whom and when; each entry as far as the asker may know of it."""

    permission_classes = [GovernedPermission]
    pagination_class = BoundedPages
    asks: str | None = None
    lookup_value_regex = "[0-9]+"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]

    @property
    def module(self) -> Module:
        """The module that governs the log."""
        return policy.governing(AuditEntry)

    def query_names(self) -> frozenset[str]:
        """Let the list be asked."""
        if self.action != "list":
            return frozenset()
        return self.pagination_class().query_names() | FILTERS.keys()

    def list(self, request: Request) -> Response:
        """List the entries that the filters leave, the newest first."""
        found = self._entries().filter(condition_of(request.user, request.query_params))
        pages = self.pagination_class()
        page = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(written(request.user, page))

    def retrieve(self, request: Request, pk: str) -> Response:
        """Give one entry."""
        entry = self._entries().filter(pk=pk).first()
        if entry is None:
            raise exceptions.NotFound
        return Response(written(request.user, [entry])[0])

    def _entries(self) -> QuerySet[Any]:
        return AuditEntry.objects.accessible_by(self.request.user)
