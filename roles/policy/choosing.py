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
        whole = judge.towards(now.with_role(wanted)).excess(stored, wanted)
        yield from (one for one in whole if one not in anyway)

    found = {base: next(excess_of(base), None) for base in bases}
    return {base: veiled(one, judge.readable) for base, one in found.items() if one}
