"""The adopter's kit for Django's admin: register a governed model with `GovernedAdmin`.

Django's admin asks for permissions without the object; this one passes it on to the policy.
It shows the records in reach (R22) and of each the fields that its reader may read there (R16),
offers as owners and as related records only what is in reach (R18, R24), refuses what may not
be written (R17), and writes through the services.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from .. import policy
from .governed_forms import GovernedForms
from .governed_history import GovernedHistory
from .governed_lists import SEARCH_MAX, GovernedLists
from .governed_sharing import GovernedSharing
from .governed_trash import GovernedTrash
from .governed_writes import GovernedWrites
from .naming import NO_ACCESS

__all__ = ["NO_ACCESS", "SEARCH_MAX", "GovernedAdmin"]


class GovernedAdmin(
    GovernedLists,
    GovernedForms,
    GovernedSharing,
    GovernedHistory,
    GovernedTrash,
    GovernedWrites,
    admin.ModelAdmin,
):
    """A `ModelAdmin` that asks the policy about everything and decides nothing itself."""

    asks_policy = True
    """Tells `manage.py check` that this class asks about records and fields (roles.E007)."""

    def _may(self, request: HttpRequest, action: str, obj: models.Model | None) -> bool:
        return bool(policy.check(request.user, f"{self.module.code}.{action}", obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to whoever may enter its module."""
        return self._may(request, "view", None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `view`, on the record where there is one."""
        return self._may(request, "view", obj)

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `view`: editing what one may not see is no way in (R14)."""
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for `create`."""
        return self._may(request, "create", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `edit`, on the record where there is one."""
        return self._may(request, "edit", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `delete`, on the record where there is one."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Give the records that the person may view (R22)."""
        return policy.accessible(super().get_queryset(request), request.user, "view")
