"""How the API describes roles: as policy files write them, with what is known beside."""

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from .openapi import TEXT, TEXTS, both, object_of
from .openapi_activities import history_at

NUMBER, FLAG = {"type": "integer"}, {"type": "boolean"}
BY_MODULE = {"type": "object", "additionalProperties": True}
WISH = {
    "code": TEXT,
    "name": TEXT,
    "description": TEXT,
    "level": NUMBER | {"minimum": 0, "maximum": 100},
    "base": TEXT | {"nullable": True},
    "second_factor": FLAG | {"description": "Whether it gives nothing without one."},
    "permissions": TEXTS,
    "privileges": TEXTS,
    "records": BY_MODULE
    | {"description": "Module to a scope, a list of them, or those by action."},
    "fields": BY_MODULE | {"description": "Module to field to hidden, read_only or editable."},
}
WISHED = {"type": "object", "properties": WISH}
BEGUN = {"type": "object", "properties": {**WISH, "left_out": TEXTS}}
ROLE = object_of(code=TEXT, users=NUMBER, system=FLAG)
ROLE["properties"] |= {**WISH, "own": TEXTS, "effective": TEXTS, "locked": TEXTS}
ROLE["description"] = "A key about a field of roles that is hidden from the asker is not there."
CLONED = {"allOf": [ROLE, object_of(left_out=TEXTS)]}
CELL = {
    "code": TEXT,
    "applicable": FLAG,
    "granted": FLAG,
    "inherited": FLAG,
    "implied": FLAG,
    "locked": FLAG,
}
GIVEN = object_of(**CELL)
GIVEN["required"].remove("inherited")  # where bases are hidden
MODULE = object_of(
    code=TEXT,
    label=TEXT,
    group=TEXT,
    cells={"type": "object", "additionalProperties": GIVEN},
)
FEATURE = object_of(label=TEXT, group=TEXT, module=TEXT | {"nullable": True}, **CELL)
FEATURE["required"].remove("inherited")
MATRIX = object_of(
    role=TEXT,
    actions=TEXTS,
    modules={"type": "array", "items": MODULE},
    features={"type": "array", "items": FEATURE},
)
TICKS = {"type": "object", "properties": {"grant": TEXTS, "revoke": TEXTS}}
EFFECT = object_of(kind=TEXT, names=TEXTS, people=NUMBER)
IMPACT = {
    "type": "object",
    "properties": {
        "holders": NUMBER,
        "people": NUMBER,
        "effects": {"type": "array", "items": EFFECT},
    },
    "description": "Empty for an asker from whom something of what roles give is hidden.",
}
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="The role's code.")
MOVE_TO = OpenApiParameter(
    "move_to", str, description="The role to which its people and the roles on it go first."
)


def _json(described: dict[str, Any]) -> Any:
    return {"application/json": described}


class Roles(OpenApiViewExtension):
    """Describe the addresses of roles."""

    target_class = "roles.api.roles.RoleViewSet"

    def view_replacement(self) -> Any:
        """Say what each takes and answers."""

        def one(**kwargs: Any) -> Any:
            return extend_schema(parameters=[CODE], **kwargs)

        return extend_schema_view(
            list=extend_schema(responses={200: ROLE}),
            create=extend_schema(request=_json(WISHED), responses={201: ROLE}),
            retrieve=one(responses={200: ROLE}),
            update=one(request=_json(WISHED), responses={200: ROLE}),
            partial_update=one(request=_json(WISHED), responses={200: ROLE}),
            destroy=extend_schema(parameters=[CODE, MOVE_TO], responses={204: None}),
            matrix=both(
                one(methods=["GET"], responses={200: MATRIX}),
                one(methods=["PATCH"], request=_json(TICKS), responses={200: MATRIX}),
            ),
            clone=both(
                one(methods=["GET"], responses={200: BEGUN}),
                one(methods=["POST"], request=_json(WISHED), responses={201: CLONED}),
            ),
            history=history_at(CODE),
            impact=one(request=_json(WISHED), responses={200: IMPACT}),
        )(type("Roles", (self.target,), {"__doc__": self.target.__doc__}))
