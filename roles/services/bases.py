"""Change the base of several roles at once: what it would do, and doing it (R4, R25)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy, snapshots
from ..core.access import Access
from ..core.chains import find_chain_problem
from ..core.changes import RoleChanges
from ..core.compile import CompiledRole
from ..core.errors import Invalid, Refused
from ..core.impact import Mark, changed_modules, marks_between
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.role import chain_refusal
from ..models.versions import lock_policy, one_bump
from ..registry import registry
from .delegation import excesses_in_words, require
from .impact import names_of_fields
from .role import change_role
from .storing import fixed_in_system_roles

Marks = frozenset[Mark]


@dataclass(frozen=True, slots=True)
class Step:
    """What would happen to one role: what it gains and loses, or `because` of what nothing can."""

    role: Role
    because: str = ""
    stands: bool = False
    marks: Marks = frozenset()


@dataclass(frozen=True, slots=True)
class BasePlan:
    """What a change of base would do; `version` is the policy on which it was worked out."""

    version: int | None
    steps: tuple[Step, ...]
    along: tuple[tuple[str, Marks], ...] = ()
    people: int = 0

    @property
    def changed(self) -> list[Step]:
        """The roles that would change."""
        return [step for step in self.steps if not step.because and not step.stands]

    @property
    def refused(self) -> list[Step]:
        """The roles that cannot change."""
        return [step for step in self.steps if step.because]


@dataclass(slots=True)
class BaseOutcome:
    """What a change of base did: codes of the changed roles, and why others were skipped."""

    changed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def plan_bases(*, acting_user: Any, roles: Sequence[Role], base: str | None) -> BasePlan:
    """Work out what `change_bases` would do for this actor, role by role; reads only.

    Nobody is told by it what roles give to whom that is hidden (R23).
    """
    before = snapshots.load_policy()
    if base is not None and base not in before.roles:
        raise Invalid({"base": [_("There is no role “%s” to base these on.") % base]})
    bases = {code: spec.base for code, spec in before.roles.items()}
    reasons: dict[str, str] = {}
    wanted = dict(before.roles)
    shows = policy.reads_what_roles_give(acting_user)
    named = policy.policy_as_read(acting_user, before).roles[base].name if base else ""
    passes = policy.is_owner(acting_user)
    for role in _deepest_first(roles, before):
        why = _why_not(acting_user, role, base, bases, named)
        if not why and not passes:
            why = _beyond(acting_user, role, base, before)
        if why:
            reasons[role.code] = why
        elif bases[role.code] != base:
            bases[role.code] = base
            wanted[role.code] = wanted[role.code].with_changes(base=base)
    after = replace(before, version=None, roles=wanted, compiled={}, joined={})
    moved = {code for code, spec in wanted.items() if spec is not before.roles[code]}
    reached = _standing_on(moved, after)
    told = reached if shows else ()
    found = {code: difference_of(before.role(code), after.role(code)) for code in told}
    steps = (
        Step(
            role,
            because=reasons.get(role.code, ""),
            stands=bases.get(role.code) == base and role.code not in moved,
            marks=found.get(role.code, frozenset()),
        )
        for role in roles
    )
    along = [(code, marks) for code, marks in found.items() if marks and code not in moved]
    return BasePlan(before.version, tuple(steps), tuple(along), _holders_of(reached))


def difference_of(before: CompiledRole, after: CompiledRole) -> Marks:
    """Give what who holds only the one role would gain and lose if they held only the other.

    Both as if they had a second factor; that it is asked for, or no more, is a mark of its own.
    """
    modules = changed_modules(before, after, registry.catalogue)
    layers = (*before.chain, *after.chain)
    fields = {module.code: names_of_fields(module, layers) for module in modules}
    marks = marks_between(Access([before]), Access([after]), modules, fields)
    if before.second_factor == after.second_factor:
        return marks
    return marks | {("asks", "yes" if after.second_factor else "no")}


def change_bases(
    *,
    acting_user: Any,
    roles: Sequence[Role],
    base: str | None,
    skip_refused: bool = False,
    seen: int | None = None,
) -> BaseOutcome:
    """Base each of `roles` on `base`, or on none; each is checked as if it were the only one.

    Where one cannot be changed nothing is, unless `skip_refused` (R25); one that stands so
    already is not asked about. `seen` is the version of the policy on which the actor saw what
    it would do; on another one nothing is saved.
    """
    require(acting_user, "roles.edit")
    with transaction.atomic(), one_bump():
        lock_policy()
        require(policy.as_stored(acting_user), "roles.edit")
        now = snapshots.load_policy()
        if seen is not None and seen != now.version:
            raise Refused(
                _("Roles were changed meanwhile. Nothing was saved; look again at what it does.")
            )
        outcome = BaseOutcome()
        for role in _deepest_first(roles, now):
            if role.code not in now.roles or now.roles[role.code].base != base:
                _change_one(acting_user, role, base, outcome)
        if outcome.refused and not skip_refused:
            raise Refused(_not_all(outcome.refused, len(roles)))
    return outcome


def _change_one(acting_user: Any, role: Role, base: str | None, outcome: BaseOutcome) -> None:
    changes = RoleChanges(values={"base": (role.base.code if role.base else None, base)})
    try:
        with transaction.atomic():
            if change_role(acting_user=acting_user, role=role, changes=changes):
                outcome.changed.append(role.code)
    except (Invalid, Refused) as refusal:
        outcome.refused[role.code] = str(refusal)
    except Role.DoesNotExist:
        outcome.refused[role.code] = _gone(acting_user, role)


def _not_all(refused: dict[str, str], number: int) -> str:
    words = ngettext(
        "Nothing was saved: %(refused)d of %(number)d role cannot be changed. %(reasons)s",
        "Nothing was saved: %(refused)d of %(number)d roles cannot be changed. %(reasons)s",
        number,
    )
    reasons = " ".join(dict.fromkeys(refused.values()))
    return words % {"refused": len(refused), "number": number, "reasons": reasons}


def _deepest_first(roles: Iterable[Role], now: snapshots.Snapshot) -> list[Role]:
    """Order so that what stands on another chosen role leaves it first, and its chain shortens."""
    depths = {code: len(now.role(code).chain) for code in now.roles}
    return sorted(roles, key=lambda role: (-depths.get(role.code, 0), role.code))


def _standing_on(codes: set[str], now: snapshots.Snapshot) -> list[str]:
    """Give the roles `codes` and all that are based on them."""
    return [c for c in now.roles if any(layer.code in codes for layer in now.role(c).chain)]


def _why_not(
    actor: Any, role: Role, base: str | None, bases: dict[str, str | None], named: str
) -> str:
    """Say what the services would say; `bases` is as the steps before leave it."""
    if role.code not in bases:
        return _gone(actor, role)
    if bases[role.code] == base:
        return ""
    if role.is_system:
        return fixed_in_system_roles("base")
    problem = find_chain_problem(role=role.code, base=base, bases=bases, owner=OWNER_CODE)
    return chain_refusal(problem, named) if problem else ""


def _beyond(acting_user: Any, role: Role, base: str | None, now: snapshots.Snapshot) -> str:
    """Say in what the change of this one base goes beyond the actor (D3, D4, D6)."""
    spec = now.roles[role.code]
    if spec.base == base:
        return ""
    wanted = spec.with_changes(base=base)
    return excesses_in_words(policy.excess_of_role(acting_user, spec, wanted, stored=now))


def _gone(actor: Any, role: Role) -> str:
    return _("“%s” does not exist any more.") % policy.role_name(actor, role)


def _holders_of(codes: Iterable[str]) -> int:
    held = policy.current_assignments().filter(role__code__in=list(codes))
    return held.values("user_id").distinct().count()
