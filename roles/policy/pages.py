"""A page of a list in reach, read by the plan that suits it: the same rows, and few read.

    policy.planned(policy.accessible(Contact.objects.all(), user)[0:50])

The condition of reach, `owner = ANY (the owners)`, composes with anything and says nothing of
the order. To find the 50 newest of 400 people's records the database reads all of them, or it
walks all records from the newest on; if the 400 have left the company, it walks nearly the
whole table. A page is therefore read in two steps, in one statement; on PostgreSQL by

- *threshold*, up to 500 owners: of each owner the newest record. The 50th newest of those is a
  lower bound of the page, and of each owner only what lies at it or above is read.
- *bounded walk*, for more owners: the newest 2,000 records of all. A broad reach finds its page
  among them at once; the threshold follows where it did not.

On SQLite `owner IN (the owners)` alone is a threshold: its sorter leaves an owner as soon as the
rest of their rows are too old. Beside an OR it reads everything, on both. So records opened by a
share are found by their keys, apart. The plan stands *in place of* the
condition of reach: each of its branches takes only records of those owners, or shared ones, that
are not in the trash. Both forms are made of one `Reached`, and give the same rows (R13, R22).
Nothing is cached (R28).

Everything else is read plainly: a list that is filtered, searched or ordered in another way,
`all`, `own`, counts, pages that end beyond row 2,000, and models without the indexes that
`roles.W005` asks for.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connections
from django.db.models import Model, Q, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode

from ..core.specs import Module
from ..scopes import Keys, WrittenKeys, with_oneself
from .listing import ListOrder, in_list_order, list_order, missing_indexes, owner_column
from .page_plan import WALK_ROWS, AmongFirst, Page

PLANNED_FOR = frozenset({"postgresql", "sqlite"})
"""Other databases read every page plainly."""

_REACHED = "_roles_reached"


@dataclass(frozen=True, eq=False)
class Reached:
    """What `accessible` restricted a list to; the list's query carries it along.

    Its records lie `within` the user's scopes or are `shared` with them, and are `kept` out of
    the trash; `others` are the owners beside the user where scopes say so, and `after` is the
    cursor of a later page. `where` is what all of this made of the query: as long as that is the
    same, nothing else was asked for.
    """

    user: Any
    module: Module
    within: Q
    kept: Q
    others: Keys | None = None
    shared: WrittenKeys | None = None
    after: Q = field(default_factory=Q)
    where: Any = None

    @property
    def condition(self) -> Q:
        """The plain form, for `filter`; the plan is made of the same parts."""
        # An empty condition means every record, and would vanish in an OR.
        if self.shared is None or not self.within:
            return self.within & self.kept
        return (self.within | Q(pk__in=self.shared)) & self.kept


def remember(found: QuerySet[Any], reached: Reached) -> QuerySet[Any]:
    """Let the query say what it was restricted to."""
    setattr(found.query, _REACHED, replace(reached, where=found.query.where.clone()))
    return found


def after(queryset: QuerySet[Any], record: Model) -> QuerySet[Any]:
    """Keep what comes after `record` in the order of the list: the next page, by cursor.

    A model whose list does not end in its key is an error: rows would be left out.
    """
    order = list_order(queryset.model)
    if order is None:
        raise ValueError(f"{queryset.model._meta.label} is not ordered by a column and its key.")
    beyond = "lt" if order.descending else "gt"
    column, key = order.column.name, order.key.name
    place, pk = getattr(record, order.column.attname), record.pk
    # The first part is what an index can begin at.
    condition = Q(**{f"{column}__{beyond}e": place}) & (
        Q(**{f"{column}__{beyond}": place}) | Q(**{f"{key}__{beyond}": pk})
    )
    found, reached = queryset.filter(condition), _reached(queryset.query)
    if reached is None:
        return found
    return remember(found, replace(reached, after=reached.after & condition))


def planned(page: QuerySet[Any]) -> QuerySet[Any]:
    """Give a slice of a list in reach with the plan that suits it: the same rows in the same order.

    A slice for which there is no plan, or of a list that is not in reach, comes back as it was.
    """
    plan = _plan_of(page)
    if plan is None:
        return page
    first, end = page.query.low_mark, page.query.high_mark
    whole = page.all()
    whole.query.clear_limits()
    whole.query.where = WhereNode()  # every branch of the plan holds the condition itself
    return whole.filter(plan)[first:end]


def _plan_of(page: QuerySet[Any]) -> "AmongFirst | None":
    query, end = page.query, page.query.high_mark
    if connections[page.db].vendor not in PLANNED_FOR or end is None or end > WALK_ROWS:
        return None
    reached, order = _reached(query), list_order(page.model)
    if reached is None or order is None or not _is_list(query, page.model, order):
        return None
    owner = owner_column(page.model, reached.module.owner_field)
    if owner is None or missing_indexes(page.model, order, owner.name):
        return None
    if reached.others is None:
        return None  # `own` alone: the index gives the page at once
    rows = page.model._base_manager.order_by()
    records = rows.filter(reached.kept & reached.after)
    if len(records.query.alias_map) > 1:
        return None  # what is kept depends on other tables
    owners = with_oneself(reached.user, reached.others)
    return AmongFirst(Page(order, owner, owners, records, reached.shared, end))


def _reached(query: Query) -> Reached | None:
    """Give what the list was restricted to, if nothing else is asked of its records."""
    reached: Reached | None = getattr(query, _REACHED, None)
    return reached if reached is not None and query.where == reached.where else None


def _is_list(query: Query, model: type[Model], order: ListOrder) -> bool:
    """Tell whether the query gives each record once, by itself, in the order of the list."""
    names = query.order_by or (model._meta.ordering if query.default_ordering else ())
    return (
        in_list_order(model, order, tuple(names or ()))
        and query.standard_ordering
        and not (query.distinct or query.combinator or query.extra_order_by)
        and query.group_by is None
        and not query.select_for_update
        # A window looks at the rows beside: fewer of them would change what it gives.
        and not any(one.contains_over_clause for one in query.annotations.values())
    )
