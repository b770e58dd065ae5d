"""What a limited token leaves of its user's access (R20a)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .access import NO_ACCESS, Access
from .compile import CompiledRole
from .decisions import Decision, deny


@dataclass(frozen=True, slots=True)
class Limit:
    """The permissions and privileges to which somebody is limited: these very ones.

    What one of them implies (R5), or needs beside it (R14), is theirs only if it is named too.
    """

    permissions: frozenset[str] = frozenset()
    privileges: frozenset[str] = frozenset()


class LimitedAccess(Access):
    """An access without all that a limit does not name; never more than the whole (R20a).

    Each role keeps its scopes, fields and level and loses grants, so that no rule has to know
    of limits. Rank stays, and whom an Owner outranks; what an Owner may give goes, since to give
    what one does not have is no permission that a limit names (D4).
    """

    __slots__ = ("_whole",)
    is_limited = True

    def __init__(self, whole: Access, limit: Limit, aliases: Mapping[str, str | None]) -> None:
        super().__init__((_limited(role, limit) for role in whole.roles), resting=whole.resting)
        self._whole = whole
        # Of the whole and not of the roles: who waits for approval has a code and no role (R1).
        self.codes = whole.codes & limit.permissions
        self.privileges = whole.privileges & limit.privileges
        left = self.codes | self.privileges
        self.names = frozenset(n for n in whole.names if n in left or aliases.get(n) in left)

    @property
    def is_owner(self) -> bool:
        """Nobody who is limited passes D4 and D5: what is left to them is what they may give."""
        return False

    def explain(self, name: str) -> Decision:
        """Decide as the whole does, and say no to what the limit leaves out."""
        decision = self._whole.explain(name)
        if not decision or name in self.codes or name in self.privileges:
            return decision
        return deny(f"The token that acts for them is limited and leaves out {name} (R20a).")


def limited(access: Access, limit: Limit, aliases: Mapping[str, str | None]) -> Access:
    """Give what the limit leaves of `access`; of nothing, nothing is left."""
    return access if access is NO_ACCESS else LimitedAccess(access, limit, aliases)


def _limited(role: CompiledRole, limit: Limit) -> CompiledRole:
    return replace(
        role,
        permissions={c: s for c, s in role.permissions.items() if c in limit.permissions},
        privileges={n: s for n, s in role.privileges.items() if n in limit.privileges},
    )
