"""Create, change and delete roles, each change within section 6 (D1, D3, D4, D6, D8, D9)."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .. import policy
from ..core import clock
from ..core.changes import RoleChanges, apply, difference
from ..core.errors import Blocked, Conflict, Invalid, Refused
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.versions import lock_policy, one_bump
from .assignment import move_assignments
from .delegation import require, require_within
from .loading import read_role
from .role_fields import require_base_in_view, require_role_fields
from .storing import (
    blank,
    chain_in_words,
    folded,
    in_use,
    log,
    remove,
    require_changeable,
    require_free_code,
    store,
    store_role,
)
from .validation import validate


def create_role(*, acting_user: Any, wanted: RoleSpec, cloned_from: str = "") -> Role:
    """Make a role; its code is a slug of its name unless `wanted` brings a free one.

    `cloned_from` names the role whose values `wanted` began with, for the log (D10).
    """
    require(acting_user, "roles.create")
    wanted = folded(wanted).with_changes(is_system=False)
    require_free_code(wanted.code)
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        require(actor, "roles.create")
        require_base_in_view(actor, wanted.base)
        require_role_fields(actor, None, difference(RoleSpec(wanted.code, "", level=0), wanted))
        role = store_role(wanted, actor)
        stored = wanted.with_changes(code=role.code)
        require_within(policy.excess_of_role(actor, None, stored))
        action = "role.cloned" if cloned_from else "role.created"
        source = [{"field": "cloned_from", "old": None, "new": cloned_from}] if cloned_from else []
        made = difference(blank(wanted.code), wanted)
        log(acting_user=acting_user, action=action, role=role, changes=made, more=source)
    return role


def change_role(
    *, acting_user: Any, role: Role, changes: RoleChanges, seen: RoleSpec | None = None
) -> RoleChanges:
    """Carry `changes` out on the role and touch nothing beside them.

    `seen` is the role as the actor may read it, and saw it. If it changed since, nothing is saved
    and `Conflict` says what came between, so that nobody overwrites what they never saw.
    """
    require(acting_user, "roles.edit")
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        role = Role.objects.select_related("base").get(pk=role.pk)
        require(actor, "roles.edit", role)
        current = read_role(role)
        _require_unchanged(seen, policy.role_as_read(actor, role, current))
        after = folded(apply(changes, current))
        made = difference(current, after)
        if made:
            require_changeable(role, made)
            require_role_fields(actor, role, made)
            validate(after, made, role=role)
            require_within(policy.excess_of_role(actor, current, after))
            store(role, after, made, actor)
            log(acting_user=acting_user, action="role.changed", role=role, changes=made)
    return made


def problems_of(
    role: Role | None, current: RoleSpec, wanted: RoleSpec, *, asker: Any = None
) -> dict[str, list[str]]:
    """Say by field, "" for the whole, what a save of `wanted` would refuse; reads only.

    `current` is what the role stores, or what a new role begins with. Who asks is held to
    section 6; without an `asker` nobody is.
    """
    wanted = folded(wanted)
    made = difference(current if role else blank(wanted.code), wanted)
    try:
        if role is not None:
            require_changeable(role, made)
        validate(wanted, made, role=role)
        if "base" in made.values and wanted.base:
            base = Role.objects.get(code=wanted.base)
            with chain_in_words(asker, base):
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
        _require_deletable(actor, role)
        require(actor, "roles.delete", role)
        moved = Moved()
        if move_to is not None:
            moved = move_away(acting_user=acting_user, role=role, target=move_to)
        _require_unused(actor, role)
        remove(acting_user=acting_user, role=role, stored=read_role(role))
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


def _require_unchanged(seen: RoleSpec | None, current: RoleSpec) -> None:
    if seen is None:
        return
    between = difference(seen, current)
    if between:
        message = _("Somebody else changed this role meanwhile. Nothing of yours is lost.")
        raise Conflict(message, between, current)


def _require_deletable(actor: Any, role: Role) -> None:
    if role.is_system:
        words = _("“%s” is a system role and cannot be deleted (D8).")
        raise Refused(words % policy.role_name(actor, role))


def _require_unused(actor: Any, role: Role) -> None:
    holders = role.assignments.not_ended(clock.now()).count()
    derived = role.derived.count()
    name, tells = policy.role_name(actor, role), "base" in policy.readable_of_roles(actor)
    if because := in_use(name, holders=holders, derived=derived, tells_derived=tells):
        raise Blocked(because)
