"""A scope to a condition on records: the only place that builds one (R8, R9, R13).

Every condition is a set of owners: several scopes make one union of owners and then one
filter, because an OR of filters defeats the planner.
"""

from typing import Any

from django.db.models import Q

from .core.specs import Module
from .core.vocabulary import ALL, OWN, SHARED_ACTIONS
from .directory import get_directory
from .registry import registry

NOBODY = Q(pk__in=[])


def reach_q(user: Any, module: Module, scopes: frozenset[str]) -> Q:
    """Give the records of `module` that `scopes` let `user` reach; nothing for no scopes."""
    if not scopes:
        return NOBODY
    if not module.has_record_access or ALL in scopes:
        return Q()
    if module.owner_field is None:
        return NOBODY
    own = Q(**{module.owner_field: user.pk})
    others = owners_beyond(user, scopes)
    return own if others is None else own | Q(**{f"{module.owner_field}__in": others})


def shared_q(user: Any, module: Module, action: str) -> Q | None:
    """Give the records shared with `user`, or a team of theirs, for `action`, if any can be (R19).

    Who is in a team is read with the records, so that who leaves it loses them at once (R28).
    """
    shares = registry.share_model_of(module)
    giving = [give for give, actions in SHARED_ACTIONS.items() if action in actions]
    if shares is None or not giving:
        return None
    received = shares._default_manager.order_by().filter(give__in=giving)
    theirs = received.filter(user=user.pk).values("record")
    teams = get_directory().teams_of(user) if shares.teams() is not None else None
    if teams is not None:
        theirs = theirs.union(received.filter(team__in=teams).values("record"))
    return Q(pk__in=theirs)


def owners_beyond(user: Any, scopes: frozenset[str]) -> Any:
    """Give one queryset of the owners that `scopes` reach beside the user, `None` for none.

    A scope that nobody answers for reaches no one (R21); every scope includes `own` (R9).
    """
    declared = (registry.scopes.get(code) for code in sorted(scopes - {OWN, ALL}))
    asked = [scope.owners(user) for scope in declared if scope and scope.owners]
    found = [_keys(owners) for owners in asked if owners is not None]
    return found[0].union(*found[1:]) if len(found) > 1 else next(iter(found), None)


def _keys(owners: Any) -> Any:
    """Give one column, unordered: a part of a union can be nothing else on every database."""
    plain = owners.order_by()
    chosen = plain.query.values_select or plain.query.annotation_select
    return plain if chosen else plain.values("pk")
