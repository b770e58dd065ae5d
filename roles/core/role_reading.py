"""Read one role of a policy file into a `RoleSpec`, each grant held against the catalogue."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .names import (
    DESCRIPTION_MAX,
    NAME_MAX,
    PRIVILEGES_MAX,
    NameProblem,
    Shadows,
    find_problem,
    normalise,
)
from .reading import Part, listed, show, suggest
from .specs import Catalogue, Module, RoleSpec
from .vocabulary import (
    ACTIONS,
    EVERY_ACTION,
    EVERY_FIELD,
    LEVEL_MAX,
    LEVEL_MIN,
    FieldLevel,
)

ROLE_KEYS = (
    "code",
    "name",
    "description",
    "level",
    "base",
    "second_factor",
    "permissions",
    "privileges",
    "records",
    "fields",
)
"""The keys of a role in a policy file, in the order in which they are written."""

LEVELS = tuple(level.code for level in FieldLevel)

FieldsOf = Callable[[str], frozenset[str]]
"""Gives the names of the fields of a module that a role may name."""


@dataclass(frozen=True, slots=True)
class RoleReader:
    """What a role of a file is held against.

    `shadows` are the names that no privilege can take; `fields_of` says which fields a module
    has, and without it any name passes.
    """

    catalogue: Catalogue
    builtins: frozenset[str]
    allow_builtins: bool
    shadows: Shadows
    fields_of: FieldsOf | None = None

    def read(self, part: Part) -> RoleSpec:
        """Read a role by itself; what it owes to the others of the file is not looked at."""
        parts = part.mapping(ROLE_KEYS, required=("code", "name"))
        found = {key: parts.get(key, Part(default)) for key, default in _DEFAULTS.items()}
        code = self._code(parts["code"])
        return RoleSpec(
            code=code,
            name=parts["name"].line(NAME_MAX),
            level=found["level"].whole(LEVEL_MIN, LEVEL_MAX),
            description=self._description(found["description"]),
            base=self._base(found["base"], code),
            second_factor=found["second_factor"].flag(),
            permissions=frozenset(self._permission(item) for item in found["permissions"].items()),
            privileges=self._privileges(found["privileges"]),
            records=self._records(found["records"]),
            fields=self._fields(found["fields"]),
            is_system=code in self.builtins,
        )

    def _code(self, part: Part) -> str:
        code = part.line(NAME_MAX)
        if not is_slug(code) or code != part.value:
            part.refuse(
                f"{show(part.value)} is no code. A code is of lower-case letters and digits, "
                "with single - or _ between them, such as 'sales-rep'."
            )
        if code in self.builtins and not self.allow_builtins:
            part.refuse(f"{code!r} is the code of a built-in role; choose another one.")
        return code

    def _base(self, part: Part, code: str) -> str | None:
        if part.value is None:
            return None
        if code in self.builtins:
            part.refuse(
                f"The built-in role {code!r} keeps its place without a base (D8); remove the key."
            )
        return part.text()

    def _permission(self, part: Part) -> str:
        code = part.text()
        if code in self.catalogue.permissions:
            return code
        part.refuse(self._why_no_permission(code))

    def _why_no_permission(self, code: str) -> str:
        module_code, _, action = code.rpartition(".")
        module = self.catalogue.modules.get(module_code)
        if module is not None and action in ACTIONS:
            return _does_not_apply(action, module)
        way_out = suggest(code, self.catalogue.permissions) or (
            " A name of your own belongs under `privileges`."
        )
        if module is not None:
            return f"The module {module_code!r} has no action {show(action)}.{way_out}"
        if module_code:
            return f"There is no module {show(module_code)}, so no {show(code)}.{way_out}"
        return f"There is no permission {show(code)}.{way_out}"

    def _description(self, part: Part) -> str:
        return "" if part.value is None else part.text(DESCRIPTION_MAX)

    def _privileges(self, part: Part) -> frozenset[str]:
        names = frozenset(self._privilege(item) for item in part.items())
        if len(names) > PRIVILEGES_MAX:
            part.refuse(
                f"These are {len(names)} privileges; a role names at most {PRIVILEGES_MAX} itself. "
                "Put the rest into a role that this one is based on."
            )
        return names

    def _privilege(self, part: Part) -> str:
        name = normalise(part.text())
        problem = find_problem(name, self.shadows)
        if problem is not None:
            part.refuse(_why_no_privilege(problem))
        return name

    def _module(self, part: Part, code: str) -> Module:
        known = self.catalogue.modules
        if code not in known:
            part.refuse(f"There is no module {show(code)}.{suggest(code, known)}")
        return known[code]

    def _records(self, part: Part) -> dict[str, dict[str, frozenset[str]]]:
        found = {}
        for code, given in part.entries().items():
            module = self._module(given, code)
            if not module.has_record_access:
                given.refuse(
                    f"The module {code!r} has no record access, its records lie open to every role "
                    "that gives the action (R9); remove it here."
                )
            by_action = self._by_action(given, module)
            if by_action:
                found[code] = by_action
        return found

    def _by_action(self, part: Part, module: Module) -> dict[str, frozenset[str]]:
        if not isinstance(part.value, Mapping):
            return {EVERY_ACTION: self._scopes(part)}
        found = {}
        for action, given in part.entries().items():
            if action in ACTIONS and action not in module.actions:
                given.refuse(_does_not_apply(action, module))
            if action not in ACTIONS and action != EVERY_ACTION:
                given.refuse(
                    f"There is no action {show(action)}.{suggest(action, module.actions)} "
                    f"Those of {module.code!r} are {', '.join(module.actions)}, and "
                    f"'{EVERY_ACTION}' for the rest."
                )
            found[action] = self._scopes(given)
        return found

    def _scopes(self, part: Part) -> frozenset[str]:
        if isinstance(part.value, str):
            return frozenset({part.one_of(self.catalogue.scopes, "scope")})
        if not isinstance(part.value, list | tuple):
            part.refuse(f"This must be a scope or a list of scopes, not {show(part.value)}.")
        given = part.items()
        if not given:
            part.refuse("An empty list of scopes says nothing; name a scope or remove the key.")
        return frozenset(item.one_of(self.catalogue.scopes, "scope") for item in given)

    def _fields(self, part: Part) -> dict[str, dict[str, FieldLevel]]:
        found = {}
        for code, given in part.entries().items():
            module = self._module(given, code)
            by_field = {name: self._level(module, name, at) for name, at in given.entries().items()}
            if by_field:
                found[code] = by_field
        return found

    def _level(self, module: Module, name: str, part: Part) -> FieldLevel:
        if name != EVERY_FIELD and self.fields_of is not None:
            known = self.fields_of(module.code)
            if name not in known:
                part.refuse(
                    f"The module {module.code!r} has no field {show(name)} that a role can govern."
                    f"{suggest(name, known)}{listed(known)}"
                )
        return FieldLevel.from_code(part.one_of(LEVELS, "field level"))


_DEFAULTS = {
    "level": LEVEL_MIN,
    "description": "",
    "base": None,
    "second_factor": False,
    "permissions": (),
    "privileges": (),
    "records": {},
    "fields": {},
}


def is_slug(text: str) -> bool:
    """Tell whether `text` has the form of a role's code, in any script that has lower case."""
    if text != text.lower() or text != unicodedata.normalize("NFKC", text):
        return False
    parts = text.replace("_", "-").split("-")
    return all(part and all(_is_letter_or_digit(char) for char in part) for part in parts)


def _is_letter_or_digit(char: str) -> bool:
    return unicodedata.category(char)[0] == "L" or char.isdecimal()


def _does_not_apply(action: str, module: Module) -> str:
    return (
        f"The action {action!r} does not apply to the module {module.code!r}; "
        f"those that do are {', '.join(module.actions)}."
    )


def _why_no_privilege(problem: NameProblem) -> str:
    name = show(problem.name)
    return {
        "empty": "This name is empty; give it at least one character.",
        "long": f"{name} has {len(problem.name)} characters; shorten it to at most {NAME_MAX}.",
        "character": f"{name} has the character {problem.detail!r}; use letters, digits and . _ - :"
        " only.",
        "scripts": f"{name} mixes letters of several scripts ({problem.detail}); use one of them.",
        "system": f"{name} is a system permission, so this privilege would give nothing (R11). Put"
        " it under `permissions` or choose another name.",
        "django": f"{name} is a permission of Django, so this privilege would give nothing (R11)."
        " Choose another name.",
    }[problem.code]
