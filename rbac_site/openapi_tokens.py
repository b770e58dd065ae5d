"""How the API describes tokens: the way in, and the addresses where they are made."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from roles.api.tokens import MadeTokenSerializer, TokenSerializer

OF_WHOM = OpenApiParameter("user", str, description="Those of the person of this user name.")
ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The token's id.")


class Token(OpenApiAuthenticationExtension):
    """Describe tokens as the header that carries them."""

    target_class = "roles.rest_framework.authentication.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Name the scheme of RFC 6750."""
        return {"type": "http", "scheme": "bearer"}


class Tokens(OpenApiViewExtension):
    """Describe what making and revoking a token answers."""

    target_class = "roles.api.tokens.Tokens"

    def view_replacement(self) -> Any:
        """Say that only the answer to a POST holds the secret."""
        return extend_schema_view(
            list=extend_schema(parameters=[OF_WHOM], responses=TokenSerializer(many=True)),
            create=extend_schema(request=TokenSerializer, responses={201: MadeTokenSerializer}),
            destroy=extend_schema(parameters=[ID], responses={204: None}),
        )(type("Described", (self.target,), {"__doc__": self.target.__doc__}))
