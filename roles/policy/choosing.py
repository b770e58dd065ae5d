"""What a person can choose on the page of a role, choice by choice (D3, D4, D6)."""

from collections.abc import Iterable, Iterator
from typing import Any

from .. import snapshots
from ..core.coverage import Excess, excess_of_effect
from ..core.offers import Offers
from ..core.role_masks import veiled
from ..core.specs import RoleSpec
from ..snapshots import Snapshot
from .delegation import Judge, is_owner


def offers_for(
    user: Any, stored: RoleSpec | None, shown: RoleSpec, *, known: Snapshot | None = None
) -> Offers:
    """Give what the user can choose for a role that stands as `stored`; `shown` may be unsaved.

    `known` is the policy, where the caller has read it already.
    """
    now = (known or snapshots.load_policy()).with_all_modules()
    judge = Judge(user, now, now.with_role(shown))
    return Offers(judge.actor, judge.wish(stored, shown), judge.ground, judge.readable)


def excess_of_bases(
    user: Any,
    stored: RoleSpec | None,
    shown: RoleSpec,
    bases: Iterable[str | None],
    *,
    known: Snapshot | None = None,
) -> dict[str | None, Excess]:
    """Say of these bases what is too much with one, on top of what is shown.

    What is too much without it too is not for the base to mend.
    """
    if is_owner(user):
        return {}
    now = (known or snapshots.load_policy()).with_all_modules()
    judge = Judge(user, now, now.with_role(shown))
    anyway = frozenset(judge.excess(stored, shown) if shown != stored else ())

    def excess_of(base: str | None) -> Iterator[Excess]:
        # What a base gives says no for most of them, without a look at the whole change.
        if base and base in now.roles and (stored is None or base != stored.base):
            yield from excess_of_effect(judge.actor, now.role(base), judge.ground, "base")
        wanted = shown.with_changes(base=base)
        whole = judge.between(now, now.with_role(wanted)).excess(stored, wanted)
        yield from (one for one in whole if one not in anyway)

    found = {base: next(excess_of(base), None) for base in bases}
    return {base: veiled(one, judge.readable) for base, one in found.items() if one}


def excess_of_moving(
    user: Any, code: str, targets: Iterable[str], *, known: Snapshot
) -> dict[str, Excess]:
    """Say of these roles what is too much in basing on one what is based on `code` (D9).

    It is asked step by step, as it is done: a target that stands on the role leaves it last.
    """
    if is_owner(user):
        return {}
    start = known.with_all_modules()
    judge = Judge(user, start, start)

    def excess_of(target: str) -> Iterator[Excess]:
        now, steps = start, list(steps_of_moving(start, code, target))
        if steps:  # what the target gives says no for most of them
            role = start.role(target)
            yield from excess_of_effect(judge.actor, role, judge.ground, "base")
        for spec in steps:
            then = now.with_role(spec)
            yield from judge.between(now, then).excess(now.roles[spec.code], spec)
            now = then

    found = {target: next(excess_of(target), None) for target in targets}
    return {target: veiled(one, judge.readable) for target, one in found.items() if one}


def steps_of_moving(now: Snapshot, code: str, target: str) -> Iterator[RoleSpec]:
    """Give the roles based on `code` as they come to stand on `target`, one after the other."""
    moved = [spec for spec in now.roles.values() if spec.base == code]
    yield from (spec.with_changes(base=target) for spec in moved if spec.code != target)
    base = now.roles[code].base
    yield from (spec.with_changes(base=base) for spec in moved if spec.code == target)
