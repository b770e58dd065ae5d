"""What one person sees of a page of records, read together so that the queries do not grow."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Field, Model

from .. import policy
from ..core.fields import NO_FIELDS
from .references import NO_ACCESS, shown

Masks = Callable[[Any, Iterable[Model]], Mapping[Any, Any]]


class Sight:
    """The masks of some records of one model, and what their references may show (R16, R24)."""

    def __init__(self, user: Any, records: Iterable[Model], masks: Masks) -> None:
        self._user = user
        self._records = list(records)
        self._masks = masks(user, self._records)
        self._shown: dict[str, Mapping[Any, Any]] = {}
        self._many: dict[str, Mapping[Any, list[Any]]] = {}

    def __contains__(self, record: object) -> bool:
        """Tell whether the record is one of those that were asked about."""
        return isinstance(record, Model) and record.pk in self._masks

    def mask(self, record: Model) -> Any:
        """Give what may be read and written of the record; nothing of one out of reach."""
        return self._masks.get(record.pk, NO_FIELDS)

    def reference(self, record: Model, field: Field) -> Any:
        """Give what a reference shows: `None`, the id or name, or "no access"."""
        pk = getattr(record, field.attname)
        if pk is None:
            return None
        if field.name not in self._shown:
            self._shown[field.name] = shown(self._user, field.related_model, self._pks(field))
        return self._shown[field.name].get(pk, NO_ACCESS)

    def references(self, record: Model, field: Any) -> list[Any]:
        """Give what a reference to many shows: each one's id or name, or "no access"."""
        if field.name not in self._many:
            self._many[field.name] = self._look_at_many(field)
        return self._many[field.name].get(record.pk, [])

    def _look_at_many(self, field: Any) -> Mapping[Any, list[Any]]:
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        on = [r.pk for r in self._records if field.name in self.mask(r).readable]
        rows = field.remote_field.through._base_manager.filter(**{f"{here}__in": on})
        pairs = list(rows.order_by("pk").values_list(f"{here}_id", f"{there}_id"))
        names = shown(self._user, field.related_model, [pk for _here, pk in pairs])
        found: dict[Any, list[Any]] = {}
        for pk, other in pairs:
            found.setdefault(pk, []).append(names.get(other, NO_ACCESS))
        return found

    def _pks(self, field: Field) -> Iterable[Any]:
        """Give where the field leads, on those records only on which it is shown at all."""
        readable = (r for r in self._records if field.name in self.mask(r).readable)
        return {getattr(record, field.attname) for record in readable}


def of_page(user: Any, records: Iterable[Model]) -> Sight:
    """See records in view reach; masks that their own query brought along cost nothing."""
    return Sight(user, records, policy.field_masks)


def of_trash(user: Any, records: Iterable[Model]) -> Sight:
    """See deleted records as the asker would if they were not deleted (R13, R26)."""
    return Sight(user, records, policy.trash_masks)
