"""The trash: deleted records, asked about as if they were not deleted (R13, R26)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model, Q, QuerySet

from ..core.access import Access
from ..core.decisions import Decision, allow, deny
from ..core.fields import FieldMask
from ..core.specs import Module
from ..scopes import NOBODY
from .asking import access_for
from .fields import masks_in
from .reach import condition_of, governing


def trashed(queryset: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Keep the deleted records that `user` may restore: who may delete them, had they not been."""
    return queryset.filter(trashed_q(user, access_for(user), governing(queryset.model)))


def trashed_q(user: Any, access: Access, module: Module) -> Q:
    """Give the condition of `trashed`; nothing where the module has no trash."""
    if module.deleted_field is None:
        return NOBODY
    condition = condition_of(user, access, undeleted(module), "delete")
    return condition & Q(**{f"{module.deleted_field}__isnull": False})


def trash_masks(user: Any, records: Iterable[Model]) -> Mapping[Any, FieldMask]:
    """Give what `user` could read of deleted records if they were not, with at most one query."""
    page = list(records)
    return masks_in(user, undeleted(governing(type(page[0]))), page) if page else {}


def check_restore(user: Any, record: Model) -> Decision:
    """Decide whether `user` may take a record out of the trash: as R14 decides for delete."""
    if trashed(type(record)._base_manager.filter(pk=record.pk), user).exists():
        return allow("A role that gives delete would reach the record (R13, R26).")
    return deny("The record is not in the trash of this person (R13, R26).")


def undeleted(module: Module) -> Module:
    """Ask of the module as if it knew no deletion: every row is then alive."""
    return replace(module, deleted_field=None)
