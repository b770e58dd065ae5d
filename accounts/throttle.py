"""Who tries to sign in, and from where: what failed tries are counted by."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_reset
from axes.utils import reset
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest

from .models import User

KEY_MAX = 255
"""As long as the column is."""


def account_key(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Name the account that is tried, the same whether by username or by e-mail address.

    Otherwise each account could be tried twice as often. What belongs to no account is counted
    like any other, so that the answers tell nothing.
    """
    given = credentials or {}
    typed = str(given.get("username") or given.get("email") or "").lower()
    by_address = User.objects.filter(Exact(Lower("email"), typed)) if typed else User.objects.none()
    username = by_address.values_list("username", flat=True).first()
    return (username or typed).lower()[:KEY_MAX]


def client_address(request: HttpRequest) -> str | None:
    """Give the address that the sign-in library counts by too, behind proxies as well.

    A session that code opens has none; whoever comes over the network without one meets the
    library's refusal before they are asked about here.
    """
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None


def forget_failures(*, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Let somebody in who has just chosen a new password with a link from their mail."""
    reset(username=account_key(request, {"username": user.get_username()}))


password_reset.connect(forget_failures, dispatch_uid="accounts.forget_failures")
