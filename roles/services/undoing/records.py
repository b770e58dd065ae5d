"""Undo changes of records and of their shares (R14, R17, R19, R26).

A change of fields is undone as the actor sees it: what they may read goes back whole or not at
all, and what is hidden from them stays, since a refusal would tell that it changed too (R23).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from ... import policy
from ...core.errors import Invalid
from ...core.specs import Module
from ...models import AuditEntry
from ...registry import registry
from ..records import change_record, delete_record, require_fields, restore_record
from ..sharing import share_record, shares_of, unshare_record
from .undo import found, keeps, moved_on, rows_for, undoes

EMPTY: tuple[Any, ...] = (None, "", [])


@undoes("record.changed")
def _change_back(acting_user: Any, entry: AuditEntry) -> None:
    record, rows = _held(entry), rows_for(acting_user, entry)
    _require_as_left(record, {row["field"]: row["new"] for row in rows})
    old = {row["field"]: _read(_field(record, row["field"]), row["old"]) for row in rows}
    require_fields(policy.check_changes(acting_user, record, old))
    many = {name: old.pop(name) for name in list(old) if _field(record, name).many_to_many}
    for name, value in old.items():
        setattr(record, _field(record, name).attname, value)
    _require_sound(acting_user, record, old)
    wished = {name: _records(_field(record, name), keys) for name, keys in many.items()}
    change_record(acting_user=acting_user, record=record, sent=list(old), many=wished)


@undoes("record.created")
def _delete_again(acting_user: Any, entry: AuditEntry) -> None:
    record, rows = _held(entry), rows_for(acting_user, entry)
    given = {row["field"]: row["new"] for row in rows}
    readable = policy.field_mask(acting_user, record).readable
    _require_as_left(record, dict.fromkeys(readable) | given)
    delete_record(acting_user=acting_user, record=record)


@undoes("record.restored")
def _delete_once_more(acting_user: Any, entry: AuditEntry) -> None:
    delete_record(acting_user=acting_user, record=_held(entry))


@undoes("record.deleted")
def _restore(acting_user: Any, entry: AuditEntry) -> None:
    restore_record(acting_user=acting_user, record=_held(entry, in_trash=True))


def _no_trash(entry: AuditEntry) -> str:
    module = _module_of(entry)
    if module is not None and module.deleted_field is not None:
        return ""
    return _("Records of this kind have no trash: what is deleted there is gone for good.")


keeps("record.created", "record.deleted", because=_no_trash)


def _module_of(entry: AuditEntry) -> Module | None:
    model = policy.model_of(entry.subject_type)
    return registry.module_of(model) if model else None


def _held(entry: AuditEntry, *, in_trash: bool = False) -> Any:
    """Give the record, locked; where it is gone, or in the trash or not, things moved on."""
    model, module = policy.model_of(entry.subject_type), _module_of(entry)
    if model is None or module is None:
        raise moved_on()
    record: Any = model._base_manager.select_for_update().filter(pk=entry.subject_id).first()
    deleted = module.deleted_field
    is_deleted = bool(deleted) and getattr(record, deleted or "", None) is not None
    if record is None or is_deleted is not in_trash:
        raise moved_on()
    return record


# What stands there, and what stood there


def _require_as_left(record: Any, left: Mapping[str, Any]) -> None:
    """Refuse where a field no longer holds what the log says that the change left in it."""
    for name, value in left.items():
        field = _field(record, name)
        now = _now(record, field)
        if now not in EMPTY if value in EMPTY else now != _read(field, value):
            raise moved_on()


def _field(record: Any, name: str) -> Any:
    """Give a field by name; one that no release knows any more cannot be put back."""
    options = record._meta
    for field in (*options.concrete_fields, *options.many_to_many):
        if field.name == name:
            return field
    raise moved_on()


def _now(record: Any, field: Any) -> Any:
    if field.many_to_many:
        return sorted(getattr(record, field.name).values_list("pk", flat=True))
    return getattr(record, field.attname)


def _read(field: Any, logged: Any) -> Any:
    """Read a value as the log keeps it, a reference as its key."""
    try:
        if field.many_to_many:
            return sorted(field.target_field.to_python(key) for key in logged or ())
        target = field.target_field if field.is_relation else field
        return None if logged is None else target.to_python(logged)
    except (ValidationError, ValueError, TypeError):
        raise moved_on() from None


def _records(field: Any, keys: list[Any]) -> list[models.Model]:
    return list(field.related_model._base_manager.filter(pk__in=keys))


def _require_sound(acting_user: Any, record: Any, changed: Iterable[str]) -> None:
    """Refuse what the model would refuse: other fields may have moved on beside these."""
    readable = policy.field_mask(acting_user, record).readable
    others = [f.name for f in record._meta.fields if f.name not in set(changed)]
    if errors := policy.model_errors(record, readable, others):
        raise Invalid(errors)


# Shares


@undoes("record.shared", "record.unshared")
def _share_back(acting_user: Any, entry: AuditEntry) -> None:
    record, row = _held(entry), entry.changes[0]
    kind, whom = _receiver(record, row)
    share = shares_of(record).of(record).filter(**{kind: whom}).first()
    if (share.give if share else None) != row["new"]:
        raise moved_on()
    if row["old"] is None:
        unshare_record(acting_user=acting_user, share=share)
    elif kind == "user" and whom not in policy.active_people():
        raise moved_on()  # nobody shares with who is out: they are not found by any door
    else:
        share_record(acting_user=acting_user, record=record, receiver=whom, give=row["old"])


def _receiver(record: Any, row: Mapping[str, Any]) -> tuple[str, Any]:
    """Find with whom it was shared: a person by key, a team by the code that it keeps.

    A name may be another person's by now (threat 22); a team that came back has a key of its own.
    """
    shares = shares_of(record)
    if "user" in row:
        return "user", found(shares._meta.get_field("user").related_model, row.get("receiver"))
    try:
        return "team", shares.teams().get_by_natural_key(row["team"])
    except models.ObjectDoesNotExist:
        raise moved_on() from None
