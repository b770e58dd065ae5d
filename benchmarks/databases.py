"""Databases that exist for the length of one run."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

POSTGRES_URL = os.environ.get(
    "BENCHMARK_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"
)
"""An address where databases may be made; each run makes its own and drops it."""


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the address of a new SQLite file."""
    with tempfile.TemporaryDirectory(prefix="bench_") as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a new PostgreSQL database; `OSError` where no server answers."""
    import psycopg  # SQLite alone can be measured without it

    name = f"bench_{os.getpid()}"
    try:
        server = psycopg.connect(POSTGRES_URL, autocommit=True)
    except psycopg.OperationalError as error:
        raise OSError("No PostgreSQL answers; BENCHMARK_POSTGRES_URL says where.") from error
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


DATABASES = {"sqlite": sqlite, "postgres": postgres}
