"""Who asks: what one person has right now, and how far they come in at all (R1-R3)."""

from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async

from .. import snapshots
from ..core.access import NO_ACCESS, Access, WaitingAccess
from ..core.vocabulary import OWNER_CODE, Standing
from ..directory import get_directory
from ..models.versions import HELD_ATTRIBUTE, VERSION_ATTRIBUTE
from ..registry import registry
from .acting import within_limit


def access_for(user: Any) -> Access:
    """Give what `user` may do right now, compiled; no query for a warm request (R1, R2).

    Someone who was fetched by the backend carries the version numbers and is asked about for
    the length of their request; anyone else is looked up at each call and so never stale.
    """
    held: snapshots.Held | None = getattr(user, HELD_ATTRIBUTE, None)
    if held is not None and user.is_active and (held.lasts or held.is_current()):
        return held.access
    return _load(user).access


def _load(user: Any) -> snapshots.Held:
    if not getattr(user, "is_active", False):
        return snapshots.Held(NO_ACCESS)
    standing = get_directory().standing_of(user)
    if standing is not Standing.ACTIVE:
        return snapshots.Held(within_limit(user, _without_roles(standing)))
    held = _as_owner() if user.is_superuser else snapshots.load_held(user)
    access = within_limit(user, held.access)
    if access is not held.access:
        held = replace(held, access=access)
    if hasattr(user, VERSION_ATTRIBUTE):
        setattr(user, HELD_ATTRIBUTE, held)
    return held


async def aaccess_for(user: Any) -> Access:
    """Give `access_for` without blocking the event loop where it has to ask the database."""
    held = getattr(user, HELD_ATTRIBUTE, None)
    if held is not None and held.is_current():
        return access_for(user)
    return await sync_to_async(access_for)(user)


def _without_roles(standing: Standing) -> Access:
    return WaitingAccess(registry.catalogue) if standing is Standing.WAITING else NO_ACCESS


def _as_owner() -> snapshots.Held:
    """Answer for a superuser as for an Owner, in every door but `has_perm` itself (R3)."""
    policy = snapshots.load_policy()
    return snapshots.Held(policy.access_of_codes([OWNER_CODE]))
