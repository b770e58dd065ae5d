"""How the API describes people: as records are, with their standing and their roles."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
    OpenApiViewExtension,
)
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from accounts.api.held import AssignmentSerializer, TermsSerializer
from accounts.api.shapes import UserSerializer
from accounts.api.writing import WishSerializer
from accounts.standing import STATES

from .openapi import HELD_NOW, OF_MODULE, TEXT, TEXTS, both, many_of, object_of
from .openapi_activities import history_at

MOMENT = {"type": "string", "format": "date-time", "nullable": True}
HELD = object_of(
    role=TEXT,
    name=TEXT,
    valid_from=MOMENT,
    valid_until=MOMENT,
    current={"type": "boolean"},
    reason=TEXT,
)
HELD["required"].remove("name")
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
NAMED = {**HELD_NOW, "required": ["code"]}
ACCESS = object_of(
    user=object_of(username=TEXT, name=TEXT),
    roles={"type": "array", "items": NAMED},
    resting={"type": "array", "items": NAMED},
    rank={"type": "integer"},
    permissions=TEXTS,
    privileges=TEXTS,
    modules={"type": "object", "additionalProperties": OF_MODULE},
    sources=object_of(permissions=BY_NAME, privileges=BY_NAME),
)
ACCESS["required"] = ["user", "roles"]
ACCESS["description"] = "Less where something of what roles give is hidden from the asker."


class NamedRole(OpenApiSerializerFieldExtension):
    """A role is named by its code."""

    target_class = "accounts.api.held.NameableRole"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """Say that it is a text."""
        return TEXT


class Person(OpenApiSerializerExtension):
    """Add what is known of a person beside the fields that roles can hide."""

    target_class = "accounts.api.shapes.UserSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Promise the standing always, fields and roles where they may be read."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "response":
            schema["properties"] |= STANDING
            schema["required"] = [name for name in STANDING if name not in ("roles", "rank")]
        return schema


WISH = WishSerializer
ROLES = {"application/json": {"type": "object", "properties": {"roles": TEXTS}}}
NAME = OpenApiParameter("username", str, OpenApiParameter.PATH)
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH)


class Users(OpenApiViewExtension):
    """Describe the addresses of users."""

    target_class = "accounts.api.users.UserViewSet"

    def view_replacement(self) -> Any:
        """Say what each takes and answers."""

        def one(**kwargs: Any) -> Any:
            return extend_schema(parameters=[NAME], **kwargs)

        shown, moves = UserSerializer, ("suspend", "restore", "reject", "undelete")
        role = OpenApiParameter("role", str, OpenApiParameter.PATH, description="A role's code.")
        at: dict[str, Any] = {"parameters": [NAME, role]}
        return extend_schema_view(
            retrieve=one(),
            create=extend_schema(request=WISH, responses={201: shown}),
            partial_update=one(request=WISH, responses=shown),
            destroy=one(responses={204: None}),
            second_factor=one(responses={204: None}),
            approve=one(request=ROLES, responses=shown),
            **{name: one(request=None, responses=shown) for name in moves},
            roles=both(
                one(methods=["GET"], responses={200: many_of(HELD)}),
                one(methods=["POST"], request=AssignmentSerializer, responses={201: HELD}),
            ),
            held_role=both(
                extend_schema(
                    methods=["PATCH"], request=TermsSerializer, responses={200: HELD}, **at
                ),
                extend_schema(methods=["DELETE"], responses={204: None}, **at),
            ),
            access=one(responses={200: ACCESS}),
            history=history_at(NAME),
            trash=extend_schema(responses=shown(many=True)),
        )(type("Users", (self.target,), {"__doc__": self.target.__doc__}))


class _Parts(OpenApiViewExtension):
    def view_replacement(self) -> Any:
        """Say what each takes and answers."""
        shown = self.target.serializer

        def one(**kwargs: Any) -> Any:
            return extend_schema(parameters=[CODE], **kwargs)

        return extend_schema_view(
            list=extend_schema(responses=shown(many=True)),
            create=extend_schema(request=shown, responses={201: shown}),
            retrieve=one(responses=shown),
            partial_update=one(request=shown, responses=shown),
            destroy=one(responses={204: None}),
        )(type(self.target.__name__, (self.target,), {"__doc__": self.target.__doc__}))


class Teams(_Parts):
    """Describe the addresses of teams."""

    target_class = "accounts.api.organisation.TeamViewSet"


class Departments(_Parts):
    """Describe the addresses of departments."""

    target_class = "accounts.api.organisation.DepartmentViewSet"
