"""Where a role's scopes and field levels come from: the layers that say them (R8, R10)."""

from .compile import CompiledRole
from .vocabulary import EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel


def scope_sources(role: CompiledRole, module: str, action: str) -> dict[str, tuple[str, ...]]:
    """Give each scope that the role has for (module, action) with the names of who says it."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(role.scopes_for(module, action), ())
    for layer in role.chain if not role.is_owner else ():
        by_action = layer.records.get(module, {})
        for scope in by_action.get(action) or by_action.get(EVERY_ACTION) or ():
            if scope in found:
                found[scope] += (layer.name,)
    return found


def level_sources(
    role: CompiledRole, module: str, field: str
) -> tuple[FieldLevel, tuple[str, ...]]:
    """Give the level that holds and the names of who sets it; none where nobody speaks (R10)."""
    level = role.level_of_field(module, field)
    names = []
    for layer in role.chain if not role.is_owner else ():
        by_field = layer.fields.get(module, {})
        if by_field.get(field, by_field.get(EVERY_FIELD)) == level:
            names.append(layer.name)
    return level, tuple(names)


def scopes_in_words(role: CompiledRole, module: str, action: str) -> str:
    """Name the scopes with their sources: `department (Manager), own (where nothing is set)`."""
    sources = scope_sources(role, module, action)
    return ", ".join(
        f"{scope} ({', '.join(names) or _unsaid(role, scope)})"
        for scope, names in sorted(sources.items())
    )


def level_in_words(role: CompiledRole, module: str, field: str) -> str:
    """Name the level with its sources: `hidden (Support Agent)`."""
    level, names = level_sources(role, module, field)
    unsaid = "holds everything" if role.is_owner else "no role of the chain sets it"
    return f"{level.code} ({', '.join(names) or unsaid})"


def _unsaid(role: CompiledRole, scope: str) -> str:
    return "where nothing is set" if scope == OWN and not role.is_owner else "holds everything"
