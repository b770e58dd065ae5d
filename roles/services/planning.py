"""What bringing the roles in line with a policy file would do, and what forbids it to everybody."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from .. import policy, snapshots
from ..core.chains import find_chain_problems
from ..core.changes import RoleChanges, apply, difference
from ..core.document import written_part
from ..core.errors import Invalid, Refused
from ..core.impact import Impact
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.role import chain_refusal, stored_key
from ..registry import registry
from ..snapshots import Snapshot
from .impact import impact_between
from .loading import read_roles
from .storing import blank, folded, in_use, require_changeable, require_free_code
from .validation import errors_in, name_is_taken, no_such_base

Fate = Literal["created", "changed", "deleted"]


@dataclass(frozen=True, slots=True)
class RoleStep:
    """What happens to one role: `before` and `after` are what it stores itself.

    A new role has no `role` and no `before`, one that goes no `after`. `place` says where in the
    file it stands, and is empty for one that goes because it stands nowhere there.
    """

    place: str
    role: Role | None
    before: RoleSpec | None
    after: RoleSpec | None
    made: RoleChanges

    @property
    def fate(self) -> Fate:
        """What becomes of the role."""
        if self.before is None:
            return "created"
        return "deleted" if self.after is None else "changed"

    @property
    def spec(self) -> RoleSpec:
        """The role as it is named: as it will be, or as it was."""
        return cast(RoleSpec, self.after or self.before)  # one of them there always is

    def place_of(self, field: str) -> str:
        """Give the place of one of its fields in the file."""
        return f"{self.place}.{field}" if self.place and field else self.place


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one thing cannot be done: its place in the file, the role, and the reason."""

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        named = f"{self.place} ({self.code})" if self.place else self.code
        return f"{named}: {self.message}"


@dataclass(frozen=True)
class PolicyPlan:
    """What stands `now`, what would stand `then`, and the roles that differ between the two."""

    now: Snapshot
    then: Snapshot
    steps: tuple[RoleStep, ...]

    def of(self, *fates: Fate) -> list[RoleStep]:
        """Give the steps of some kinds."""
        return [step for step in self.steps if step.fate in fates]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of all roles by code, those that go among them."""
        return {c: spec.name for c, spec in {**self.now.roles, **self.then.roles}.items()}

    @cached_property
    def impact(self) -> Impact:
        """Who gains and who loses what by all of it together (see `impact_of`)."""
        codes = [
            step.spec.code
            for step in self.of("changed", "deleted")
            if step.spec.code != OWNER_CODE or "second_factor" in step.made.values
        ]
        return impact_between(self.now, self.then, codes)


def plan_policy(wanted: Sequence[RoleSpec], *, prune: bool = False) -> PolicyPlan:
    """Compare the stored roles with those of a file; reads only, and as much for many as for few.

    A role that the file does not name stays as it is; with `prune` it goes, unless it is built in.
    """
    now = snapshots.read_policy()
    stored = read_roles(now)
    steps = [*_named(wanted, stored), *(_unnamed(wanted, stored) if prune else ())]
    then = now.with_roles(
        [step.after for step in steps if step.after],
        without=[step.spec.code for step in steps if step.fate == "deleted"],
    )
    return PolicyPlan(now, then, tuple(steps))


Stored = Mapping[str, tuple[Role, RoleSpec]]


def _named(wanted: Iterable[RoleSpec], stored: Stored) -> Iterator[RoleStep]:
    for number, spec in enumerate(wanted):
        role, before = stored.get(spec.code, (None, None))
        after = _as_stored(spec, before)
        made = difference(before or blank(spec.code), after)
        if made:
            yield RoleStep(f"roles[{number}]", role, before, after, made)


def _unnamed(wanted: Iterable[RoleSpec], stored: Stored) -> Iterator[RoleStep]:
    named = {spec.code for spec in wanted}
    for code, (role, before) in stored.items():
        if code not in named and not role.is_system:
            yield RoleStep("", role, before, None, difference(before, blank(code)))


def _as_stored(spec: RoleSpec, before: RoleSpec | None) -> RoleSpec:
    """Give the role as it would be stored: with what it has and no file of today can say."""
    spec = folded(spec)
    if before is None:
        return spec.with_changes(is_system=False)
    unwritten = difference(written_part(before, registry.catalogue), before)
    return apply(unwritten, spec).with_changes(is_system=before.is_system)


# What nobody may, whoever asks


def refusals_for_all(plan: PolicyPlan) -> list[Refusal]:
    """Say what of the plan cannot be, whoever wants it: R3, R4, R11, R21, D8, D9."""
    end = _End(plan)
    held = _held(plan)
    found: list[Refusal] = []
    for step in plan.steps:
        if step.fate == "deleted":
            errors = {"": [_why_kept(plan, step, held)]}
        else:
            errors = _errors_of(step, end)
        found += refusals_at(step, errors)
    return found


def refusals_at(step: RoleStep, errors: Mapping[str, Iterable[str]]) -> Iterator[Refusal]:
    """Put messages, given by field, at their places."""
    for field, messages in errors.items():
        for message in filter(None, messages):
            yield Refusal(step.place_of(field), step.spec.code, message)


def _errors_of(step: RoleStep, end: "_End") -> dict[str, list[str]]:
    after = step.spec
    try:
        if step.role is None:
            require_free_code(after.code)
        else:
            require_changeable(step.role, step.made)
    except Invalid as invalid:
        return invalid.errors
    except Refused as refused:
        return {"": [str(refused)]}
    return errors_in(
        after,
        step.made,
        taken=end.why_not_called_so(after) if "name" in step.made.values else (),
        based=end.why_not_based_so(after) if "base" in step.made.values else (),
    )


class _End:
    """The names and the bases of all roles when all is done: they are judged there alone."""

    def __init__(self, plan: PolicyPlan) -> None:
        self._roles = plan.then.roles
        self._by_key: dict[str, list[RoleSpec]] = {}
        for spec in self._roles.values():
            self._by_key.setdefault(stored_key(spec.name), []).append(spec)
        bases = {code: spec.base for code, spec in self._roles.items()}
        moved = {s.spec.code for s in plan.of("created", "changed") if "base" in s.made.values}
        self._problems = find_chain_problems(bases, moved, OWNER_CODE)

    def why_not_called_so(self, spec: RoleSpec) -> Iterator[str]:
        """Say that another role is called so."""
        for other in self._by_key[stored_key(spec.name)]:
            if other.code != spec.code:
                yield name_is_taken(other.name)

    def why_not_based_so(self, spec: RoleSpec) -> Iterator[str]:
        """Say what forbids the base (R3, R4)."""
        problem = self._problems.get(spec.code)
        if spec.base is not None and spec.base not in self._roles:
            yield no_such_base(spec.base)
        elif spec.base is not None and problem:
            yield chain_refusal(problem, self._roles[spec.base].name)


def _held(plan: PolicyPlan) -> Counter[str]:
    """Count who holds the roles that go, later ones among them (D9)."""
    codes = [step.spec.code for step in plan.of("deleted")]
    held = policy.unended_assignments().filter(role__code__in=codes) if codes else None
    return Counter(held.values_list("role__code", flat=True) if held is not None else ())


def _why_kept(plan: PolicyPlan, step: RoleStep, held: Counter[str]) -> str:
    code = step.spec.code
    derived = sum(spec.base == code for spec in plan.then.roles.values())
    return in_use(step.spec.name, holders=held[code], derived=derived)
