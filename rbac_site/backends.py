"""The one authentication backend of the site: allauth says who, roles says what.

One class, so that every session names it however the person signed in, and so that the user
fetch that carries the policy version is the one that every request makes.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async

from roles.backends import RoleBackend


class SiteBackend(RoleBackend, AuthenticationBackend):
    """Sign in as allauth does (name or e-mail address); everything else is `RoleBackend`'s."""

    async def aauthenticate(self, request: Any, **credentials: Any) -> Any:
        """Sign in as `authenticate` does, without blocking the event loop."""
        return await sync_to_async(self.authenticate)(request, **credentials)
