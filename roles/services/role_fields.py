"""Hold what a change says of a role to the fields of roles, as of any other record (R10, R17)."""

from typing import Any

from .. import policy
from ..core.changes import RoleChanges, field_of, flatten
from ..core.errors import Invalid
from ..models import Role
from ..registry import registry
from .records import require_fields
from .validation import no_such_base


def require_role_fields(actor: Any, role: Role | None, made: RoleChanges) -> None:
    """Refuse the whole where a field of roles may not be written; `role` is `None` for a new one.

    What a role says of records and of fields goes with its permissions: it has no field of its own.
    """
    touched = {field_of(row["field"]) for row in flatten(made)}
    module = policy.governing(Role)
    values = dict.fromkeys(sorted(touched & registry.fields_of(module).keys()), policy.UNSENT)
    if role is None:
        require_fields(policy.check_values(actor, module, values))
    else:
        require_fields(policy.check_changes(actor, role, values))


def require_base_in_view(actor: Any, base: str | None) -> None:
    """Answer a base that the actor may not view as one that never was (R23, R24)."""
    seen = policy.accessible(Role.objects.filter(code=base), actor, "view")
    if base is not None and not seen.exists():
        raise Invalid({"base": [no_such_base(base)]})
