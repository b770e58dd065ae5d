"""Who asks: the person of the browser's session."""

from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session with its CSRF token; whoever is not signed in is told so by a 401 (R23)."""

    def authenticate_header(self, request: Request) -> str:
        """Name the way in, without which the answer would be a 403."""
        return 'Session realm="api"'
