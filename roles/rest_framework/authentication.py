"""Who asks: the person of a token, or of the browser's session."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from .. import policy
from ..backends import fetch_person
from ..services.tokens import PREFIX, note_use

SCHEME = b"bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session with its CSRF token; whoever is not signed in is told so by a 401 (R23)."""

    def authenticate_header(self, request: Request) -> str:
        """Name the way in, without which the answer would be a 403."""
        return 'Session realm="api"'


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …` (RFC 6750); no CSRF token, since no browser adds it by itself.

    Named before the session: whoever sends a token acts by it alone, whatever cookies came along,
    and one that is not valid is refused and never answered as the session's person.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Give the person as their session would have them, and let them act by the token (R1)."""
        secret = _secret_in(request)
        if secret is None:
            return None
        token = policy.token_with(secret) if secret.startswith(PREFIX) else None
        user = fetch_person(token.user_id) if token is not None else None
        if user is None:
            # One answer for all: which tokens exist, and whose owner is out, is nobody's business.
            raise exceptions.AuthenticationFailed(
                _("This token is not valid: it is unknown, revoked or expired.")
            )
        note_use(token)
        return policy.act_by(user, token), token

    def authenticate_header(self, request: Request) -> str:
        """Ask for a token, and say of one that came that it is not valid (RFC 6750)."""
        challenge = 'Bearer realm="api"'
        return challenge if _secret_in(request) is None else f'{challenge}, error="invalid_token"'


def _secret_in(request: Request) -> str | None:
    """Give what stands after `Bearer`, `None` where another scheme or no header came."""
    header = authentication.get_authorization_header(request)
    scheme, _blank, secret = header.partition(b" ")
    return secret.strip().decode("latin-1") if scheme.lower() == SCHEME else None
