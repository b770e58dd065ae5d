"""What a change of roles, or of who holds them, has in excess of the person who wants it (D3-D6).

The actor's roles and the others' are compiled as if every module were on: what a disabled one
gives returns with it (R7).
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from .. import snapshots
from ..core.access import Access
from ..core.coverage import Excess, Ground
from ..core.delegation import (
    Wish,
    excess_of_assigning,
    excess_of_change,
    excess_of_rank,
    excess_of_touching,
)
from ..core.locks import NO_LOCKS, Locks, locks_on
from ..core.role_masks import veiled, veiled_locks
from ..core.specs import Module, RoleSpec
from ..registry import registry
from ..snapshots import Snapshot
from .acting import within_limit
from .asking import access_for
from .people import unended_assignments
from .ranks import rank_of
from .roles_as_read import readable_of_roles


def is_owner(user: Any) -> bool:
    """Tell whether D3 to D6a let this person pass: an Owner, or who is answered as one (D1)."""
    return access_for(user).is_owner


def excess_of_role(
    user: Any,
    before: RoleSpec | None,
    after: RoleSpec | None,
    *,
    stored: Snapshot | None = None,
) -> tuple[Excess, ...]:
    """Say in what the change of a role goes beyond `user`; a new one has no `before` (D3-D6).

    The policy is read as the open transaction sees it, earlier steps of a batch included, unless
    it is given as `stored`.
    """
    if is_owner(user):
        return ()
    now = (stored or snapshots.read_policy()).with_all_modules()
    then = now.with_role(after) if after is not None else now
    return Judge(user, now, then).excess(before, after)


def excess_of_roles(
    user: Any, now: Snapshot, then: Snapshot, codes: Iterable[str]
) -> dict[str, tuple[Excess, ...]]:
    """Say role by role in what changing all of `codes` at once goes beyond `user` (D2-D6).

    Each is judged from what stands `now` to what stands `then`, when all are done, so that no
    order of them decides. What stands on a changed role is judged with it, unless it is changed
    itself; a role that `then` comes to stand on one is changed, or stands on one that is.
    """
    if is_owner(user):
        return {}
    changed = frozenset(codes)
    judge = Judge(user, now.with_all_modules(), then.with_all_modules(), changed)
    return {code: judge.excess(now.roles.get(code), then.roles.get(code)) for code in changed}


class Judge:
    """Hold changes of roles against one actor; what all have in common is worked out once."""

    def __init__(
        self, user: Any, now: Snapshot, then: Snapshot, changed: Collection[str] = ()
    ) -> None:
        self._now, self._then, self._changed = now, then, changed
        self.actor, self.ground = _actor(user, now), ground_of(then)
        self._user, self.readable = user, readable_of_roles(user)

    def excess(self, before: RoleSpec | None, after: RoleSpec | None) -> tuple[Excess, ...]:
        """Say in what one of the changes is too much; a new role has no `before`."""
        found = excess_of_change(self.actor, self.wish(before, after), self.ground)
        # What a new role itself says is the actor's own wish: that tells them nothing.
        return tuple(
            one if before is None and not one.via else veiled(one, self.readable) for one in found
        )

    def wish(self, before: RoleSpec | None, after: RoleSpec | None) -> Wish:
        """Tell of one of the changes what it moves."""
        now, then = self._now, self._then
        standing = _standing_on(now, before.code) if before else []
        return Wish(
            before=now.role(before.code) if before else None,
            after=then.role(after.code) if after else None,
            base_before=_base(now, before),
            base_after=_base(then, after),
            heirs=tuple(
                (now.role(heir), then.role(heir))
                for heir in standing
                if heir in then.roles and heir not in self._changed
            ),
            theirs=self._theirs([before.code, *standing]) if before else frozenset(),
        )

    def between(self, now: Snapshot, then: Snapshot) -> "Judge":
        """Give the same judge of a change from one policy to another."""
        other = Judge(self._user, now, then, self._changed)
        other._held = self._held
        return other

    def _theirs(self, codes: Collection[str]) -> frozenset[str]:
        """Give those of the roles that the actor holds, or that one of theirs stands on (D2).

        What rests or begins later is theirs too.
        """
        if self.actor.is_owner:  # of whom D4 asks nothing
            return frozenset()
        mine = [self._now.role(code) for code in self._held if code in self._now.roles]
        return frozenset(code for code in codes if any(role.stands_on(code) for role in mine))

    @cached_property
    def _held(self) -> list[str]:
        held = unended_assignments().filter(user=self._user.pk)
        return list(held.values_list("role__code", flat=True))


def excess_of_touching_role(user: Any, code: str) -> tuple[Excess, ...]:
    """Say why nothing of the role can change: its level, or one that is based on it (D3, D6)."""
    if is_owner(user):
        return ()
    now = snapshots.read_policy()
    heirs = [now.role(heir) for heir in _standing_on(now, code)]
    found = excess_of_touching(access_for(user), now.role(code), heirs)
    return _told(user, found)


def excess_of_assignment(user: Any, code: str) -> tuple[Excess, ...]:
    """Say what of a role `user` may not give to anyone (D5)."""
    if is_owner(user):
        return ()
    now = snapshots.read_policy().with_all_modules()
    found = excess_of_assigning(_actor(user, now), now.role(code), ground_of(now))
    return _told(user, found)


def roles_to_give(user: Any) -> frozenset[str]:
    """Give the codes of the roles that `user` may give to somebody (D5); a choice offers these.

    The service asks about the chosen one again, under the policy's lock.
    """
    now = snapshots.load_policy()
    if is_owner(user):
        return frozenset(now.roles)
    now = now.with_all_modules()
    actor, ground = _actor(user, now), ground_of(now)
    asked = {code: excess_of_assigning(actor, now.role(code), ground) for code in now.roles}
    return frozenset(code for code, excess in asked.items() if not excess)


def excess_of_person(user: Any, person: Any) -> tuple[Excess, ...]:
    """Say where a person's rank is not strictly below the user's (D3)."""
    found = excess_of_rank(access_for(user), rank_of(person))
    return _told(user, found)


def locks_for(
    user: Any, stored: RoleSpec | None, shown: RoleSpec, *, known: Snapshot | None = None
) -> Locks:
    """Give what of a role the user can neither tick nor untick; `shown` may be unsaved (D4).

    `known` is the policy, where the caller has read it already.
    """
    if is_owner(user):
        return NO_LOCKS
    now = (known or snapshots.load_policy()).with_all_modules()
    then = now.with_role(shown)
    standing = _standing_on(now, stored.code) if stored else []
    found = locks_on(
        _actor(user, now),
        then.role(shown.code),
        ground_of(then),
        is_new=stored is None,
        heirs=[then.role(heir) for heir in standing],
    )
    return veiled_locks(found, readable_of_roles(user))


def _told(user: Any, found: tuple[Excess, ...]) -> tuple[Excess, ...]:
    """Tell of what is too much no more than `user` may read of roles (R16, R23)."""
    readable = readable_of_roles(user) if found else frozenset()
    return tuple(veiled(excess, readable) for excess in found)


def _actor(user: Any, now: Snapshot) -> Access:
    whole = now.access_of_codes([role.code for role in access_for(user).roles])
    return within_limit(user, whole)


def _base(now: Snapshot, spec: RoleSpec | None) -> Any:
    known = spec is not None and spec.base in now.roles
    return now.role(spec.base) if known and spec and spec.base else None


def _standing_on(now: Snapshot, code: str) -> list[str]:
    """Give the roles that are based on this one, directly or through others (D6)."""
    return [heir for heir in now.roles if heir != code and now.role(heir).stands_on(code)]


def ground_of(now: Snapshot) -> Ground:
    """Give what roles are compared on: the fields of a module are its model's.

    Of a module without a model they are those that some role names.
    """
    modules = registry.catalogue.modules.values()
    return Ground(registry.catalogue, {m.code: _fields_of(m, now) for m in modules})


def _fields_of(module: Module, now: Snapshot) -> frozenset[str]:
    if module.model is not None:
        return frozenset(registry.fields_of(module))
    return frozenset(
        name for role in now.roles.values() for name in role.fields.get(module.code, ())
    )
