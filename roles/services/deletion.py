"""What deleting a role would do to who holds it and to the roles based on it (D9); reads only."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from .. import policy, snapshots
from ..core.chains import find_chain_problem
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.role import chain_refusal
from .bases import Marks, difference_of
from .delegation import why_not


@dataclass(frozen=True, slots=True)
class DeletionPlan:
    """What moving to another role means: for people who hold only this one, and by derived role."""

    people: Marks
    derived: tuple[tuple[str, Marks], ...]
    because: str = ""


def plan_deletion(*, role: Role, target: Role, asker: Any = None) -> DeletionPlan:
    """Compare what stands on `role` with what it would be on `target`.

    An `asker` to whom some of what roles give is hidden is told no more than what forbids it (R23).
    """
    before = snapshots.load_policy()
    own_base = before.roles[role.code].base
    moved = [spec for spec in before.roles.values() if spec.base == role.code]
    bases = {code: spec.base for code, spec in before.roles.items()}
    wanted = {code: spec for code, spec in before.roles.items() if code != role.code}
    because = ""
    for spec in moved:
        base = own_base if spec.code == target.code else target.code
        problem = find_chain_problem(role=spec.code, base=base, bases=bases, owner=OWNER_CODE)
        if problem and spec.code != target.code:
            because = chain_refusal(problem, policy.role_name(asker, target))
        wanted[spec.code] = spec.with_changes(base=base)
    if asker is not None and not policy.reads_what_roles_give(asker):
        return DeletionPlan(frozenset(), (), because)
    after = replace(before, version=None, roles=wanted, compiled={}, joined={})
    found = ((s.code, difference_of(before.role(s.code), after.role(s.code))) for s in moved)
    people = difference_of(before.role(role.code), after.role(target.code))
    return DeletionPlan(people=people, derived=tuple(found), because=because)


def targets_for(*, acting_user: Any, role: Role) -> tuple[frozenset[str], str]:
    """Give the roles to which `delete_role` would move what stands on the role (D9; D2-D6).

    Where nothing of it can be moved anywhere there is none, and the words say why.
    """
    now = snapshots.load_policy()
    held = policy.unended_assignments().filter(role=role)
    derived = [code for code, spec in now.roles.items() if spec.base == role.code]
    is_held = held.exists()
    why = (is_held and _why_not_people(acting_user, held)) or (
        derived and _why_not_roles(acting_user)
    )
    if why:
        return frozenset(), why
    found = set(now.roles) - {role.code, OWNER_CODE}
    if is_held:
        found &= policy.roles_to_give(acting_user)
    found = {code for code in found if not _chain_problem(now, role.code, code)}
    beyond = policy.excess_of_moving(acting_user, role.code, found, known=now)
    return frozenset(found - beyond.keys()), ""


def _why_not_people(actor: Any, held: Any) -> str:
    """Say why the people who hold it cannot be given another role, or give "" (D1-D3)."""
    if held.filter(user=actor.pk).exists():
        words = _("You hold this role yourself, and nobody changes their own roles (D2).")
        return f"{words} {_('Ask another Owner to delete it.')}"
    if policy.is_owner(actor):
        return ""
    people = get_user_model()._base_manager.filter(pk__in=held.values("user"))
    mine = policy.accessible(people, actor, "edit")
    if people.exclude(pk__in=mine.values("pk")).exists():
        beyond = _("Somebody who holds it is not yours to manage (D3). Ask an Owner.")
        return why_not(actor, "users.edit") or beyond
    return ""


def _why_not_roles(actor: Any) -> str:
    """Say why no role can be based on another one, or give "" (D1, R17)."""
    if why := why_not(actor, "roles.edit"):
        return why
    if "base" in policy.writable_of_roles(actor):
        return ""
    return _("Your roles do not let you change what roles are based on.")


def _chain_problem(now: snapshots.Snapshot, code: str, target: str) -> bool:
    """Tell whether one of the steps would make a cycle or too long a chain (R4)."""
    bases = {other: spec.base for other, spec in now.roles.items()}
    for spec in policy.steps_of_moving(now, code, target):
        if find_chain_problem(role=spec.code, base=spec.base, bases=bases, owner=OWNER_CODE):
            return True
        bases[spec.code] = spec.base
    return False
