"""How the API describes people: as records are, with their standing and their roles."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiViewExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from accounts.api.held import AssignmentSerializer
from accounts.api.users import STATES

from .openapi import OF_MODULE, TEXT, TEXTS, both, many_of, object_of

MOMENT = {"type": "string", "format": "date-time", "nullable": True}
HELD = object_of(
    role=TEXT,
    name=TEXT,
    valid_from=MOMENT,
    valid_until=MOMENT,
    current={"type": "boolean"},
    reason=TEXT,
)
STANDING = {
    "state": TEXT | {"enum": list(STATES)},
    "teams": TEXTS,
    "roles": {"type": "array", "items": HELD},
    "rank": {"type": "integer"},
    "last_login": MOMENT,
    "date_joined": MOMENT,
}
SOURCE = object_of(role=TEXT, kind=TEXT, **{"from": TEXT}, by=TEXT | {"nullable": True})
BY_NAME = {"type": "object", "additionalProperties": {"type": "array", "items": SOURCE}}
ACCESS = object_of(
    user=object_of(username=TEXT, name=TEXT),
    roles={"type": "array", "items": object_of(code=TEXT, name=TEXT, level={"type": "integer"})},
    rank={"type": "integer"},
    permissions=TEXTS,
    privileges=TEXTS,
    modules={"type": "object", "additionalProperties": OF_MODULE},
    sources=object_of(permissions=BY_NAME, privileges=BY_NAME),
)


class Person(OpenApiSerializerExtension):
    """Add what is known of a person beside the fields that roles can hide."""

    target_class = "accounts.api.shapes.UserSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Promise the standing always, and the fields where they may be read."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "response":
            schema["properties"] |= STANDING
            schema["required"] = list(STANDING)
        return schema


class Users(OpenApiViewExtension):
    """Describe the addresses of users."""

    target_class = "accounts.api.users.UserViewSet"

    def view_replacement(self) -> Any:
        """Say what roles and access answer."""
        name = OpenApiParameter("username", str, OpenApiParameter.PATH)
        role = OpenApiParameter("role", str, OpenApiParameter.PATH, description="A role's code.")
        wish = AssignmentSerializer
        return extend_schema_view(
            retrieve=extend_schema(parameters=[name]),
            roles=both(
                extend_schema(methods=["GET"], parameters=[name], responses={200: many_of(HELD)}),
                extend_schema(
                    methods=["POST"], parameters=[name], request=wish, responses={201: HELD}
                ),
            ),
            take_role=extend_schema(parameters=[name, role], responses={204: None}),
            access=extend_schema(parameters=[name], responses={200: ACCESS}),
        )(type("Users", (self.target,), {"__doc__": self.target.__doc__}))
