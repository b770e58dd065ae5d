"""One process's memory of the policy, and of people's assignments and second factors.

Neither has a time-to-live and nobody tells a process to forget: a version that changed is
simply not found.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from ..conf import settings
from ..core import clock
from ..core.access import Access
from ..core.compile import CompiledRole, Rules, compile_role
from ..core.specs import RoleSpec
from ..registry import registry


@dataclass(frozen=True, slots=True)
class Term:
    """One assignment: the role and the two moments between which it counts (R2)."""

    role_id: int
    valid_from: datetime | None
    valid_until: datetime | None

    def counts_at(self, moment: datetime) -> bool:
        """Tell whether it counts: from its first moment on, up to and without its last."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of one person: their assignments, and whether they have a second factor."""

    terms: tuple[Term, ...] = ()
    second_factor: bool = False


NOBODY = Person()
"""Whoever was never stamped: no assignment stands, and no role has to ask for more."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All roles as one version of the policy has them."""

    version: int | None
    roles: Mapping[str, RoleSpec]
    codes_by_id: Mapping[int, str]
    rules: Rules
    compiled: dict[str, CompiledRole] = field(default_factory=dict)
    joined: dict[tuple[frozenset[int], bool], Access] = field(default_factory=dict)

    def role(self, code: str) -> CompiledRole:
        """Give the role with its whole chain compiled, once."""
        if code not in self.compiled:
            self.compiled[code] = compile_role(code, self.roles, self.rules)
        return self.compiled[code]

    def compile(self, spec: RoleSpec) -> CompiledRole:
        """Compile a role as it is wished for, which need not be stored."""
        return compile_role(spec.code, {**self.roles, spec.code: spec}, self.rules)

    def with_role(self, spec: RoleSpec) -> "Snapshot":
        """Give the policy as it would be if the role were stored like this."""
        return self.with_roles([spec])

    def with_roles(self, specs: Iterable[RoleSpec], *, without: Collection[str] = ()) -> "Snapshot":
        """Give the policy as it would be if these roles were stored so, and others were gone.

        What does not stand on any of them is not compiled again. A privilege that only they
        name, or named, changes what Owner gives (R6).
        """
        wished = {spec.code: spec for spec in specs}
        touched = {*wished, *without}
        roles = {c: spec for c, spec in {**self.roles, **wished}.items() if c not in without}
        named = frozenset(name for layer in roles.values() for name in layer.privileges)
        same_names = named == self.rules.named_privileges
        return Snapshot(
            version=None,
            roles=roles,
            codes_by_id=self.codes_by_id,
            rules=replace(self.rules, named_privileges=named),
            compiled={
                code: role
                for code, role in self.compiled.items()
                if touched.isdisjoint(layer.code for layer in role.chain)
                and (same_names or not role.is_owner)
            },
        )

    def with_all_modules(self) -> "Snapshot":
        """Give the policy as it would be if every module were switched on (R7)."""
        if not self.rules.disabled:
            return self
        rules = replace(self.rules, disabled=frozenset())
        return replace(self, version=None, rules=rules, compiled={}, joined={})

    def access_of(self, role_ids: frozenset[int], *, second_factor: bool) -> Access:
        """Give what someone has who holds exactly these roles; shared by all who do."""
        key = role_ids, second_factor
        if key not in self.joined:
            codes = sorted(self.codes_by_id[pk] for pk in role_ids if pk in self.codes_by_id)
            self.joined[key] = self.access_of_codes(codes, second_factor=second_factor)
        return self.joined[key]

    def access_of_codes(self, codes: Iterable[str], *, second_factor: bool = True) -> Access:
        """Join the roles `codes`; without a second factor those that ask for one rest."""
        held = [self.role(code) for code in codes if code in self.roles]
        resting = [] if second_factor else [role for role in held if role.second_factor]
        awake = [role for role in held if role not in resting] if resting else held
        return Access(awake, registry.catalogue.aliases, resting=resting)


@dataclass(frozen=True, slots=True)
class Held:
    """A person's access and the moments between which it may be used."""

    access: Access
    since: datetime | None = None
    until: datetime | None = None
    lasts: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lasts", self.since is None and self.until is None)

    def is_current(self) -> bool:
        """Tell whether no assignment has begun or ended since it was worked out."""
        if self.lasts:
            return True
        now = clock.now()
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


class Cache:
    """One process's memory: the newest policy, and assignments of the people seen last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._policy: Snapshot | None = None
        self._people: OrderedDict[tuple[int, Any], Person] = OrderedDict()

    def policy(self, version: int | None) -> Snapshot | None:
        """Give the policy of exactly this version, if it is the one kept."""
        kept = self._policy
        return (
            kept if kept is not None and version is not None and kept.version == version else None
        )

    def keep_policy(self, snapshot: Snapshot) -> None:
        """Keep the policy in place of the one before."""
        if snapshot.version is not None:
            self._policy = snapshot

    def person(self, stamp: int | None, user_id: Any) -> Person | None:
        """Give what is kept of a person under their stamp; without one they never held a role."""
        return NOBODY if stamp is None else self._people.get((stamp, user_id))

    def keep_person(self, stamp: int | None, user_id: Any, person: Person) -> None:
        """Keep what was read of a person; the oldest entries give way."""
        if stamp is None:
            return
        with self._lock:
            self._people[(stamp, user_id)] = person
            while len(self._people) > settings.cache_size:
                self._people.popitem(last=False)

    def clear(self) -> None:
        """Forget everything; only tests and benchmarks need it."""
        with self._lock:
            self._policy = None
            self._people.clear()


cache = Cache()
