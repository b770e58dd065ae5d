"""What of one record a person may read and write: masks, kept apart by role (R10, R15-R17).

Everything here is said of the roles that *reach* the record for an action: which those are is
for the caller to find out, once per record. Two roles are never joined before the field is
asked about, so what no single role gives for a record, both together do not give.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .compile import CompiledRole
from .vocabulary import FieldLevel


@dataclass(frozen=True, slots=True)
class FieldMask:
    """The fields of one record that a person may read, and those that they may write.

    Whatever is in neither is to be treated as a name that does not exist (R23).
    """

    readable: frozenset[str] = frozenset()
    writable: frozenset[str] = frozenset()

    def level_of(self, field: str) -> FieldLevel:
        """Give the one level that says both; `hidden` for a field that does not exist (R21)."""
        if field not in self.readable:
            return FieldLevel.HIDDEN
        return FieldLevel.EDITABLE if field in self.writable else FieldLevel.READ_ONLY


NO_FIELDS = FieldMask()
"""What is read and written of a record that nobody reaches."""


def mask_of(
    module: str,
    fields: Iterable[str],
    *,
    viewing: Iterable[CompiledRole],
    editing: Iterable[CompiledRole],
) -> FieldMask:
    """Give the mask of a record that `viewing` reach for view and `editing` for edit (R16, R17).

    What is written must be readable too; that may come from another role (R15).
    """
    names = tuple(fields)
    readable = fields_at(FieldLevel.READ_ONLY, viewing, module, names)
    editable = fields_at(FieldLevel.EDITABLE, editing, module, names)
    return FieldMask(readable, readable & editable)


def fields_at(
    level: FieldLevel, roles: Iterable[CompiledRole], module: str, fields: Iterable[str]
) -> frozenset[str]:
    """Give the fields that at least one of `roles` has at `level` or above."""
    names, asked = tuple(fields), tuple(roles)
    return frozenset(
        name for name in names if any(role.level_of_field(module, name) >= level for role in asked)
    )


def fields_everywhere_at(
    level: FieldLevel, roles: Iterable[CompiledRole], module: str, fields: Iterable[str]
) -> frozenset[str]:
    """Give the fields that every one of `roles` has at `level` or above; none without roles."""
    asked = tuple(roles)
    return frozenset(
        name
        for name in fields
        if asked and all(role.level_of_field(module, name) >= level for role in asked)
    )
