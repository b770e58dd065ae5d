"""By what a person acts: themselves, or a token that may leave them less (R20a).

A token belongs to one instance of a person, the one of its request. Whoever reads the person
anew on behalf of the same request asks `as_stored`, or the limit would be lost on the way.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import (  # type: ignore[attr-defined]
    AnonymousUser,
    _auser_has_module_perms,
    _auser_has_perm,
    _user_has_module_perms,
    _user_has_perm,
)

from .. import snapshots
from ..core.access import Access
from ..core.limits import Limit, limited
from ..models.versions import HELD_ATTRIBUTE
from ..registry import registry

TOKEN_ATTRIBUTE = "_roles_token"  # noqa: S105 (the name of an attribute)


def act_by(user: Any, token: Any) -> Any:
    """Let this instance of a person act by `token` from now on; give the instance."""
    setattr(user, TOKEN_ATTRIBUTE, token)
    vars(user).pop(HELD_ATTRIBUTE, None)
    if token.limit is not None and user.is_superuser:
        _ask_backends_only(user)
    return user


def token_of(user: Any) -> Any:
    """Give the token by which the person acts, `None` where they act themselves."""
    return getattr(user, TOKEN_ATTRIBUTE, None)


def limit_of(user: Any) -> Limit | None:
    """Give what the person is limited to, `None` where nothing limits them."""
    token = token_of(user)
    return None if token is None else token.limit


def within_limit(user: Any, access: Access) -> Access:
    """Give what the person's token leaves of `access`: every access of a person goes through."""
    limit = limit_of(user)
    return access if limit is None else limited(access, limit, registry.catalogue.aliases)


def as_stored(user: Any) -> Any:
    """Give the person as they are stored at this moment, acting by the same token."""
    return _acting_as(user, get_user_model()._default_manager.filter(pk=user.pk).first())


def as_of_now(user: Any) -> Any:
    """Give the person `as_stored`, asked about as they are at this moment in all that follows.

    A write asks for them once it holds the record: what was taken back while it waited counts.
    """
    people = get_user_model()._default_manager.filter(pk=user.pk)
    return _acting_as(user, snapshots.annotated(people).first())


def _acting_as(user: Any, stored: Any) -> Any:
    if stored is None:
        return AnonymousUser()
    token = token_of(user)
    return stored if token is None else act_by(stored, token)


def _ask_backends_only(user: Any) -> None:
    """Ask the backends about this instance of a superuser: Django would say yes before (R3)."""

    def has_perm(perm: str, obj: Any = None) -> bool:
        return bool(_user_has_perm(user, perm, obj))

    async def ahas_perm(perm: str, obj: Any = None) -> bool:
        return bool(await _auser_has_perm(user, perm, obj))

    def has_module_perms(app_label: str) -> bool:
        return bool(_user_has_module_perms(user, app_label))

    async def ahas_module_perms(app_label: str) -> bool:
        return bool(await _auser_has_module_perms(user, app_label))

    for asked in (has_perm, ahas_perm, has_module_perms, ahas_module_perms):
        setattr(user, asked.__name__, asked)
