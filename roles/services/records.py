"""Create, change and delete records of governed modules: checked, written, checked, logged.

The second look, inside the transaction, is what holds where a record changes hands or its
writer's rights go: the record is held first, then it is asked about as it is and its writer as
they are, and after the write it must still lie where they may put it (R17, R18, R28).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from .. import policy
from ..core import clock
from ..core.decisions import Decision
from ..core.errors import Refused
from ..core.specs import NOTHING, Module
from . import audit

Many = Mapping[str, Sequence[models.Model]]
"""References to many by field: the whole of what each is to hold."""


def create_record(
    *,
    acting_user: Any,
    record: models.Model,
    sent: Iterable[str] | None = None,
    many: Many = NOTHING,
) -> models.Model:
    """Store a new record; it belongs to its creator unless they set another owner (R18).

    `sent` names the fields that were set by hand, each of which must be the actor's to set
    (R17); left out, these are the ones that differ from what a new record of theirs has.
    `many` gives the references to many by field.
    """
    module = _module_of(record)
    fields = _set_by_hand(acting_user, record, module) if sent is None else list(sent)
    with transaction.atomic():
        actor = policy.as_of_now(acting_user)
        values = {name: _value_of(record, name) for name in fields}
        require_fields(policy.check_values(actor, module, values))
        record.save()
        _require(actor, f"{module.code}.create", record)
        require_fields(policy.check_created(actor, record, fields))
        _log(acting_user, "created", record, [*_values(record, None), *_set_many(record, many)])
    return record


def change_record(
    *,
    acting_user: Any,
    record: models.Model,
    sent: Iterable[str] | None = None,
    many: Many = NOTHING,
) -> models.Model:
    """Store the changed values of a record that the actor may edit before and after (R14).

    Each of them must be the actor's to write, on the record as it stood before (R17, R18).
    `sent` names the fields that were set by hand, so that what somebody else has changed since
    `record` was read stays; left out, whatever differs counts as set. `many` gives the
    references to many that change, by field.
    """
    module = _module_of(record)
    code = f"{module.code}.edit"
    with transaction.atomic():
        before = type(record)._base_manager.select_for_update().get(pk=record.pk)
        actor = policy.as_of_now(acting_user)
        _require(actor, code, before)
        differing = _values(record, before)
        changes = [c for c in differing if sent is None or c["field"] in sent]
        values = {name: _value_of(record, name) for name in (c["field"] for c in changes)}
        require_fields(policy.check_changes(actor, before, {**values, **many}))
        changes += _set_many(record, many)
        if changes:
            record.save(update_fields=_columns(record, changes))
            _require(actor, code, record)
            _log(acting_user, "changed", record, changes)
    return record


def delete_record(*, acting_user: Any, record: models.Model) -> None:
    """Move a record to the trash (R26)."""
    delete_records(acting_user=acting_user, records=[record])


def delete_records(*, acting_user: Any, records: Iterable[models.Model]) -> int:
    """Move records to the trash, all or none (R25, R26); give their number.

    Where the module names no `deleted_field` there is no trash, and they are gone for good.
    """
    count = 0
    with transaction.atomic():
        for record in records:
            module = _module_of(record)
            type(record)._base_manager.select_for_update().get(pk=record.pk)
            _require(policy.as_of_now(acting_user), f"{module.code}.delete", record)
            _log(acting_user, "deleted", record, ())
            _remove(record, module.deleted_field)
            count += 1
    return count


def restore_record(*, acting_user: Any, record: models.Model) -> models.Model:
    """Take a record out of the trash of those who may delete it (R26)."""
    module = _module_of(record)
    with transaction.atomic():
        record = type(record)._base_manager.select_for_update().get(pk=record.pk)
        _require_decision(policy.check_restore(policy.as_of_now(acting_user), record), record)
        field = module.deleted_field or ""
        setattr(record, field, None)
        record.save(update_fields=[field])
        _log(acting_user, "restored", record, ())
    return record


def _module_of(record: models.Model) -> Module:
    """Give the module; people and roles are no records to save, since section 6 holds them."""
    module = policy.governing(type(record))
    if policy.is_administration(module):
        raise Refused(
            _("%(module)s are changed by services of their own, which ask who administers whom.")
            % {"module": module.label}
        )
    return module


def _remove(record: models.Model, deleted_field: str | None) -> None:
    if deleted_field is None:
        record.delete()
    else:
        setattr(record, deleted_field, clock.now())
        record.save(update_fields=[deleted_field])


def _require(acting_user: Any, code: str, record: models.Model) -> None:
    _require_decision(policy.check(acting_user, code, record), record)


def _require_decision(decision: Decision, record: models.Model) -> None:
    if not decision:
        name = record._meta.verbose_name
        raise Refused(
            _("This %(name)s is not saved: %(because)s")
            % {"name": name, "because": decision.because}
        )


def require_fields(decisions: Mapping[str, Decision]) -> None:
    """Refuse the whole where one field may not be written, by its name unless it is hidden."""
    refused = {name: decision for name, decision in decisions.items() if not decision}
    if refused:
        raise Refused(" ".join(_refusal(name, refused[name]) for name in refused))


def _refusal(name: str, decision: Decision) -> str:
    if decision.concealed:
        return policy.no_such_field(name)
    return _("You cannot set “%(field)s” so: %(because)s") % {
        "field": name,
        "because": decision.because,
    }


def _set_by_hand(acting_user: Any, record: models.Model, module: Module) -> list[str]:
    """Name the fields that differ from a new record of the actor's own."""
    blank = type(record)()
    if module.owner_field and "__" not in module.owner_field:
        setattr(blank, module.owner_field, acting_user)
    fields = (field for field in record._meta.concrete_fields if field.editable)
    return [
        field.name
        for field in fields
        if not field.primary_key and getattr(record, field.attname) != getattr(blank, field.attname)
    ]


def _value_of(record: models.Model, name: str) -> Any:
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist:
        return None  # the policy knows no such field either, and says so
    if not field.many_to_many:
        return getattr(record, getattr(field, "attname", name))
    return list(getattr(record, name).all()) if record.pk is not None else []


def _values(record: models.Model, before: models.Model | None) -> Iterable[dict[str, Any]]:
    new, old = model_to_dict(record), model_to_dict(before) if before else {}
    for name, value in new.items():
        if old.get(name) != value and not (before is None and value in ("", None, [])):
            yield {"field": name, "old": _plain(old.get(name)), "new": _plain(value)}


def _columns(record: models.Model, changes: Iterable[dict[str, Any]]) -> list[str]:
    """Name what is written: the changed columns, and those that date the change.

    The rest of `record` was read before the lock, and may be older than what stands.
    """
    changed = {change["field"] for change in changes}
    return [
        field.name
        for field in record._meta.concrete_fields
        if field.name in changed or getattr(field, "auto_now", False)
    ]


def _set_many(record: models.Model, many: Many) -> list[dict[str, Any]]:
    """Point references to many at what is wished for, and give what that changed."""
    changes = []
    for name, wished in many.items():
        manager = getattr(record, name)
        old = sorted(manager.values_list("pk", flat=True))
        manager.set(wished)
        new = sorted(manager.values_list("pk", flat=True))
        if new != old:
            changes.append({"field": name, "old": _keys(old), "new": _keys(new)})
    return changes


def _keys(found: Iterable[Any]) -> list[Any]:
    return [_plain(key) for key in found]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _log(acting_user: Any, verb: str, record: models.Model, changes: Iterable[Any]) -> None:
    audit.record(
        acting_user=acting_user,
        action=f"record.{verb}",
        subject=record,
        changes=changes,
        is_field_change=verb == "changed",
    )
