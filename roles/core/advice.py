"""Advice on roles: what is allowed, and seldom meant (section 7). It never refuses anything."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .compile import CompiledRole, Source
from .specs import NOTHING, Catalogue, RoleSpec
from .vocabulary import ALL, EVERY_ACTION, LEVEL_MAX, FieldLevel

AdviceCode = Literal[
    "without_view",
    "export_all",
    "required_unset",
    "low_admin",
    "highest_level",
    "no_description",
    "vague_name",
    "privilege_unheld",
    "role_unheld",
]

NEEDS_VIEW = ("create", "edit", "delete", "export")
"""Actions that without `view` beside them are hardly ever meant."""

ADMIN_MODULE = "admin"
ADMIN_LEVEL = 50

_VAGUE = re.compile(
    r"((a |my |new |test |untitled )?role|new|test|untitled|copy( of .*)?)[ _#-]*\d*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice and what it is about.

    `about` is the code of a cell, the name of a privilege, `name`, `description`, `level` or
    `role`; with `field`, it is the create cell of that field's module.
    """

    code: AdviceCode
    about: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What advice needs to know beside the role; what is `None` is not known and not judged.

    `required` names the fields that a new record of a module cannot do without, `is_held` tells
    whether somebody has the role or one based on it, `privileges` are those that somebody has,
    `shipped` is what a built-in role came with.
    """

    required: Mapping[str, Collection[str]] = field(default_factory=lambda: NOTHING)
    is_held: bool | None = None
    privileges: frozenset[str] | None = None
    shipped: RoleSpec | None = None


def advise(compiled: CompiledRole, catalogue: Catalogue, facts: Facts) -> list[Advice]:
    """Give the advice on a role, in the order of its page.

    Only what the role itself says is judged: what it inherits is advised on at its base. On a
    built-in role nothing is advised that nobody can act on: its name and level are fixed, it
    cannot be deleted, and Owner holds everything by design (R6, D8).
    """
    if compiled.is_owner:
        return []
    spec = compiled.chain[0]
    codes = [code for code in catalogue.permissions if code in compiled.permissions]
    return [
        *_on_identity(spec),
        *_on_level(spec, codes),
        *(a for code in codes for a in _on_cell(code, compiled, facts)),
        *_on_people(spec, facts),
    ]


def _on_identity(spec: RoleSpec) -> Iterator[Advice]:
    if not spec.is_system and spec.name and _VAGUE.fullmatch(spec.name.strip()):
        yield Advice("vague_name", "name")
    if not spec.description.strip():
        yield Advice("no_description", "description")


def _on_level(spec: RoleSpec, codes: Iterable[str]) -> Iterator[Advice]:
    if spec.level == LEVEL_MAX and not spec.is_system:
        yield Advice("highest_level", "level")
    if spec.level >= ADMIN_LEVEL:
        return
    for code in codes:
        if code.partition(".")[0] == ADMIN_MODULE:
            yield Advice("low_admin", code)


def _on_cell(code: str, compiled: CompiledRole, facts: Facts) -> Iterator[Advice]:
    module, _dot, action = code.partition(".")
    own = _is_own(compiled.permissions[code])
    if own and action in NEEDS_VIEW and f"{module}.view" not in compiled.permissions:
        yield Advice("without_view", code)
    if action == "export":
        sources = compiled.scope_sources(module, action).get(ALL)
        if sources is not None and (own or _is_own(sources)) and not _ships(code, facts.shipped):
            yield Advice("export_all", code)
    if action == "create":
        for name in sorted(facts.required.get(module, ())):
            source = compiled.field_source(module, name)
            hidden = compiled.level_of_field(module, name) < FieldLevel.EDITABLE
            if hidden and source is not None and (own or _is_own((source,))):
                yield Advice("required_unset", code, name)


def _is_own(sources: Collection[Source]) -> bool:
    return any(source.kind == "own" for source in sources)


def _ships(code: str, shipped: RoleSpec | None) -> bool:
    """Tell whether a built-in role came with the export of all records."""
    if shipped is None or code not in shipped.permissions:
        return False
    module, _dot, action = code.partition(".")
    by_action = shipped.records.get(module, {})
    return ALL in (by_action.get(action) or by_action.get(EVERY_ACTION) or ())


def _on_people(spec: RoleSpec, facts: Facts) -> Iterator[Advice]:
    if facts.privileges is not None:
        for name in sorted(spec.privileges - facts.privileges):
            yield Advice("privilege_unheld", name)
    if facts.is_held is False and not spec.is_system:
        yield Advice("role_unheld", "role")
