"""The log over HTTP: what happened to what the asker may view, and undo (R9, R23, D13)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from .. import policy
from ..core.specs import Module
from ..models import AuditEntry
from ..rest_framework.activities import written
from ..rest_framework.pagination import BoundedPages
from ..rest_framework.permissions import GovernedPermission
from ..rest_framework.views import StrictQuery, refuse_body
from ..services.undoing import UNDO, undo
from .activity_filters import FILTERS, condition_of


class ActivityViewSet(StrictQuery, ViewSet):
    """What was changed, by whom and when; each entry as far as the asker may know of it."""

    permission_classes = [GovernedPermission]
    pagination_class = BoundedPages
    asks: Any = None
    lookup_value_regex = "[0-9]{1,18}"
    http_method_names: ClassVar[list[str]] = ["get", "post", "head", "options"]

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
        return Response(written(request.user, [self._entry(pk)])[0])

    @action(detail=True, methods=["post"], asks=UNDO)
    def undo(self, request: Request, pk: str) -> Response:
        """Do the opposite of what an entry tells of, if it may be done and still fits (D13)."""
        refuse_body(request)
        made = undo(acting_user=request.user, entry=self._entry(pk))
        return Response(written(request.user, [made])[0], status=status.HTTP_201_CREATED)

    def _entry(self, pk: str) -> AuditEntry:
        entry = self._entries().filter(pk=pk).first()
        if entry is None:
            raise exceptions.NotFound
        return entry

    def _entries(self) -> QuerySet[Any]:
        return AuditEntry.objects.accessible_by(self.request.user)
