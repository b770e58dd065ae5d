"""A scope to a condition on records: the only place that builds one (R8, R9, R13).

Every condition is a set of owners: several scopes make one union of owners and then one
filter, because an OR of filters defeats the planner.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Union

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BooleanField,
    Expression,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
)

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


def shared_keys(user: Any, module: Module, action: str) -> "WrittenKeys | None":
    """Give the keys of the records shared with `user`, or a team of theirs, for `action` (R19).

    `None` where none can be. Who is in a team is read with the records, so that who leaves it
    loses them at once (R28).
    """
    shares = registry.share_model_of(module)
    giving = frozenset(give for give, actions in SHARED_ACTIONS.items() if action in actions)
    if shares is None or not giving:
        return None
    return WrittenKeys(user.pk, _write_shared, shares, giving, get_directory())


def _write_shared(shares: Any, giving: frozenset[str], directory: Any) -> Any:
    received = shares._default_manager.order_by().filter(give__in=sorted(giving))
    theirs = received.filter(user=_KEY).values("record")
    teams = directory.teams_of(_KEY) if shares.teams() is not None else None
    if teams is None:
        return theirs
    return theirs.union(received.filter(team__in=teams).values("record"))


Keys = Union[QuerySet[Any], "WrittenKeys"]
"""One column of keys, as a query or as one that is written already."""


def owners_beyond(user: Any, scopes: frozenset[str]) -> Keys | None:
    """Give the owners that `scopes` reach beside the user, `None` for none.

    A scope that nobody answers for reaches no one (R21); every scope includes `own` (R9).
    """
    declared = [registry.scopes.get(code) for code in sorted(scopes - {OWN, ALL})]
    asked = tuple(scope for scope in declared if scope and scope.owners)
    if asked and all(scope.by_key for scope in asked):
        return WrittenKeys(user.pk, _write_owners, tuple(scope.owners for scope in asked))
    return _union([scope.owners(user.pk if scope.by_key else user) for scope in asked])


def with_oneself(user: Any, others: Keys | None) -> Keys:
    """Give the user and `others`, each once."""
    if isinstance(others, WrittenKeys):
        return others.with_oneself()
    own = _keys(get_user_model()._base_manager.filter(pk=user.pk))
    return own if others is None else others.union(own)


def select_of(keys: Keys, connection: Any) -> tuple[str, Sequence[Any]]:
    """Write a query for keys, for `connection`."""
    if isinstance(keys, WrittenKeys):
        return keys.select(connection)
    found: tuple[str, Sequence[Any]] = keys.query.get_compiler(connection=connection).as_sql()
    return found


def _write_owners(owners: tuple[Callable[[Any], Any], ...]) -> Any:
    return _union([give(_KEY) for give in owners])


def _union(found: list[Any]) -> Any:
    """Join several queries of owners, `None` where there is nothing to join."""
    parts = [_keys(owners) for owners in found if owners is not None]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else next(iter(parts), None)


def _keys(owners: Any) -> Any:
    """Give one column, unordered: a part of a union can be nothing else on every database."""
    plain = owners.order_by()
    chosen = plain.query.values_select or plain.query.annotation_select
    return plain if chosen else plain.values("pk")


class WrittenKeys(Expression):
    """A query for keys that asks of the user nothing but their key.

    Every list in reach has one or two, and to build them anew with the ORM took longer than the
    rest of the list: so each is written once for each database, and the key is put in at each
    use. What it reads, it reads anew each time (R28).
    """

    def __init__(
        self, user_key: Any, write: Callable[..., Any], *about: Any, oneself: bool = False
    ) -> None:
        super().__init__()
        self._user_key, self._write, self._about = user_key, write, about
        self._oneself = oneself

    def with_oneself(self) -> "WrittenKeys":
        """Give the same keys and the user's own, each once."""
        return WrittenKeys(self._user_key, self._write, *self._about, oneself=True)

    def select(self, connection: Any) -> tuple[str, Sequence[Any]]:
        """Write the query, with the user's key where it belongs."""
        sql, params = _written(connection.alias, self._write, *self._about)
        if self._oneself:
            sql, params = f"{sql} UNION SELECT %s", (*params, _KEY)
        key = get_user_model()._meta.pk.get_db_prep_value(self._user_key, connection)
        return sql, [key if one is _KEY else one for one in params]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Write it as a subquery."""
        sql, params = self.select(connection)
        return f"({sql})", params


class _Key(Expression):
    """Stands for the user's key in a query that is written once."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [_KEY]


_KEY = _Key()


@lru_cache(maxsize=256)
def _written(using: str, write: Callable[..., Any], *about: Any) -> tuple[str, tuple[Any, ...]]:
    keys = write(*about)
    if keys is None:
        raise EmptyResultSet
    sql, params = keys.using(using).query.get_compiler(using).as_sql()
    return sql, tuple(params)


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
    if not isinstance(child, tuple) or not isinstance(child[1], QuerySet | WrittenKeys):
        return child
    name, kind = child[0].rpartition("__")[::2]
    return Among(name, child[1]) if kind == "in" else child


class Among(Func):
    """True where the field holds one of the keys that a queryset of one column gives."""

    conditional = True
    template = "%(expressions)s"

    def __init__(self, field: str, keys: Any) -> None:
        among: Any = Subquery(keys) if isinstance(keys, QuerySet) else keys
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
