"""What the page of a role showed, packed so that it comes back with the post unaltered."""

from django.core import signing

from ..core.specs import RoleSpec
from ..core.vocabulary import FieldLevel
from ..models import Role

SALT = "roles.admin.role"


def pack(spec: RoleSpec, fixed: frozenset[str]) -> str:
    """Pack a role's own state and its fixed cells so that nobody can alter them."""
    state = {
        "code": spec.code,
        "name": spec.name,
        "description": spec.description,
        "level": spec.level,
        "base": spec.base,
        "second_factor": spec.second_factor,
        "permissions": sorted(spec.permissions),
        "privileges": sorted(spec.privileges),
        "records": {
            module: {action: sorted(scopes) for action, scopes in by_action.items()}
            for module, by_action in spec.records.items()
        },
        "fields": {
            module: {name: level.code for name, level in by_field.items()}
            for module, by_field in spec.fields.items()
        },
        "is_system": spec.is_system,
        "fixed": sorted(fixed),
    }
    return signing.dumps(state, salt=SALT, compress=True)


def unpack(token: str, role: Role | None) -> tuple[RoleSpec | None, frozenset[str] | None]:
    """Unpack what the page showed; without it, the role as it is now counts as shown.

    One that was altered, or is another role's, raises `signing.BadSignature`.
    """
    if not token:
        return None, None
    state = signing.loads(token, salt=SALT)
    if state["code"] != (role.code if role else ""):
        raise signing.BadSignature("The state is another role's.")
    fixed = frozenset(state.pop("fixed"))
    state["permissions"] = frozenset(state["permissions"])
    state["privileges"] = frozenset(state["privileges"])
    state["records"] = {
        module: {action: frozenset(scopes) for action, scopes in by_action.items()}
        for module, by_action in state["records"].items()
    }
    state["fields"] = {
        module: {name: FieldLevel.from_code(level) for name, level in by_field.items()}
        for module, by_field in state["fields"].items()
    }
    return RoleSpec(**state), fixed
