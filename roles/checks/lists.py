"""A check of the models whose records are in reach by their owner: can their lists be read?"""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from ..policy.listing import list_order, missing_indexes, owner_column
from ..registry import registry

HINT_ORDER = (
    'Give the model `ordering = ["-created_at", "-id"]`, by a column of its own that is never '
    "empty, and the two indexes that this check will then ask for."
)


@register(Tags.models)
def check_lists(**kwargs: Any) -> list[CheckMessage]:
    """Warn of lists that no index serves: they read the whole reach, or the whole table."""
    return [
        Warning(f"{model._meta.label} {problem}", hint=hint, obj=model, id="roles.W005")
        for module in registry.catalogue.modules.values()
        for model in registry.models_of(module)
        for problem, hint in _problems(model, module.owner_field)
    ]


def _problems(model: Any, owner_field: str | None) -> Iterator[tuple[str, str]]:
    owner, order = owner_column(model, owner_field), list_order(model)
    if owner is None:
        return
    if order is None:
        yield "is not ordered by one column and its key: a row may come on two pages.", HINT_ORDER
        return
    if owner.db_index:
        yield (
            f"has an index on {owner.name} alone, which SQLite takes for the list in reach.",
            f"Set db_index=False on {owner.name}: the index that begins with it does its work.",
        )
    for names in missing_indexes(model, order, owner.name):
        declared = f"models.Index(fields={list(names)!r}, name=…)"
        yield (
            f"has no index by {', '.join(names)}: a large list in reach is read whole.",
            f"Add {declared} to the model's Meta.indexes, and a migration.",
        )
