"""Who may ask: the one place that turns an HTTP method into an action of the catalogue."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from .. import policy
from ..core.vocabulary import Standing
from ..directory import get_directory
from ..services.delegation import why_not

ACTIONS = {
    "GET": "view",
    "HEAD": "view",
    "OPTIONS": "view",
    "POST": "create",
    "PUT": "edit",
    "PATCH": "edit",
    "DELETE": "delete",
}


class SignedIn(BasePermission):
    """Let in whoever a session or a token names, those who wait for approval included (R1)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask for a person; the backend gives nobody who is shut out."""
        return bool(request.user.is_authenticated)


class LetIn(BasePermission):
    """Let in whoever is signed in and does not wait for approval (R1)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask how far the account may come in."""
        return get_directory().standing_of(request.user) is Standing.ACTIVE


class MayManageTokens(BasePermission):
    """Let in whoever may have API tokens (`api_tokens.manage`); who waits has no feature (R1)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask whether the feature is theirs."""
        return bool(policy.check(request.user, policy.MANAGE_TOKENS))


class GovernedPermission(SignedIn):
    """Ask the policy: first without the record (403), then of the record (403, R23).

    That a record is not in view reach is said before, by the queryset that does not hold it
    (404). A method that no action answers for asks for `view`, and is then no method (405).
    """

    roles_kit: ClassVar[str] = "permission"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask whether the action is theirs on some records (R12)."""
        return super().has_permission(request, view) and self._may(request, view, None)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """Ask whether the action is theirs on this record (R14)."""
        return self._may(request, view, obj)

    def _may(self, request: Request, view: Any, record: Any) -> bool:
        code = _code(request.method or "", view)
        decision = policy.check(request.user, code, record)
        if not decision:
            self.message = why_not(request.user, code, record) or decision.because
        return bool(decision)


def _code(method: str, view: Any) -> str:
    """Name the permission: the method's action unless the view asks for another one.

    `asks` is an action of the module or the whole code of a feature, or those by method where
    the methods differ.
    """
    if getattr(view, "action", "") is None:  # no method of this address
        return f"{view.module.code}.view"
    asks = view.asks.get(method) if isinstance(view.asks, Mapping) else view.asks
    asks = asks or ACTIONS.get(method, "view")
    return asks if "." in asks else f"{view.module.code}.{asks}"
