"""What one person may do: their current roles, compiled and joined without mixing (R2, R15)."""

from collections.abc import Iterable, Mapping

from .compile import CompiledRole
from .decisions import Decision, allow, deny
from .specs import Catalogue
from .vocabulary import ALL, OWN, OWNER_RANK, WAITING_PERMISSIONS


class Access:
    """The effective access of one person at one moment. Immutable by agreement.

    `codes` holds every system permission, `privileges` every custom privilege, `names` both
    and Django's names of the same: each a flat frozenset, so that a check is a membership test.
    `resting` are roles that the person holds and that give nothing until they have set up the
    second factor which these ask for.
    """

    __slots__ = ("codes", "names", "privileges", "rank", "resting", "roles")

    is_limited = False
    """Whether a token leaves less than the person's roles give (R20a)."""

    def __init__(
        self,
        roles: Iterable[CompiledRole] = (),
        aliases: Mapping[str, str | None] | None = None,
        *,
        resting: Iterable[CompiledRole] = (),
    ) -> None:
        self.roles, self.resting = tuple(roles), tuple(resting)
        self.codes = frozenset(code for role in self.roles for code in role.permissions)
        self.privileges = frozenset(name for role in self.roles for name in role.privileges)
        self.rank = max((_rank_of(role) for role in self.roles), default=0)
        self.names = self._names(aliases or {})

    def _names(self, aliases: Mapping[str, str | None]) -> frozenset[str]:
        django = {name for name, code in aliases.items() if code in self.codes}
        return self.codes | self.privileges | django

    def can(self, code: str) -> bool:
        """Tell whether some role gives the system permission `code` (R12)."""
        return code in self.codes

    @property
    def outranks_all(self) -> bool:
        """Whether D3 lets them pass, whomever and whichever role it is about: an Owner (D1)."""
        return any(role.is_owner for role in self.roles)

    @property
    def is_owner(self) -> bool:
        """Whether one of the roles is Owner, so that nothing they give is too much (R6, D1)."""
        return self.outranks_all

    def roles_giving(self, code: str) -> tuple[CompiledRole, ...]:
        """Give the roles that give `code`; scopes and fields come from these alone (R15)."""
        return tuple(role for role in self.roles if code in role.permissions)

    def scopes_for(self, module: str, action: str) -> frozenset[str]:
        """Give the scopes of the roles that give the action, none of any other (R13, R15)."""
        giving = self.roles_giving(f"{module}.{action}")
        return frozenset(scope for role in giving for scope in role.scopes_for(module, action))

    def reach_of(self, module: str, action: str) -> tuple[tuple[frozenset[str], CompiledRole], ...]:
        """Give each role that gives the action with the scopes that it alone has for it (R15)."""
        giving = self.roles_giving(f"{module}.{action}")
        return tuple((simplified(role.scopes_for(module, action)), role) for role in giving)

    def explain(self, name: str) -> Decision:
        """Decide on a system permission or privilege and say which role speaks for it."""
        for role in self.roles:
            if words := grant_in_words(name, role):
                return allow(words)
        for role in self.resting:
            if grant_in_words(name, role):
                return deny(f"{role.name} gives {name} only with a second factor, not set up yet.")
        return deny(f"No current role gives {name} (R12).")


class WaitingAccess(Access):
    """What someone has who waits for approval, whatever their roles (R1)."""

    __slots__ = ()

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self.codes = WAITING_PERMISSIONS & frozenset(catalogue.permissions)
        self.names = self.codes

    def explain(self, name: str) -> Decision:
        """Give the own profile and nothing else, whatever the roles."""
        if name in self.codes:
            return allow(f"{name} is all that someone waiting for approval has (R1).")
        return deny("Someone waiting for approval has nothing but their own profile (R1).")


NO_ACCESS = Access()
"""What an anonymous, deactivated, rejected or suspended person has (R1)."""


def simplified(scopes: frozenset[str]) -> frozenset[str]:
    """Leave out scopes that another one of the set covers: all do `own`, `all` does every (R9)."""
    if ALL in scopes:
        return frozenset({ALL})
    return scopes - {OWN} or scopes


def _rank_of(role: CompiledRole) -> int:
    return OWNER_RANK if role.is_owner else role.level


def grant_in_words(name: str, role: CompiledRole) -> str:
    """Say where the role has a permission or privilege from; "" where it does not give it."""
    sources = role.permissions.get(name) or role.privileges.get(name)
    return _in_words(name, role, sources[0].kind, sources[0].role_name) if sources else ""


def _in_words(name: str, role: CompiledRole, kind: str, source_name: str) -> str:
    if kind == "owner":
        return f"{role.name} holds everything (R6)."
    if kind == "inherited":
        return f"{role.name} gives {name}, inherited from {source_name} (R4)."
    if kind == "implied":
        return f"{role.name} gives {name}, implied by another permission of {source_name} (R5)."
    return f"{role.name} gives {name} (R12)."
