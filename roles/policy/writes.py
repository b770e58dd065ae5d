"""What may be written: fields of a record, values of a new one, and its owner (R17, R18, R24)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from ..core.decisions import Decision, allow, conceal, deny
from ..core.fields import NO_FIELDS, fields_at
from ..core.specs import Module
from ..core.vocabulary import ALL, FieldLevel
from ..registry import registry
from ..scopes import NOBODY, owners_beyond
from .asking import access_for
from .constraints import bound_fields
from .fields import field_mask, readable_fields
from .reach import Question, Roles, accessible, governing, roles_for

UNSENT = object()
"""Stands for the value of a field when only the right to write it is asked about."""


def check_write(user: Any, record: Model, field: str, value: Any = UNSENT) -> Decision:
    """Decide whether `user` may write `field` of a stored record, and `value` if given (R17).

    Values are given as the model holds them; a reference as a record or its primary key, one to
    many as an iterable of either. Sending back what stands there is not writing.
    """
    return check_changes(user, record, {field: value})[field]


def check_changes(user: Any, record: Model, values: Mapping[str, Any]) -> dict[str, Decision]:
    """Decide on each of the values sent for a stored record, each field by itself (R17).

    A denial that is `concealed` is to be told in the words for a name that does not exist. The
    number of queries depends on which fields are sent, never on how much the record holds.
    """
    mask = field_mask(user, record)
    stored = _stored(record) if mask is not NO_FIELDS else None
    return {name: _change(user, stored, mask, name, value) for name, value in values.items()}


def _change(user: Any, stored: Model | None, mask: Any, name: str, value: Any) -> Decision:
    if stored is None or name not in mask.readable:
        return conceal(f"No role that reaches the record for view shows {name} (R17).")
    if value is not UNSENT and _same(stored, name, value):
        return allow(f"{name} keeps its value (R17).")
    if name not in mask.writable:
        return deny(f"No role that reaches the record for edit has {name} editable (R17).")
    if value is UNSENT:
        return allow(f"A role that reaches the record for edit has {name} editable (R17).")
    if name in bound_fields(type(stored), mask.readable):
        return deny(
            f"A rule binds {name} to something of this record that you may not see: whether it "
            "fits would tell of it (R23). Ask someone who sees all of the record."
        )
    module = governing(type(stored))
    if name == module.owner_field:
        return _new_owner(user, stored, module, _key(value))
    return _choice(user, type(stored), name, value)


def check_create(user: Any, module: Module | str, values: Mapping[str, Any]) -> Decision:
    """Decide whether `user` may create a record with the values sent; the first refusal speaks.

    Only what is sent is judged. `owner` counts as sent whenever it is among the values; a record
    without it belongs to its creator (R17, R18).
    """
    module = registry.module(module) if isinstance(module, str) else module
    creating = roles_for(access_for(user), module, "create")
    if not creating:
        return deny(f"No current role gives {module.code}.create (R12).")
    for decision in check_values(user, module, values).values():
        if not decision:
            return decision
    return allow(f"A role gives {module.code}.create with all that is sent (R17).")


def check_values(user: Any, module: Module, values: Mapping[str, Any]) -> dict[str, Decision]:
    """Decide on each of the values sent for a new record, each field by itself (R17, R18, R24).

    One role must give create, have the new record's owner in its scopes for it, and the field
    editable; it need not be the same role for every field.
    """
    owner = _key(values.get(module.owner_field or "", user))
    giving = roles_for(access_for(user), module, "create")
    reaching = _roles_with_owner(user, module, giving, owner)
    known = readable_fields(user, module) | _named_on_create(user, module)
    return {
        name: _new_value(user, module, reaching, known, name, value)
        for name, value in values.items()
    }


def _new_value(
    user: Any, module: Module, reaching: Any, known: frozenset[str], name: str, value: Any
) -> Decision:
    if name not in known:
        return conceal(f"No role of theirs shows {name} (R17).")
    if not fields_at(FieldLevel.EDITABLE, reaching, module.code, [name]):
        return deny(
            f"No role that gives {module.code}.create for this owner has {name} editable (R17)."
        )
    if name == module.owner_field or not module.model:
        return allow(f"A role that gives {module.code}.create has the owner in reach (R18).")
    return _choice(user, registry.models_of(module)[0], name, value)


def _named_on_create(user: Any, module: Module) -> frozenset[str]:
    """Give the fields that may be named in a refusal although no record shows them."""
    creating = [role for _scopes, role in roles_for(access_for(user), module, "create")]
    return fields_at(FieldLevel.READ_ONLY, creating, module.code, registry.fields_of(module))


def check_created(user: Any, record: Model, fields: Iterable[str]) -> dict[str, Decision]:
    """Look again at a new record inside its transaction: may `user` have set each field (R17)?

    The record is asked about as it is stored, with the owner that it has got.
    """
    module = governing(type(record))
    creating = roles_for(access_for(user), module, "create")
    reach = Question.of(user, module, creating, ()).stored(record)
    reaching = reach.of(creating, "create") if reach else ()
    settable = fields_at(FieldLevel.EDITABLE, reaching, module.code, registry.fields_of(module))
    known = readable_fields(user, module) | _named_on_create(user, module)
    return {name: _set_on_create(name, settable, known) for name in fields}


def _set_on_create(name: str, settable: frozenset[str], known: frozenset[str]) -> Decision:
    if name in settable:
        return allow(f"A role that gives create for the record has {name} editable (R17).")
    because = f"No role that gives create for the record has {name} editable (R17)."
    return deny(because) if name in known else conceal(because)


# Owners


def possible_owners(
    user: Any, module: Module, action: str, record: Model | None = None
) -> QuerySet[Any]:
    """Give the people to whom `user` may give a new record, or for edit `record` (R18).

    Deactivated people among them: what they own stays theirs and in reach (R9). Each lies in the
    scopes of one role that gives the action with the owner editable, and that for edit reaches
    the record: roles do not hand over together what neither does alone (R15).
    """
    roles = _handing(user, module, action, record)
    scopes = frozenset(scope for scopes, _role in roles for scope in scopes)
    return get_user_model()._default_manager.filter(_owned_q(user, scopes))


def _handing(user: Any, module: Module, action: str, record: Model | None) -> Roles:
    """Give the roles that may give a record another owner."""
    roles = roles_for(access_for(user), module, action)
    owner = module.owner_field or ""
    handing = tuple(
        pair for pair in roles if pair[1].level_of_field(module.code, owner) >= FieldLevel.EDITABLE
    )
    if record is None or not handing:
        return handing
    reach = Question.of(user, module, handing, (action,)).stored(record)
    reaching = {role.code for role in reach.of(handing, action)} if reach else frozenset()
    return tuple(pair for pair in handing if pair[1].code in reaching)


def _new_owner(user: Any, stored: Model, module: Module, owner: Any) -> Decision:
    handing = _handing(user, module, "edit", stored)
    if _roles_with_owner(user, module, handing, owner):
        return allow("A role that reaches the record for edit has the new owner in scope (R18).")
    return deny("No role that reaches the record for edit has the new owner in its scopes (R18).")


def _roles_with_owner(user: Any, module: Module, roles: Roles, owner: Any) -> list[Any]:
    """Keep the roles in whose scopes the records of `owner` lie, one query a set at most (R9)."""
    if not module.has_record_access:
        return [role for _scopes, role in roles]
    within = _scope_sets_with(user, {scopes for scopes, _role in roles}, owner)
    return [role for scopes, role in roles if scopes in within]


def _scope_sets_with(user: Any, sets: Iterable[frozenset[str]], owner: Any) -> set[frozenset[str]]:
    distinct = list(sets)
    if owner is None or owner == user.pk:
        return {scopes for scopes in distinct if owner is not None or ALL in scopes}
    try:
        people = get_user_model()._base_manager.filter(pk=owner)
    except (TypeError, ValueError, ValidationError):
        return set()  # what is no key at all is nobody
    if not people.exists():
        return set()
    found = {scopes for scopes in distinct if ALL in scopes}
    for scopes in distinct:
        if scopes not in found and people.filter(_owned_q(user, scopes)).exists():
            found.add(scopes)
    return found


def _owned_q(user: Any, scopes: frozenset[str]) -> Q:
    """Give the people whose records lie in `scopes` (R9)."""
    if not scopes:
        return NOBODY
    if ALL in scopes:
        return Q()
    others = owners_beyond(user, scopes)
    return Q(pk=user.pk) if others is None else Q(pk=user.pk) | Q(pk__in=others)


# References


def _choice(user: Any, model: type[Model], name: str, value: Any) -> Decision:
    """Decide whether a reference may point at `value`: only at what is in view reach (R24)."""
    field = model._meta.get_field(name)
    related = field.related_model if field.is_relation and value is not UNSENT else None
    if related is None or registry.module_of(related) is None:
        return allow(f"{name} is editable (R17).")
    keys = {_key(one) for one in _many(field, value)} - {None}
    if not keys or _count_in_reach(user, related, keys) == len(keys):
        return allow(f"{name} points at what is in reach (R24).")
    return deny(f"{name} points at a record that is not in reach, or at none (R24).")


def _count_in_reach(user: Any, related: Any, keys: set[Any]) -> int:
    try:
        found = related._base_manager.filter(pk__in=keys)
    except (TypeError, ValueError, ValidationError):
        return 0  # what is no key at all points at nothing
    return accessible(found, user, "view").count()


def _many(field: Any, value: Any) -> list[Any]:
    return list(value or ()) if field.many_to_many else [value]


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _stored(record: Model) -> Model | None:
    return type(record)._base_manager.filter(pk=record.pk).first()


def _same(stored: Model, name: str, value: Any) -> bool:
    """Tell whether the record holds this value already."""
    field = stored._meta.get_field(name)
    if field.many_to_many:
        held = set(getattr(stored, name).values_list("pk", flat=True))
        return {_key(one) for one in value or ()} == held
    return bool(getattr(stored, getattr(field, "attname", name)) == _key(value))
