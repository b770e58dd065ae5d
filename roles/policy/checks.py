"""May this person do it: the single check, with or without a record (R12, R14, R20)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from ..core.access import NO_ACCESS, Access
from ..core.decisions import Decision, allow, deny
from ..registry import registry
from .asking import access_for
from .names import resolve
from .reach import condition_of

_OUT = "Nobody who is signed in, active and let in asks (R1)."


def check(user: Any, name: str, record: Model | None = None) -> Decision:
    """Decide whether `user` may do `name`, on `record` where one is given (R12, R14, R20)."""
    access = access_for(user)
    code = resolve(name)
    if code is None:
        return deny(f"{name} is no permission and no privilege that anyone holds (R21).")
    if record is not None:
        return _check_record(user, access, code, record)
    return deny(_OUT) if access is NO_ACCESS else access.explain(code)


def check_many(user: Any, names: Iterable[str]) -> dict[str, Decision]:
    """Decide on several names at once, without a record."""
    return {name: check(user, name) for name in names}


def actions_for(user: Any, module: str) -> tuple[str, ...]:
    """Give the actions of `module` that are the user's on some records (R12)."""
    access = access_for(user)
    return tuple(a for a in registry.module(module).actions if access.can(f"{module}.{a}"))


def _check_record(user: Any, access: Access, code: str, record: Model) -> Decision:
    if not isinstance(record, Model):
        return deny(f"{record!r} is no record (R14).")
    permission = registry.catalogue.permissions.get(code)
    module = registry.module_of(type(record))
    if permission is None or module is None or permission.module != module.code:
        return deny(f"{code} says nothing about {record._meta.verbose_name} records (R14).")
    if code not in access.codes:
        return deny(f"No current role gives {code} (R12).")
    if record.pk is None:
        return deny("The record is not stored yet; nobody reaches it (R13).")
    condition = condition_of(user, access, module, permission.action or "view")
    if type(record)._base_manager.filter(condition, pk=record.pk).exists():
        return allow(f"A role that gives {code} reaches the record (R14).")
    return deny(f"No role that gives {code} reaches the record (R13).")
