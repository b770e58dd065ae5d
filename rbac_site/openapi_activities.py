"""How the API describes the log."""

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from roles.rest_framework.pagination import PAGE, PAGE_SIZE, BoundedPages
from roles.rest_framework.references import NO_ACCESS

from .openapi import TEXT, object_of

NULLABLE_TEXT = TEXT | {"nullable": True}
ACTOR = f"A user name; “{NO_ACCESS}” where you may not view them, null for the system."
THING = object_of(
    kind=TEXT | {"description": "The model, such as crm.contact."},
    id={"description": "The id of its address; null where it has none any more."},
    name=NULLABLE_TEXT | {"description": "As it was called then; null where it may not be read."},
)
CHANGE = object_of(field=TEXT, old={}, new={})
ENTRY = object_of(
    id={"type": "integer"},
    moment=TEXT | {"format": "date-time"},
    actor=NULLABLE_TEXT | {"description": ACTOR},
    actor_name=NULLABLE_TEXT,
    action=TEXT,
    module=NULLABLE_TEXT,
    subject=THING,
    beside={**THING, "nullable": True},
    changes={"type": "array", "items": CHANGE},
    undoes={"type": "integer", "nullable": True, "description": "The entry that this undoes."},
)
FILTERS = {
    "actor": "The user name of who acted.",
    "action": "An action, such as record.changed.",
    "module": "The code of a module.",
    "kind": "A model, such as crm.contact.",
    "subject": "The id of what the entry is about; name the module or the kind as well.",
    "from": "The first moment, or day.",
    "until": "The moment, or day, before which.",
}
PAGES = [OpenApiParameter(name, int) for name in (PAGE, PAGE_SIZE)]
ENTRIES = BoundedPages().get_paginated_response_schema({"type": "array", "items": ENTRY})
ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The entry's id.")


def history_at(*key: OpenApiParameter) -> Any:
    """Describe the history of what `key` addresses."""
    return extend_schema(
        parameters=[*key, *PAGES],
        responses={200: ENTRIES},
        description="What happened to it, the newest first, as far as you may read it.",
    )


class Activities(OpenApiViewExtension):
    """Describe the addresses of the log."""

    target_class = "roles.api.activities.ActivityViewSet"

    def view_replacement(self) -> Any:
        """Say what is answered, and by what it can be asked."""
        filters = [OpenApiParameter(name, str, description=d) for name, d in FILTERS.items()]
        return extend_schema_view(
            list=extend_schema(parameters=filters, responses={200: ENTRY}),
            retrieve=extend_schema(parameters=[ID], responses={200: ENTRY}),
            undo=extend_schema(parameters=[ID], request=None, responses={201: ENTRY}),
        )(type(self.target.__name__, (self.target,), {"__doc__": self.target.__doc__}))
