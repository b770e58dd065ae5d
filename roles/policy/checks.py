"""May this person do it: the single check, with or without a record (R12, R14, R20)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from ..core.access import NO_ACCESS, Access
from ..core.decisions import Decision, allow, deny
from ..core.specs import Module
from ..registry import registry
from .asking import access_for
from .names import resolve
from .ranks import PEOPLE, ROLES, administered_q
from .reach import condition_of

_FORBIDDEN = {
    PEOPLE: "The person is oneself (D2), not below one's rank (D3) or the last Owner (D7).",
    ROLES: "The role, or one based on it, is not below one's rank (D3, D6) or is fixed (D8).",
}
_OUT = "Nobody who is signed in, active and let in asks (R1)."


def check(user: Any, name: str, record: Model | None = None) -> Decision:
    """Decide whether `user` may do `name`, on `record` where one is given (R12, R14, R20)."""
    access = access_for(user)
    code = resolve(name)
    if code is None:
        return deny(_unknown(name))
    if record is None:
        return deny(_OUT) if access is NO_ACCESS else access.explain(code)
    if not isinstance(record, Model):
        return deny(f"{record!r} is no record (R14).")
    return _on_records(user, access, code, [record])[record.pk]


def check_each(user: Any, name: str, records: Iterable[Model]) -> dict[Any, Decision]:
    """Decide as `check` does on each of some records of one model, by primary key; one query."""
    page, code = list(records), resolve(name)
    if code is None:
        return {record.pk: deny(_unknown(name)) for record in page}
    return _on_records(user, access_for(user), code, page) if page else {}


def check_many(user: Any, names: Iterable[str]) -> dict[str, Decision]:
    """Decide on several names at once, without a record."""
    return {name: check(user, name) for name in names}


def actions_for(user: Any, module: str) -> tuple[str, ...]:
    """Give the actions of `module` that are the user's on some records (R12)."""
    access = access_for(user)
    return tuple(a for a in registry.module(module).actions if access.can(f"{module}.{a}"))


def _on_records(user: Any, access: Access, code: str, records: list[Model]) -> dict[Any, Decision]:
    model = type(records[0])
    permission, module = registry.catalogue.permissions.get(code), registry.module_of(model)
    if permission is None or module is None or permission.module != module.code:
        no = deny(f"{code} says nothing about {model._meta.verbose_name} records (R14).")
        return {record.pk: no for record in records}
    if code not in access.codes:
        no = access.explain(code)
        return {record.pk: no for record in records}
    condition = condition_of(user, access, module, permission.action or "view")
    administered = administered_q(user, module, permission.action or code)
    if administered is not None and permission.action is None:
        condition &= administered
    rows = model._base_manager.filter(pk__in=[r.pk for r in records if r.pk is not None])
    reached = set(rows.filter(condition).values_list("pk", flat=True))
    because = f"No role that gives {code} reaches the record (R13)."
    asked = administered is not None and len(reached) < len(records)
    reasons = _forbidden(module, rows, reached, administered) if asked else {}
    return {r.pk: _by_reach(code, r.pk, reached, reasons.get(r.pk, because)) for r in records}


def _forbidden(
    module: Module, rows: Any, reached: set[Any], administered: Q | None
) -> dict[Any, str]:
    """Name section 6 for the records that it keeps from the person."""
    allowed = rows.filter(administered or Q()).values("pk")
    denied = rows.exclude(pk__in=reached).exclude(pk__in=allowed)
    return dict.fromkeys(denied.values_list("pk", flat=True), _FORBIDDEN[module.code])


def _by_reach(code: str, pk: Any, reached: set[Any], because: str) -> Decision:
    if pk is None:
        return deny("The record is not stored yet; nobody reaches it (R13).")
    if pk in reached:
        return allow(f"A role that gives {code} reaches the record (R14).")
    return deny(because)


def _unknown(name: str) -> str:
    return f"{name} is no permission and no privilege that anyone holds (R21)."
