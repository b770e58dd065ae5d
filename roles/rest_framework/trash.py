"""The address `trash/`: what was deleted, for whoever may restore it (R26)."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import policy
from ..core.specs import Module
from .sight import of_trash


class Trash:
    """The list of what lies in the trash, part of every view of records that have one."""

    module: Module
    queryset: Any
    paginator: Any
    get_serializer: Any
    request: Request

    @action(detail=False, asks="delete", filter_backends=[], url_path="trash")
    def trash(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the deleted records that the asker may restore, the newest loss first (R26)."""
        found = self.in_trash().order_by(f"-{self.module.deleted_field}", "-pk")
        page = self.paginator.paginate_queryset(found, request)
        serializer = self.get_serializer(page, many=True)
        serializer.context["sight"] = of_trash
        return self.paginator.get_paginated_response(serializer.data)

    def in_trash(self) -> Any:
        """Give what the asker may take out of the trash; all else is not found there (R23)."""
        return policy.trashed(self.queryset.all(), self.request.user)
