"""What of a role's page its reader cannot choose, in the words in which a save would refuse it."""

from collections.abc import Iterable
from typing import Any

from .. import policy
from ..core.chains import find_chain_problem
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE
from ..models.role import chain_refusal
from ..snapshots import Snapshot
from .delegation import excess_in_words


def why_not_bases(
    *,
    acting_user: Any,
    stored: RoleSpec | None,
    shown: RoleSpec,
    bases: Iterable[str | None],
    now: Snapshot,
) -> dict[str | None, str]:
    """Say of each of these why the role cannot be based on it (R3, R4, D3-D6); `None` is none.

    It is asked on top of what the page shows, without what is wrong with that already; without an
    `acting_user` only about the chain.
    """
    standing = {code: spec.base for code, spec in now.roles.items()}
    role = stored.code if stored else None
    refused: dict[str | None, str] = {}
    possible = []
    for base in bases:
        problem = find_chain_problem(role=role, base=base, bases=standing, owner=OWNER_CODE)
        if problem and base:
            refused[base] = chain_refusal(problem, now.roles[base].name)
        elif base != shown.base:
            possible.append(base)
    if acting_user is None:
        return refused
    names = {code: spec.name for code, spec in now.roles.items()}
    found = policy.excess_of_bases(acting_user, stored, shown, possible, known=now)
    return refused | {base: excess_in_words(one, names) for base, one in found.items()}
