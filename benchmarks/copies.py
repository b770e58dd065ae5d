"""Many rows made of one: what a row needs is taken from one that the ORM made."""

from typing import Any

from django.db import connection
from django.db.models import Model


def numbers(first: int, last: int) -> str:
    """Give a source of the whole numbers `numbers.i` from `first` to `last`, in SQL."""
    return (
        f"(WITH RECURSIVE n(i) AS (SELECT CAST({first} AS bigint) UNION ALL SELECT i + 1 FROM n "
        f"WHERE i < {last}) SELECT i FROM n) AS numbers"
    )


def copy_row(row: Model, source: str, replaced: dict[str, str]) -> None:
    """Copy `row` for each row of `source` with some columns `replaced`, in one statement.

    What a row needs is taken from one that the ORM made, so that a new column needs no mention.
    """
    options: Any = row._meta
    auto = options.auto_field.column if options.auto_field else None
    columns = [field.column for field in options.concrete_fields if field.column != auto]
    values = [replaced.get(column, f"original.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {options.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {options.db_table} AS original, {source} "
            f"WHERE original.{options.pk.column} = {row.pk}"  # no parameters: % stays itself
        )
