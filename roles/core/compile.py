"""Compile a chain of roles into what it gives, each cell keeping where it came from (R4-R11)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .names import Shadows
from .specs import Catalogue, RoleSpec
from .vocabulary import (
    ALL,
    CHAIN_MAX,
    EVERY_ACTION,
    EVERY_FIELD,
    OWN,
    OWNER_CODE,
    FieldLevel,
)

SourceKind = Literal["own", "inherited", "implied", "owner"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a cell comes from: the role that says it, and the permission that implies it."""

    kind: SourceKind
    role: str
    role_name: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a compilation needs beside the roles: the catalogue as it stands right now."""

    catalogue: Catalogue
    shadows: Shadows
    disabled: frozenset[str] = frozenset()
    named_privileges: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CompiledRole:
    """What a role gives with its whole chain; `chain` is itself first, its last base last."""

    code: str
    name: str
    level: int
    chain: tuple[RoleSpec, ...]
    permissions: Mapping[str, tuple[Source, ...]]
    privileges: Mapping[str, tuple[Source, ...]]
    known_scopes: frozenset[str]

    @property
    def is_owner(self) -> bool:
        """Whether this is the role that gives everything (R6)."""
        return self.code == OWNER_CODE

    @property
    def second_factor(self) -> bool:
        """Whether a layer of the chain asks for a second factor: none above takes it away (R4)."""
        return any(layer.second_factor for layer in self.chain)

    def stands_on(self, code: str) -> bool:
        """Whether `code` is this role or one of its bases, so that its change reaches this one."""
        return any(layer.code == code for layer in self.chain)

    def scopes_for(self, module: str, action: str) -> frozenset[str]:
        """Give the union of its layers' scopes for (module, action); `own` if empty (R8)."""
        if self.is_owner:
            return frozenset({ALL})
        layers = (_layer_scopes(layer, module, action) for layer in self.chain)
        return (frozenset().union(*layers) & self.known_scopes) or frozenset({OWN})

    def scope_sources(self, module: str, action: str) -> dict[str, tuple[Source, ...]]:
        """Give the scopes of `scopes_for`, each with the layers that bring it, nearest first.

        `own` that stands because no layer says anything has no source (R8).
        """
        if self.is_owner:
            return {ALL: (self._owner_source,)}
        found: dict[str, tuple[Source, ...]] = {}
        for depth, layer in enumerate(self.chain):
            for scope in _layer_scopes(layer, module, action) & self.known_scopes:
                found[scope] = (*found.get(scope, ()), _source_at(depth, layer))
        return found or {OWN: ()}

    def level_of_field(self, module: str, field: str) -> FieldLevel:
        """Give the most permissive level that any layer sets; `editable` if none does (R10)."""
        if self.is_owner:
            return FieldLevel.EDITABLE
        levels = (_layer_level(layer, module, field) for layer in self.chain)
        return max((level for level in levels if level is not None), default=FieldLevel.EDITABLE)

    def levels_of_fields(self, module: str, names: Collection[str]) -> dict[str, FieldLevel]:
        """Give `level_of_field` of each of these; most modules have no layer that says anything."""
        layers = [by_field for one in self.chain if (by_field := one.fields.get(module))]
        if not layers or self.is_owner:
            return dict.fromkeys(names, FieldLevel.EDITABLE)
        said = [(by_field, by_field.get(EVERY_FIELD)) for by_field in layers]
        found = {}
        for name in names:
            levels = [by_field.get(name, others) for by_field, others in said]
            set_ones = [level for level in levels if level is not None]
            found[name] = max(set_ones) if set_ones else FieldLevel.EDITABLE
        return found

    def field_source(self, module: str, field: str) -> Source | None:
        """Give the layer whose level holds, the nearest of several; `None` if none sets one."""
        if self.is_owner:
            return self._owner_source
        holding = self.level_of_field(module, field)
        for depth, layer in enumerate(self.chain):
            if _layer_level(layer, module, field) == holding:
                return _source_at(depth, layer)
        return None

    @property
    def _owner_source(self) -> Source:
        return Source("owner", self.code, self.name)


def _layer_scopes(layer: RoleSpec, module: str, action: str) -> frozenset[str]:
    """Give one layer's scopes for the action if it has any, else those for the module (R8)."""
    by_action = layer.records.get(module, {})
    return by_action.get(action) or by_action.get(EVERY_ACTION) or frozenset()


def _layer_level(layer: RoleSpec, module: str, field: str) -> FieldLevel | None:
    """Give the level one layer sets for the field, by name or by `*` (R10)."""
    by_field = layer.fields.get(module, {})
    return by_field.get(field, by_field.get(EVERY_FIELD))


def _source_at(depth: int, layer: RoleSpec) -> Source:
    return Source("inherited" if depth else "own", layer.code, layer.name)


def chain_of(code: str, roles: Mapping[str, RoleSpec]) -> tuple[RoleSpec, ...]:
    """Follow the bases of the role `code`; stop at a cycle, a gap or the 16th layer (R4).

    The database refuses cycles and longer chains; whatever gets past it gives nothing more.
    """
    chain: list[RoleSpec] = []
    next_code: str | None = code
    while next_code is not None and next_code in roles and len(chain) < CHAIN_MAX:
        layer = roles[next_code]
        if layer in chain:
            break
        chain.append(layer)
        next_code = layer.base
    return tuple(chain)


def compile_role(code: str, roles: Mapping[str, RoleSpec], rules: Rules) -> CompiledRole:
    """Compile the role `code` with all its bases."""
    chain = chain_of(code, roles)
    own = chain[0]
    owner = code == OWNER_CODE
    return CompiledRole(
        code=code,
        name=own.name,
        level=own.level,
        chain=chain,
        permissions=_owner_permissions(own, rules) if owner else _permissions(chain, rules),
        privileges=_owner_privileges(own, rules) if owner else _privileges(chain, rules),
        known_scopes=rules.catalogue.scopes,
    )


def implied_by(
    given: frozenset[str], enabled: frozenset[str], catalogue: Catalogue
) -> dict[str, str]:
    """Give what `given` implies beyond itself, each code with the one it follows from (R5).

    What is not `enabled` neither follows nor leads further (R7, R21).
    """
    found: dict[str, str] = {}
    waiting = sorted(given & enabled & catalogue.implied.keys())
    while waiting:
        code = waiting.pop(0)
        for implied in catalogue.implied.get(code, ()):
            if implied in enabled and implied not in given and implied not in found:
                found[implied] = code
                waiting.append(implied)
    return found


def _permissions(chain: Sequence[RoleSpec], rules: Rules) -> dict[str, tuple[Source, ...]]:
    enabled = rules.catalogue.enabled_permissions(rules.disabled)
    found: dict[str, list[Source]] = {}
    for depth, layer in enumerate(chain):
        granted = layer.permissions & enabled
        source = _source_at(depth, layer)
        for code in granted:
            found.setdefault(code, []).append(source)
        for code, by in implied_by(granted, enabled, rules.catalogue).items():
            found.setdefault(code, []).append(Source("implied", layer.code, layer.name, by))
    return {code: tuple(sources) for code, sources in found.items()}


def _privileges(chain: Sequence[RoleSpec], rules: Rules) -> dict[str, tuple[Source, ...]]:
    found: dict[str, list[Source]] = {}
    for depth, layer in enumerate(chain):
        source = _source_at(depth, layer)
        for name in layer.privileges:
            if name not in rules.shadows:
                found.setdefault(name, []).append(source)
    return {name: tuple(sources) for name, sources in found.items()}


def _owner_permissions(own: RoleSpec, rules: Rules) -> dict[str, tuple[Source, ...]]:
    """Give every permission of every enabled module, later ones included (R6, R7)."""
    source = (Source("owner", own.code, own.name),)
    return dict.fromkeys(rules.catalogue.enabled_permissions(rules.disabled), source)


def _owner_privileges(own: RoleSpec, rules: Rules) -> dict[str, tuple[Source, ...]]:
    """Give every privilege that some role names and nothing shadows (R6, R20)."""
    source = (Source("owner", own.code, own.name),)
    return {name: source for name in rules.named_privileges if name not in rules.shadows}
