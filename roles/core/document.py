"""Policy files (interfaces, section 3): read strictly, written in stable bytes.

Every error is a `DocumentError` that names its place: a line and column where the text itself
cannot be read, else a path such as `roles[2].permissions[0]`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import DocumentError
from .forests import find_cycle
from .json_text import read_json, write_json
from .names import Shadows, key_of
from .reading import Part, show, suggest
from .role_reading import FieldsOf, RoleReader
from .specs import Catalogue, RoleSpec
from .vocabulary import CHAIN_MAX, EVERY_ACTION, OWNER_CODE

VERSION = 1
POLICY_KEYS = ("version", "roles")

_NEEDS_YAML = (
    "YAML needs PyYAML, which is not installed. Install the `yaml` extra "
    "(pip install 'django-roles-rbac[yaml]') or use a file that ends in .json."
)


def load_text(text: str, *, name: str = "") -> Any:
    """Parse the text of a policy file or policy test: JSON if `name` ends in .json, else YAML."""
    text = text.removeprefix("\ufeff")
    if name.lower().endswith(".json"):
        return read_json(text)
    try:
        from .yaml_text import read_yaml
    except ImportError as error:
        raise DocumentError("", _NEEDS_YAML) from error
    return read_yaml(text)


def to_yaml(document: Any) -> str:
    """Write a document as YAML; equal documents give equal text."""
    try:
        from .yaml_text import write_yaml
    except ImportError as error:
        raise DocumentError("", _NEEDS_YAML) from error
    return write_yaml(document)


def to_json(document: Any) -> str:
    """Write a document as indented JSON; equal documents give equal text."""
    return write_json(document)


def parse_policy(
    value: Any,
    *,
    catalogue: Catalogue,
    builtins: frozenset[str],
    allow_builtins: bool = True,
    lenient_privileges: bool = False,
    fields_of: FieldsOf | None = None,
    shadows: Shadows | None = None,
) -> tuple[RoleSpec, ...]:
    """Read a whole policy file, as `load_text` gives it; see `parse_roles`."""
    parts = Part(value).mapping(POLICY_KEYS, required=POLICY_KEYS)
    read_version(parts["version"])
    return parse_roles(
        parts["roles"].value,
        "roles",
        catalogue=catalogue,
        builtins=builtins,
        allow_builtins=allow_builtins,
        lenient_privileges=lenient_privileges,
        fields_of=fields_of,
        shadows=shadows,
    )


def read_version(part: Part) -> None:
    """Refuse a file of a form that this release does not read."""
    if part.whole(0, 2**31) != VERSION:
        part.refuse(f"Version {part.value} is not read here; this release reads {VERSION}.")


def parse_roles(
    value: Any,
    place: str,
    *,
    catalogue: Catalogue,
    builtins: frozenset[str],
    allow_builtins: bool,
    lenient_privileges: bool = False,
    fields_of: FieldsOf | None = None,
    shadows: Shadows | None = None,
) -> tuple[RoleSpec, ...]:
    """Read a list of roles and hold them against the catalogue and each other.

    `shadows` are the names that no privilege can take, those of the catalogue if left out; with
    `lenient_privileges` only their spelling is looked at. Without `fields_of` any field passes.
    """
    refused = Shadows() if lenient_privileges else shadows or catalogue.shadows()
    reader = RoleReader(catalogue, builtins, allow_builtins, refused, fields_of)
    items = Part(value, place).items()
    specs = tuple(reader.read(item) for item in items)
    _refuse_doubles(specs, items)
    _refuse_bases(specs, items, builtins)
    return specs


def _refuse_doubles(specs: Iterable[RoleSpec], items: Iterable[Part]) -> None:
    codes: dict[str, Part] = {}
    names: dict[str, Part] = {}
    for spec, item in zip(specs, items, strict=True):
        earlier = codes.setdefault(spec.code, item)
        if earlier is not item:
            item.at("code").refuse(
                f"The code {spec.code!r} is already that of {earlier.place}; choose another one."
            )
        earlier = names.setdefault(key_of(spec.name), item)
        if earlier is not item:
            item.at("name").refuse(
                f"The name {show(spec.name)} is already that of {earlier.place}, case and spaces "
                "aside; choose another one."
            )


def _refuse_bases(
    specs: Iterable[RoleSpec], items: Iterable[Part], builtins: frozenset[str]
) -> None:
    """Refuse a base that is not there, Owner as one, cycles and long chains (R3, R4)."""
    bases = {spec.code: spec.base for spec in specs}
    places = {spec.code: item.at("base") for spec, item in zip(specs, items, strict=True)}
    for code, base in bases.items():
        if base == OWNER_CODE:
            places[code].refuse("No role is based on Owner (R3); choose another base.")
        if base is not None and base not in bases and base not in builtins:
            places[code].refuse(
                f"The base {show(base)} is neither a built-in role nor a role of this file."
                f"{suggest(base, bases.keys() | builtins)}"
            )
    cycle = find_cycle(bases)
    if cycle:
        places[cycle[0]].refuse(
            f"The bases form a cycle, {' -> '.join((*cycle, cycle[0]))} (R4); give one of these "
            "roles another base or none."
        )
    for code in bases:
        length = _chain_length(code, bases)
        if length > CHAIN_MAX:
            places[code].refuse(
                f"The chain of {code!r} has {length} roles, and {CHAIN_MAX} are the most (R4); "
                "base it on a role nearer to the end."
            )


def _chain_length(code: str, bases: Mapping[str, str | None]) -> int:
    length = 0
    step: str | None = code
    while step is not None:
        length += 1
        step = bases.get(step)  # a built-in that is not in the file has no base
    return length


def written_part(spec: RoleSpec, catalogue: Catalogue) -> RoleSpec:
    """Leave out what a role keeps of modules and features that no app declares any more."""
    return spec.with_changes(
        permissions=spec.permissions & catalogue.permissions.keys(),
        records={m: said for m, said in spec.records.items() if m in catalogue.modules},
        fields={m: said for m, said in spec.fields.items() if m in catalogue.modules},
    )


def dump_role(spec: RoleSpec) -> dict[str, Any]:
    """Give a role in the shape of a policy file; what is empty is left out, except the level."""
    records = {m: _dump_scopes(spec.records[m]) for m in sorted(spec.records)}
    fields = {m: _dump_levels(spec.fields[m]) for m in sorted(spec.fields)}
    shape: dict[str, Any] = {
        "code": spec.code,
        "name": spec.name,
        "description": spec.description,
        "level": spec.level,
        "base": spec.base,
        "second_factor": spec.second_factor,
        "permissions": sorted(spec.permissions),
        "privileges": sorted(spec.privileges),
        "records": {module: scopes for module, scopes in records.items() if scopes},
        "fields": {module: levels for module, levels in fields.items() if levels},
    }
    return {key: value for key, value in shape.items() if value or key == "level"}


def dump_document(specs: Iterable[RoleSpec]) -> dict[str, Any]:
    """Give a whole policy file that `parse_policy` reads into the same roles, sorted by code."""
    return {
        "version": VERSION,
        "roles": [dump_role(spec) for spec in sorted(specs, key=lambda spec: spec.code)],
    }


def _dump_scopes(by_action: Mapping[str, frozenset[str]]) -> Any:
    # "*" sorts before every letter, so the rule stands before its exceptions.
    written = {a: _one_or_list(by_action[a]) for a in sorted(by_action) if by_action[a]}
    return written[EVERY_ACTION] if written.keys() == {EVERY_ACTION} else written


def _one_or_list(scopes: frozenset[str]) -> str | list[str]:
    ordered = sorted(scopes)
    return ordered[0] if len(ordered) == 1 else ordered


def _dump_levels(by_field: Mapping[str, Any]) -> dict[str, str]:
    return {name: by_field[name].code for name in sorted(by_field)}
