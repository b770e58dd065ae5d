"""Why: the decision itself, and what each of a person's roles says to it (R8, R10, R13-R17)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from ..core.access import Access, grant_in_words
from ..core.compile import CompiledRole
from ..core.decisions import Decision, deny
from ..core.provenance import level_in_words, scopes_in_words
from ..core.specs import Module
from ..registry import registry
from .asking import access_for
from .checks import check
from .fields import check_read
from .names import resolve
from .reach import NEEDS_VIEW, Question, governing, roles_for
from .writes import check_write


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with what stands behind it, for administrators: it names what is hidden."""

    decision: Decision
    reasons: tuple[str, ...]


def explain(
    user: Any, permission: str, record: Model | None = None, field: str | None = None
) -> Explanation:
    """Decide as the doors do, and say of each of the user's roles what it gives and reaches.

    With a field, `MODULE.view` asks about reading it and `MODULE.edit` about writing it.
    """
    access, code = access_for(user), resolve(permission) or permission
    decision = _decide(user, code, record, field)
    actions = [code]
    if record is not None and code.rpartition(".")[2] in NEEDS_VIEW:
        actions.append(f"{code.rpartition('.')[0]}.view")
    reasons = tuple(
        reason for name in actions for reason in _reasons(user, access, name, record, field)
    )
    return Explanation(decision, reasons or ("No role of theirs counts at this moment (R1, R2).",))


def _decide(user: Any, code: str, record: Model | None, field: str | None) -> Decision:
    if field is None:
        return check(user, code, record)
    if record is None:
        return deny("A field is asked about on a record.")
    module = governing(type(record)).code
    if code == f"{module}.view":
        return check_read(user, record, field)
    if code == f"{module}.edit":
        return check_write(user, record, field)
    return deny(f"A field is read with {module}.view and written with {module}.edit (R16, R17).")


def _reasons(
    user: Any, access: Access, code: str, record: Model | None, field: str | None
) -> Iterator[str]:
    module = registry.module_of(type(record)) if record is not None else None
    permission = registry.catalogue.permissions.get(code)
    applies = module is not None and permission is not None and permission.module == module.code
    action = (permission.action if permission else None) or "view"
    reaching = _reaching(user, access, module, action, record) if applies else {}
    for role in access.roles:
        granted = grant_in_words(code, role)
        if not granted:
            yield f"{role.name} does not give {code}."
        elif not applies or module is None:
            yield granted
        else:
            yield f"{granted} {_on_record(role, module, action, reaching.get(role.code), field)}"
    for role in access.resting:
        yield f"{role.name} gives nothing: it asks for a second factor, not set up yet."


def _reaching(
    user: Any, access: Access, module: Module | None, action: str, record: Model | None
) -> Mapping[str, str]:
    """Say of the roles that reach the record how they do, by their codes."""
    if module is None or record is None:
        return {}
    roles = roles_for(access, module, action)
    reach = Question.of(user, module, roles, (action,)).stored(record)
    if reach is None:
        return {}
    how = ", by a share (R19)" if reach.is_shared(action) else ""
    return {role.code: how for role in reach.of(roles, action)}


def _on_record(
    role: CompiledRole, module: Module, action: str, reaches: str | None, field: str | None
) -> str:
    verb = "It reaches" if reaches is not None else "It does not reach"
    scopes = scopes_in_words(role, module.code, action) if module.has_record_access else "all"
    said = f"{verb} the record for {action}{reaches or ''}; its scopes: {scopes} (R8, R13)."
    if field is None:
        return said
    return f"{said} It has {field} {level_in_words(role, module.code, field)} (R10)."
