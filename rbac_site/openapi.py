"""How the API describes itself: the same to everyone, whatever they may see of it."""

from functools import cache, reduce
from typing import Any, ClassVar

from django.utils.translation import get_language
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import (
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
    OpenApiViewExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from roles.core.vocabulary import FieldLevel
from roles.rest_framework.references import MANY_MAX, NO_ACCESS, is_person
from roles.rest_framework.sharing import ShareSerializer

from .problems import CONTENT_TYPE

TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
SHARE = OpenApiParameter("share", int, OpenApiParameter.PATH, description="The share's id.")
OPERATIONS = ("get", "post", "put", "patch", "delete")
KEYS = ("{id}", "{code}", "{username}")
MAILING = {
    f"/api/v1/{path}/"
    for path in (
        "users",
        "users/{username}",
        "users/{username}/second-factor",
        "invitations",
        "invitations/{id}/resend",
        "activities/{id}/undo",
    )
}
"""Where a change mails somebody."""
REFUSALS = {
    "400": "Bad input; `errors` says what is wrong by field. Nothing was done.",
    "401": "Not signed in, or the token is not valid.",
    "403": "The action is not yours, or not on this record.",
    "404": "There is no such record in your reach.",
    "409": "A rule stands against it that no other input could mend.",
    "412": "`If-Match` names another state of the record than the present one.",
    "429": "Somebody would be sent one mail too many; `Retry-After` says when to try again.",
}


class Generator(SchemaGenerator):
    """Work the description out once for each language: it is nobody's own."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Give the description of everything, whoever asks."""
        return _described(get_language())


@cache
def _described(language: str) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


class Session(SessionScheme):
    """Describe our session as Django's."""

    target_class = "roles.rest_framework.authentication.SessionAuthentication"


class References(OpenApiSerializerFieldExtension):
    """Describe what a reference shows and takes."""

    target_class = "roles.rest_framework.references.ReferenceField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Give a name or an id, or the words for what is out of reach."""
        out_of_reach = f"“{NO_ACCESS}” where it leads to something that you may not view."
        if is_person(self.target.related):
            return TEXT | {"description": f"A user name, or {out_of_reach}"}
        either = [{"type": "integer"}, {"type": "string", "enum": [NO_ACCESS]}]
        return {"oneOf": either, "description": f"An id, or {out_of_reach}"}


class ManyReferences(References):
    """Describe what references to many show and take."""

    target_class = "roles.rest_framework.references.ManyReferencesField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Give a list of names or ids."""
        item = super().map_serializer_field(auto_schema, direction)
        return {"type": "array", "items": item, "maxItems": MANY_MAX}


class MaskedRecords(OpenApiSerializerExtension):
    """Promise no field but the key: which others there are differs from record to record."""

    target_class = "roles.rest_framework.serializers.GovernedSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Take the names off the list of those that always come."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "response":
            schema["required"] = [self.target.Meta.model._meta.pk.name]
        return schema


class RecordViews(OpenApiViewExtension):
    """Describe what the kit adds to a plain view of records."""

    target_class = "roles.rest_framework.views.GovernedViewSet"
    match_subclasses = True

    def view_replacement(self) -> Any:
        """Say what trash, restore, and the addresses of shares and history answer."""
        from .openapi_activities import history_at  # not above: it is made of what stands below

        serializer = self.target().get_serializer_class()
        trash = extend_schema(
            responses=serializer(many=True), description="What lies in the trash."
        )
        restore = extend_schema(
            request=None, responses=serializer, description="Take a record out of the trash."
        )
        one = ShareSerializer
        return extend_schema_view(
            trash=trash,
            restore=restore,
            shares=both(
                extend_schema(methods=["GET"], responses=one(many=True)),
                extend_schema(methods=["POST"], request=one, responses={200: one, 201: one}),
            ),
            unshare=extend_schema(responses={204: None}, parameters=[SHARE]),
            history=history_at(),
        )(type("Described", (self.target,), {}))


def both(*ways: Any) -> Any:
    """Describe one address in each of its ways."""
    return lambda view: reduce(lambda described, way: way(described), ways, view)


def object_of(**properties: Any) -> dict[str, Any]:
    """Describe an object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def many_of(item: dict[str, Any]) -> dict[str, Any]:
    """Describe a page of such objects."""
    nothing = {"type": "string", "nullable": True}
    results = {"type": "array", "items": item}
    return object_of(count={"type": "integer"}, next=nothing, previous=nothing, results=results)


_LEVELS = [level.code for level in FieldLevel if level is not FieldLevel.HIDDEN]
OF_MODULE = object_of(
    actions=TEXTS,
    scopes={"type": "object", "additionalProperties": TEXTS},
    fields={"type": "object", "additionalProperties": TEXT | {"enum": _LEVELS}},
)


class _Described(OpenApiViewExtension):
    answer: ClassVar[dict[str, Any]]

    def view_replacement(self) -> Any:
        """Say what GET answers."""
        view = type(self.target.__name__, (self.target,), {"__doc__": self.target.__doc__})
        return extend_schema_view(get=extend_schema(responses={200: self.answer}))(view)


HELD_NOW = object_of(code=TEXT, name=TEXT, level={"type": "integer"})


class Me(_Described):
    """Describe who am I."""

    target_class = "roles.api.views.Me"
    answer = object_of(
        user=object_of(username=TEXT, name=TEXT),
        roles={"type": "array", "items": HELD_NOW},
        resting={"type": "array", "items": HELD_NOW},
        rank={"type": "integer"},
        permissions=TEXTS,
        privileges=TEXTS,
        modules={"type": "object", "additionalProperties": OF_MODULE},
    )


class Modules(_Described):
    """Describe the catalogue's modules."""

    target_class = "roles.api.views.Modules"
    answer = many_of(
        object_of(
            code=TEXT,
            label=TEXT,
            group=TEXT,
            description=TEXT,
            actions=TEXTS,
            features=TEXTS,
            fields={"type": "array", "items": object_of(name=TEXT, label=TEXT)},
            has_record_access={"type": "boolean"},
        )
    )


class Permissions(_Described):
    """Describe the catalogue's permissions."""

    target_class = "roles.api.views.Permissions"
    answer = many_of(
        object_of(
            code=TEXT,
            kind=TEXT | {"enum": ["module", "operation", "feature"]},
            module=TEXT | {"nullable": True},
            action=TEXT | {"nullable": True},
            label=TEXT,
            implies=TEXTS,
        )
    )


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Name in every operation the refusals that it can answer with (RFC 9457)."""
    problem = object_of(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT)
    problem["properties"]["errors"] = {"type": "object", "additionalProperties": TEXTS}
    result["components"]["schemas"]["Problem"] = problem
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, item in result["paths"].items():
        for method in OPERATIONS:
            if method in item:
                answers = item[method]["responses"]
                for status in _refusals(path, item, method):
                    answers[status] = {"description": REFUSALS[status], "content": content}
    return result


def _refusals(path: str, item: dict[str, Any], method: str) -> list[str]:
    found = ["400", "401", "403"]
    if any(key in path for key in KEYS):
        found += ["404"]
        # What can be changed has a state that `If-Match` can name.
        found += ["412"] if "patch" in item and method in ("put", "patch", "delete") else []
    if any(key in path for key in KEYS[1:]) and method in ("post", "delete"):
        found += ["409"]
    if method != "get" and path in MAILING:
        found += ["429"]
    return found
