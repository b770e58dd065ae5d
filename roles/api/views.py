"""Who am I, and what is there to be given: `me`, `modules`, `permissions`."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ..rest_framework.permissions import LetIn, SignedIn
from ..rest_framework.views import StrictQuery
from .describing import describe_access, describe_modules, describe_permissions


class Me(StrictQuery):
    """What the asker may do right now; whoever waits for approval reads that they do (R1)."""

    permission_classes = [SignedIn]

    def get(self, request: Request) -> Response:
        """Give the person, their current roles and what these give on some records (R12)."""
        return Response(describe_access(request.user))


class _Catalogue(StrictQuery):
    permission_classes = [LetIn]
    describe: Callable[[], list[dict[str, Any]]]

    def get(self, request: Request) -> Response:
        """Give all of it in one page: an installation has some dozens."""
        results = type(self).describe()
        page = {"count": len(results), "next": None, "previous": None, "results": results}
        return Response(page)


class Modules(_Catalogue):
    """The areas of the product that are enabled, in the grid's order (R7)."""

    describe = staticmethod(describe_modules)


class Permissions(_Catalogue):
    """Every permission that can be given now."""

    describe = staticmethod(describe_permissions)
