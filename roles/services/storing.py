"""Store roles and write into the log what became of them; whether somebody may is asked before."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy, signals
from ..core.changes import RoleChanges, difference, flatten
from ..core.errors import Invalid, Refused
from ..core.names import normalise
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.role import chain_refusal
from ..models.versions import bump_policy
from ..registry import registry
from . import audit
from .loading import write_rows
from .validation import validate

_FIXED_IN_SYSTEM_ROLES = ("name", "level", "base")


def store_role(wanted: RoleSpec, reader: Any = None) -> Role:
    """Check and store a new role without asking who wants it; the callers above have asked.

    What is wrong is told as far as `reader` may read it.
    """
    wanted = folded(wanted)
    validate(wanted, difference(blank(wanted.code), wanted), role=None)
    if wanted.code and Role.objects.filter(code=wanted.code).exists():
        raise Invalid({"code": [_("A role with the code “%s” exists already.") % wanted.code]})
    return store_checked_role(wanted, reader)


def store_checked_role(wanted: RoleSpec, reader: Any = None) -> Role:
    """Store a new role whose values were checked already."""
    role = Role(code=wanted.code, is_system=wanted.is_system)
    store(role, wanted, difference(blank(wanted.code), wanted), reader)
    return role


def folded(wanted: RoleSpec) -> RoleSpec:
    """Write the name and the privileges as they are stored: trimmed, and as R11 compares them."""
    privileges = frozenset(normalise(name) for name in wanted.privileges)
    return wanted.with_changes(name=wanted.name.strip(), privileges=privileges)


def store(role: Role, after: RoleSpec, changes: RoleChanges, reader: Any = None) -> None:
    """Write what `changes` names of a role that becomes `after`."""
    role.name, role.description, role.level = after.name, after.description, after.level
    role.second_factor = after.second_factor
    if "base" in changes.values:
        role.base = Role.objects.get(code=after.base) if after.base else None
    # What does not change is not written: without a new base there is no chain to look at.
    written = None if role.pk is None else {*changes.values, "changed_at"}
    with chain_in_words(reader, role.base):
        role.save(update_fields=written)
    write_rows(role, changes)
    bump_policy()


@contextmanager
def chain_in_words(reader: Any, base: Role | None) -> Iterator[None]:
    """Give what R3 and R4 forbid of a base as what can be mended at its field."""
    try:
        yield
    except ValidationError as error:
        problems: list[Any] = [one.code for one in error.error_dict["base"]]
        named = policy.role_name(reader, base) if base else ""
        raise Invalid({"base": [chain_refusal(p, named) for p in problems]}) from error


def remove(*, acting_user: Any, role: Role, stored: RoleSpec) -> None:
    """Delete a role that nobody holds and nothing stands on; the log keeps what it was."""
    gone = difference(stored, blank(role.code))
    code = {"field": "code", "old": role.code, "new": None}
    log(acting_user=acting_user, action="role.deleted", role=role, changes=gone, more=[code])
    write_rows(role, gone)
    # What is left has ended; the log keeps that it was.
    role.assignments.all().delete()
    role.delete()


# What nobody may, whoever asks


def require_free_code(code: str) -> None:
    """Refuse to make a role with a built-in one's code (D8)."""
    if code in registry.builtin_roles:
        raise Invalid({"code": [_("“%s” is the code of a system role.") % code]})


def require_changeable(role: Role, changes: RoleChanges) -> None:
    """Refuse what nobody changes of Owner and of the other built-in roles (D8)."""
    if role.code == OWNER_CODE and replace(changes, values={}):
        raise Refused(_("Owner holds everything, always; its grants cannot change (D8)."))
    if not role.is_system:
        return
    fixed = {
        name: fixed_in_system_roles(name)
        for name in _FIXED_IN_SYSTEM_ROLES
        if name in changes.values
    }
    if fixed:
        raise Invalid({name: [message] for name, message in fixed.items()})


def fixed_in_system_roles(name: str) -> str:
    """Say that no system role changes its `name`, `level` or `base`, and the way out (D8)."""
    words = {
        "name": _("A system role keeps its name (D8). Clone it to have one of your own."),
        "level": _("A system role keeps its level (D8). Clone it to have one of your own."),
        "base": _("A system role is based on no other (D8). Clone it to have one of your own."),
    }
    return words[name]


def in_use(name: str, *, holders: int, derived: int, tells_derived: bool = True) -> str:
    """Say that a role is in use, by how many, and the way out, or give "" (D9)."""
    if not holders and not derived:
        return ""
    if not tells_derived:
        return _("“%s” is in use. Move what stands on it to another role (D9).") % name
    people = ngettext("%d person holds it", "%d people hold it", holders) % holders
    heirs = ngettext("%d role is based on it", "%d roles are based on it", derived) % derived
    words = _("“%(name)s” is in use: %(people)s, %(heirs)s. Move them to another role (D9).")
    return words % {"name": name, "people": people, "heirs": heirs}


# The log


def log(
    *,
    acting_user: Any,
    action: str,
    role: Role,
    changes: RoleChanges,
    more: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write what became of a role into the log, and announce it once that is certain (D13)."""
    audit.record(
        acting_user=acting_user,
        action=action,
        subject=role,
        changes=[*more, *flatten(changes)],
        is_field_change=action == "role.changed",
    )
    code = role.code
    transaction.on_commit(
        lambda: signals.role_changed.send(
            sender=Role, role_code=code, action=action, acting_user=acting_user
        )
    )


def blank(code: str) -> RoleSpec:
    """Give what a role is before it is made, and after it is gone."""
    return RoleSpec(code=code, name="", level=-1)
