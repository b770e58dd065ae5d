"""Create, change and delete roles, each change within section 6 (D1, D3, D4, D6, D8, D9)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy, signals
from ..core import clock
from ..core.changes import RoleChanges, apply, difference, flatten
from ..core.errors import Blocked, Conflict, Invalid, Refused
from ..core.names import normalise
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.versions import bump_policy, lock_policy, one_bump
from ..registry import registry
from . import audit
from .assignment import move_assignments
from .delegation import require, require_within
from .loading import read_role, write_rows
from .role_fields import require_base_in_view, require_role_fields
from .validation import validate

_FIXED_IN_SYSTEM_ROLES = ("name", "level", "base")


def create_role(*, acting_user: Any, wanted: RoleSpec, cloned_from: str = "") -> Role:
    """Make a role; its code is a slug of its name unless `wanted` brings a free one.

    `cloned_from` names the role whose values `wanted` began with, for the log (D10).
    """
    require(acting_user, "roles.create")
    wanted = _folded(wanted).with_changes(is_system=False)
    if wanted.code in registry.builtin_roles:
        raise Invalid({"code": [_("“%s” is the code of a system role.") % wanted.code]})
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        require(actor, "roles.create")
        require_base_in_view(actor, wanted.base)
        require_role_fields(actor, None, difference(RoleSpec(wanted.code, "", level=0), wanted))
        role = store_role(wanted)
        stored = wanted.with_changes(code=role.code)
        require_within(policy.excess_of_role(actor, None, stored))
        action = "role.cloned" if cloned_from else "role.created"
        source = [{"field": "cloned_from", "old": None, "new": cloned_from}] if cloned_from else []
        _log(acting_user, action, role, difference(_blank(wanted), wanted), source)
    return role


def change_role(
    *, acting_user: Any, role: Role, changes: RoleChanges, seen: RoleSpec | None = None
) -> RoleChanges:
    """Carry `changes` out on the role and touch nothing beside them.

    `seen` is the role as the actor saw it. If it changed since, nothing is saved and
    `Conflict` says what came between, so that nobody overwrites what they never saw.
    """
    require(acting_user, "roles.edit")
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        role = Role.objects.select_related("base").get(pk=role.pk)
        require(actor, "roles.edit", role)
        current = read_role(role)
        _require_unchanged(seen, current)
        after = _folded(apply(changes, current))
        made = difference(current, after)
        if made:
            _require_changeable(role, made)
            require_role_fields(actor, role, made)
            validate(after, made, role=role)
            require_within(policy.excess_of_role(actor, current, after))
            _store(role, after, made)
            _log(acting_user, "role.changed", role, made)
    return made


def problems_of(
    role: Role | None, current: RoleSpec, wanted: RoleSpec, *, asker: Any = None
) -> dict[str, list[str]]:
    """Say by field, "" for the whole, what a save of `wanted` would refuse; reads only.

    `current` is what the role stores, or what a new role begins with. Who asks is held to
    section 6; without an `asker` nobody is.
    """
    wanted = _folded(wanted)
    made = difference(current if role else _blank(wanted), wanted)
    try:
        if role is not None:
            _require_changeable(role, made)
        validate(wanted, made, role=role)
        if "base" in made.values and wanted.base:
            base = Role.objects.get(code=wanted.base)
            with _chain_in_words():
                Role(pk=role.pk if role else None, base=base).check_chain()
        if asker is not None and made:
            require_role_fields(asker, role, made)
            require_within(policy.excess_of_role(asker, current if role else None, wanted))
    except Invalid as invalid:
        return invalid.errors
    except Refused as refused:
        return {"": [str(refused)]}
    return {}


@dataclass(frozen=True, slots=True)
class Moved:
    """How many people, and how many roles based on it, went to another role (D9)."""

    people: int = 0
    roles: int = 0


def delete_role(*, acting_user: Any, role: Role, move_to: Role | None = None) -> Moved:
    """Delete a role (D8); who holds it and what is based on it moves to `move_to` first (D9)."""
    require(acting_user, "roles.delete")
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        role = Role.objects.select_related("base").get(pk=role.pk)
        _require_deletable(role)
        require(actor, "roles.delete", role)
        moved = Moved()
        if move_to is not None:
            moved = move_away(acting_user=acting_user, role=role, target=move_to)
        _require_unused(role)
        gone = difference(read_role(role), _blank_of(role))
        code = {"field": "code", "old": role.code, "new": None}
        _log(acting_user, "role.deleted", role, gone, [code])
        write_rows(role, gone)
        # What is left has ended; the log keeps that it was.
        role.assignments.all().delete()
        role.delete()
    return moved


def move_away(*, acting_user: Any, role: Role, target: Role) -> Moved:
    """Give `target` to everyone who holds `role`, and base on it what is based on `role`."""
    if target.pk == role.pk or target.code == OWNER_CODE:
        raise Invalid({"move_to": [_("Choose another role than this one, and not Owner (R3).")]})
    people = move_assignments(acting_user=acting_user, role=role, target=target)
    number = role.derived.count()
    for derived in role.derived.exclude(pk=target.pk).select_related("base"):
        change_role(
            acting_user=acting_user,
            role=derived,
            changes=RoleChanges(values={"base": (role.code, target.code)}),
        )
    if target.base_id == role.pk:
        changes = RoleChanges(values={"base": (role.code, role.base.code if role.base else None)})
        change_role(acting_user=acting_user, role=target, changes=changes)
    return Moved(people=people, roles=number)


def store_role(wanted: RoleSpec) -> Role:
    """Check and store a new role without asking who wants it; the callers above have asked."""
    wanted = _folded(wanted)
    validate(wanted, difference(_blank(wanted), wanted), role=None)
    if wanted.code and Role.objects.filter(code=wanted.code).exists():
        raise Invalid({"code": [_("A role with the code “%s” exists already.") % wanted.code]})
    return store_checked_role(wanted)


def store_checked_role(wanted: RoleSpec) -> Role:
    """Store a new role whose values were checked already."""
    role = Role(code=wanted.code, is_system=wanted.is_system)
    _store(role, wanted, difference(_blank(wanted), wanted))
    return role


def _folded(wanted: RoleSpec) -> RoleSpec:
    """Write the name and the privileges as they are stored: trimmed, and as R11 compares them."""
    privileges = frozenset(normalise(name) for name in wanted.privileges)
    return wanted.with_changes(name=wanted.name.strip(), privileges=privileges)


def _store(role: Role, after: RoleSpec, changes: RoleChanges) -> None:
    role.name, role.description, role.level = after.name, after.description, after.level
    role.second_factor = after.second_factor
    if "base" in changes.values:
        role.base = Role.objects.get(code=after.base) if after.base else None
    # What does not change is not written: without a new base there is no chain to look at.
    written = None if role.pk is None else {*changes.values, "changed_at"}
    with _chain_in_words():
        role.save(update_fields=written)
    write_rows(role, changes)
    bump_policy()


@contextmanager
def _chain_in_words() -> Iterator[None]:
    """Give what R3 and R4 forbid of a base as what can be mended at its field."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(error.message_dict) from error


def _require_unchanged(seen: RoleSpec | None, current: RoleSpec) -> None:
    if seen is None:
        return
    between = difference(seen, current)
    if between:
        message = _("Somebody else changed this role meanwhile. Nothing of yours is lost.")
        raise Conflict(message, between, current)


def _require_changeable(role: Role, changes: RoleChanges) -> None:
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


def _require_deletable(role: Role) -> None:
    if role.is_system:
        raise Refused(_("“%s” is a system role and cannot be deleted (D8).") % role.name)


def _require_unused(role: Role) -> None:
    holders = role.assignments.not_ended(clock.now()).count()
    derived = role.derived.count()
    if holders or derived:
        people = ngettext("%d person holds it", "%d people hold it", holders) % holders
        heirs = ngettext("%d role is based on it", "%d roles are based on it", derived) % derived
        words = _("“%(name)s” is in use: %(people)s, %(heirs)s. Move them to another role (D9).")
        raise Blocked(words % {"name": role.name, "people": people, "heirs": heirs})


def _log(
    acting_user: Any,
    action: str,
    role: Role,
    changes: RoleChanges,
    more: Sequence[Mapping[str, Any]] = (),
) -> None:
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


def _blank(wanted: RoleSpec) -> RoleSpec:
    return RoleSpec(code=wanted.code, name="", level=-1)


def _blank_of(role: Role) -> RoleSpec:
    return RoleSpec(code=role.code, name="", level=-1)
