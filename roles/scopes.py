"""A scope to a condition on records: the only place that builds one (R8, R9, R13).

Every condition is a set of owners: several scopes make one union of owners and then one
filter, because an OR of filters defeats the planner.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, F, Func, Q, QuerySet, Subquery

from .core.specs import Module
from .core.vocabulary import ALL, OWN, SHARED_ACTIONS
from .directory import get_directory
from .registry import registry

NOBODY = Q(pk__in=[])


def reach_q(user: Any, module: Module, scopes: frozenset[str]) -> Q:
    """Give the records of `module` that `scopes` let `user` reach; nothing for no scopes."""
    if is_owner_set(module, scopes):
        return owned_q(user, module, owners_beyond(user, scopes))
    reaches_all = scopes and (not module.has_record_access or ALL in scopes)
    return Q() if reaches_all else NOBODY


def is_owner_set(module: Module, scopes: frozenset[str]) -> bool:
    """Tell whether `scopes` reach the records of some owners: neither all of them nor none."""
    has_owners = module.has_record_access and module.owner_field is not None
    return bool(scopes) and has_owners and ALL not in scopes


def owned_q(user: Any, module: Module, others: Any) -> Q:
    """Give what belongs to `user` and to `others`, a queryset of owners or `None`."""
    own = Q(**{f"{module.owner_field}": user.pk})
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


def with_oneself(user: Any, others: Any) -> Any:
    """Give a queryset of the user and `others`, each once."""
    own = _keys(get_user_model()._base_manager.filter(pk=user.pk))
    return own if others is None else others.union(own)


def _keys(owners: Any) -> Any:
    """Give one column, unordered: a part of a union can be nothing else on every database."""
    plain = owners.order_by()
    chosen = plain.query.values_select or plain.query.annotation_select
    return plain if chosen else plain.values("pk")


def indexed(condition: Q) -> Q:
    """Write a condition so that PostgreSQL can use the indexes of what it names to filter by it.

    Beside an OR it reads `IN (subquery)` by walking the whole table; `= ANY (ARRAY (subquery))`
    it looks up. For columns, which ask each row, `IN` stays the better one.
    """
    found = condition.copy()
    found.children = [_indexed(child) for child in condition.children]
    return found


def _indexed(child: Any) -> Any:
    if isinstance(child, Q):
        return indexed(child)
    if not isinstance(child, tuple) or not isinstance(child[1], QuerySet):
        return child
    name, kind = child[0].rpartition("__")[::2]
    return Among(name, child[1]) if kind == "in" else child


class Among(Func):
    """True where the field holds one of the keys that a queryset of one column gives."""

    conditional = True
    template = "%(expressions)s"

    def __init__(self, field: str, keys: Any) -> None:
        among: Any = Subquery(keys)
        # No keys at all: the condition is false, and not `IN NULL`, which is no SQL.
        among.empty_result_set_value = NotImplemented
        super().__init__(F(field), among, output_field=BooleanField())

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write `field IN (SELECT …)`."""
        return super().as_sql(compiler, connection, arg_joiner=" IN ", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write `field = ANY (ARRAY (SELECT …))`: a subquery's own brackets make it an array."""
        return super().as_sql(
            compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY (ARRAY", **extra
        )
