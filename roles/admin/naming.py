"""What a record is called where somebody sees it who may not read all of its name (R16, R24)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from .. import policy
from ..core.fields import FieldMask
from ..registry import registry

NO_ACCESS = gettext_lazy("No access")


def quiet(words: Any) -> Any:
    """Write words that stand where a value would, for the eye and for a screen reader alike."""
    return format_html('<span class="quiet">{}</span>', words)


def name_of(record: Model, mask: FieldMask) -> str:
    """Name a record that is in reach: by `str` only where all that it is built of is readable."""
    if registry.naming_fields(type(record)) <= mask.readable:
        return str(record)
    return policy.unnamed(type(record), record.pk)


def names_for(user: Any, records: Iterable[Model]) -> dict[Any, str]:
    """Name records of one model by primary key, as `user` may know them; at most one query."""
    page = list(records)
    masks = policy.field_masks(user, page)
    return {record.pk: name_of(record, masks[record.pk]) for record in page}


def names_in_reach(user: Any, model: type[Model], keys: Iterable[Any]) -> dict[Any, str]:
    """Name those of the records referred to that `user` may view, with at most one query (R24).

    Everyone may know of themselves; of a model that no module governs nothing is kept back.
    """
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    rows = model._default_manager.filter(pk__in=wanted)
    if registry.module_of(model) is None:
        return {row.pk: str(row) for row in rows}
    rows = policy.with_masks(policy.accessible(rows, user, "view"), user)
    found = names_for(user, rows)
    if isinstance(user, model) and user.pk in wanted:
        found[user.pk] = str(user)
    return found


def reference(user: Any, field: Any, record: Model) -> Any:
    """Write what a record refers to: a link, its name, “No access”, or nothing.

    Whoever may view no person reads their own name, on a page that they cannot open.
    """
    key = getattr(record, field.attname)
    if key is None:
        return None
    name = names_in_reach(user, field.related_model, [key]).get(key)
    if name is None:
        return quiet(NO_ACCESS)
    module, options = registry.module_of(field.related_model), field.related_model._meta
    if module is not None and not policy.check(user, f"{module.code}.view"):
        return name
    try:
        url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return name
    return format_html('<a href="{}">{}</a>', url, name)


class Named:
    """A record under the name by which its reader may know it, for Django's pages and messages."""

    def __init__(self, record: Any, name: str) -> None:
        self._record, self._name = record, name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._record, attribute)

    def __str__(self) -> str:
        return self._name
