"""What deleting a role would do to who holds it and to the roles based on it (D9); reads only."""

from dataclasses import dataclass, replace
from typing import Any

from .. import policy, snapshots
from ..core.chains import find_chain_problem
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.role import chain_refusal
from .bases import Marks, difference_of


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
