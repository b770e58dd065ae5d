"""Tokens: whose a secret is, who may make one, and who may take which back (R20a, D3)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ..core import clock
from ..core.decisions import Decision, deny
from ..models import ApiToken
from ..models.token import digest_of
from .acting import token_of
from .asking import access_for
from .checks import check
from .ranks import managed_q

MANAGE = "api_tokens.manage"
"""The feature that tokens need. Where no app declares it, nobody makes any (R21)."""


def token_with(secret: str) -> ApiToken | None:
    """Find the token of a secret, unless it has expired; one query."""
    found = ApiToken.objects.filter(digest=digest_of(secret), expires_at__gt=clock.now())
    return found.first()


def check_make_token(user: Any) -> Decision:
    """Decide whether `user` may make a token of their own; a token makes none (R20a)."""
    if token_of(user) is not None:
        return deny(_("A token makes no tokens. Sign in and make one there."))
    if decision := check(user, MANAGE):
        return decision
    return deny(_("You may not have API tokens. Ask an Owner for “API tokens”."))


def revocable_tokens(user: Any) -> QuerySet[ApiToken]:
    """Give the tokens that `user` may see and revoke: their own, and those of whom they manage."""
    if not check(user, MANAGE):
        return ApiToken.objects.none()
    managed = get_user_model()._base_manager.filter(managed_q(access_for(user))).order_by()
    return ApiToken.objects.filter(Q(user=user.pk) | Q(user__in=managed.values("pk")))
