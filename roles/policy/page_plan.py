"""The plan of a page in SQL, for PostgreSQL and for SQLite; `pages` says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, F, Func, QuerySet

from ..scopes import Keys, select_of
from .listing import ListOrder

THRESHOLD_OWNERS = 500
"""Up to so many owners each is asked for the newest record; above, the newest are walked first."""

WALK_ROWS = 2_000
"""So many of the newest records are walked; a page that ends beyond them is read plainly."""

Part = tuple[str, Sequence[Any]]
"""SQL and its parameters."""

_PLAIN = """{key} IN (
SELECT id FROM (SELECT {pk} AS id FROM {table} WHERE {owner} IN ({owners}) AND {rows}
                ORDER BY {by} LIMIT {end})"""

_PLAIN_SHARED = """
UNION ALL
SELECT id FROM (SELECT {pk} AS id FROM {table} WHERE {pk} IN ({shared}) AND {rows}
                ORDER BY {by} LIMIT {end})"""

# `unnest` hides from the planner how many owners there are: it would take hundreds of cheap
# look-ups for so dear that it compiles the statement first. `IS TRUE` keeps it from joining the
# walk with the owners, which may become a loop in a loop. A branch whose gate is shut is not run,
# and a key that both branches give counts once in `= ANY`.
_OWNED = """{key} = ANY (ARRAY(
WITH owners AS MATERIALIZED (SELECT unnest(ARRAY({owners})) AS id),
walk AS MATERIALIZED (
    SELECT newest.id
    FROM (SELECT {pk} AS id, {owner} AS owner, {column} AS place
          FROM {table} WHERE {rows} ORDER BY {by} LIMIT {walk_rows}) AS newest
    WHERE (newest.owner IN (SELECT id FROM owners)) IS TRUE
      AND (SELECT count(*) FROM owners) > {threshold_owners}
    ORDER BY newest.place {direction}, newest.id {direction} LIMIT {end}
),
bound AS MATERIALIZED (
    SELECT (SELECT {column} FROM {table} WHERE {owner} = owners.id AND {rows}
            ORDER BY {by} LIMIT 1) AS place
    FROM owners ORDER BY place {direction} NULLS LAST OFFSET {end} - 1 LIMIT 1
)
SELECT id FROM walk
UNION ALL
(SELECT upper.id
 FROM owners CROSS JOIN LATERAL (
     SELECT {pk} AS id, {column} AS place
     FROM {table} WHERE {owner} = owners.id AND {rows}
       AND {column} {reaches} COALESCE(
           (SELECT place FROM bound), (SELECT {lowest}({column}) FROM {table}))
     ORDER BY {by} LIMIT {end}) AS upper
 WHERE (SELECT count(*) FROM walk) < {end}
 ORDER BY upper.place {direction}, upper.id {direction} LIMIT {end})"""

_SHARED = """
UNION ALL
(SELECT {pk} FROM {table} WHERE {pk} = ANY (ARRAY({shared})) AND {rows}
 ORDER BY {by} LIMIT {end})"""


@dataclass(frozen=True, eq=False)
class Page:
    """What the plan needs to know; `end` is the number of the page's last row.

    `owners` and `shared` give keys: of the owners in reach, and of the records that are shared.
    `records` are those from which the page is taken, whoever owns them.
    """

    order: ListOrder
    owner: Any
    owners: Keys
    records: QuerySet[Any]
    shared: Keys | None
    end: int


class AmongFirst(Func):
    """True of the records in reach that may stand on the page, and of few others."""

    conditional = True

    def __init__(self, page: Page) -> None:
        super().__init__(F("pk"), output_field=BooleanField())
        self._page = page

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """Write the owners' records and the shared ones apart: an OR would read them all."""
        return self._filled(compiler, connection, _PLAIN, _PLAIN_SHARED, ")")

    def as_postgresql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """Write the threshold and the walk."""
        return self._filled(compiler, connection, _OWNED, _SHARED, "))")

    def _filled(self, compiler: Any, connection: Any, owned: str, shared: str, end: str) -> Part:
        page = self._page
        parts = _words(page, connection) | {
            "key": compiler.compile(self.source_expressions[0]),
            "owners": _select(page.owners, connection),
            "rows": _condition(page.records, connection),
        }
        try:
            parts["shared"] = _select(page.shared, connection)
        except EmptyResultSet:
            shared = ""
        return _fill(f"{owned}{shared}{end}", parts)


def _words(page: Page, connection: Any) -> dict[str, Part]:
    """Give the names and numbers of the text: our own models' and constants only."""
    quote, order = connection.ops.quote_name, page.order
    table = quote(page.records.model._meta.db_table)
    pk, column, owner = (
        f"{table}.{quote(field.column)}" for field in (order.key, order.column, page.owner)
    )
    words = {
        "table": table,
        "pk": pk,
        "column": column,
        "owner": owner,
        "by": f"{column} {order.direction}, {pk} {order.direction}",
        "direction": order.direction,
        "reaches": ">=" if order.descending else "<=",
        "lowest": "MIN" if order.descending else "MAX",
        "end": str(page.end),
        "walk_rows": str(WALK_ROWS),
        "threshold_owners": str(THRESHOLD_OWNERS),
    }
    return {name: (word, ()) for name, word in words.items()}


def _select(keys: Keys | None, connection: Any) -> Part:
    if keys is None:
        raise EmptyResultSet
    return select_of(keys, connection)


def _condition(records: QuerySet[Any], connection: Any) -> Part:
    """Give the condition on the records alone, which names the table by its own name."""
    compiler = records.query.get_compiler(connection=connection)
    text, parameters = compiler.compile(records.query.where)
    return text or "TRUE", parameters


def _fill(template: str, parts: Mapping[str, Part]) -> Part:
    """Put each part where the template names it, and its parameters in the same order."""
    text: list[str] = []
    parameters: list[Any] = []
    for literal, name, _spec, _conversion in Formatter().parse(template):
        part, values = parts[name] if name else ("", ())
        text += [literal, part]
        parameters += values
    return "".join(text), parameters
