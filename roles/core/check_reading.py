"""Read the checks of a policy test: each is of exactly one form."""

from dataclasses import dataclass
from typing import Any

from .reading import Part
from .specs import Catalogue
from .world_reading import World, read_values
from .world_specs import Check, Expected

_FORMS = {
    "permission": ("record",),
    "read": ("record",),
    "write": ("record",),
    "create": ("values",),
    "list": ("action",),
}
"""The key that makes the form of a check -> the keys that it may have beside."""

_EVERY_CHECK = ("user", "expect")
_KEYS = (*_EVERY_CHECK, *_FORMS, "record", "values", "action")


@dataclass(frozen=True, slots=True)
class CheckReader:
    """What a check is held against: its users, records and modules must exist."""

    world: World
    catalogue: Catalogue

    def read(self, part: Part) -> Check:
        """Read one check; a permission or field need not exist, it is answered `false`."""
        parts = part.mapping(_KEYS, required=("user",))
        form = _form_of(part, parts)
        user = parts["user"]
        return Check(
            user=None if user.value is None else user.one_of(self.world.users, "user"),
            expect=self._expect(parts.get("expect"), form),
            raw=part.value,
            **self._question(form, parts, part),
        )

    def _question(self, form: str, parts: dict[str, Part], part: Part) -> dict[str, Any]:
        if form in ("create", "list"):
            return self._question_of_module(form, parts)
        if form in ("read", "write"):
            if "record" not in parts:
                part.refuse(f"A {form} check is on a record; add the key `record`.")
            return {"kind": form, "field": parts[form].text(), "record": self._record(parts)}
        if "record" in parts:
            permission = parts[form].text()
            return {"kind": "record", "permission": permission, "record": self._record(parts)}
        return {"kind": form, "permission": parts[form].text()}

    def _question_of_module(self, form: str, parts: dict[str, Part]) -> dict[str, Any]:
        module = parts[form].one_of(self.catalogue.modules, "module")
        if form == "list":
            return {"kind": form, "module": module, "action": _action(parts.get("action"))}
        return {"kind": form, "module": module, "values": self._values(parts.get("values"))}

    def _record(self, parts: dict[str, Part]) -> str:
        return parts["record"].one_of(self.world.records, "record")

    def _values(self, part: Part | None) -> dict[str, object]:
        if part is None:
            return {}
        owner = part.entries().get("owner")
        if owner is not None and owner.value is not None:
            owner.one_of(self.world.users, "user")
        return read_values(part)

    def _expect(self, part: Part | None, form: str) -> Expected:
        if part is None:
            return None
        if form == "list":
            return part.distinct(item.one_of(self.world.records, "record") for item in part.items())
        return part.flag()


def _form_of(part: Part, parts: dict[str, Part]) -> str:
    forms = [form for form in _FORMS if form in parts]
    if len(forms) != 1:
        found = f"it has {' and '.join(forms)}" if forms else "it has none"
        part.refuse(f"A check has exactly one of the keys {', '.join(_FORMS)}; {found}.")
    form = forms[0]
    for key, at in parts.items():
        if key not in (*_EVERY_CHECK, form, *_FORMS[form]):
            at.refuse(f"The key {key!r} does not belong to a {form} check; remove it.")
    return form


def _action(part: Part | None) -> str:
    return "view" if part is None else part.text()
