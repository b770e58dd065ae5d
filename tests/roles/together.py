"""Let functions run at once, each in a thread with its own connection to the database."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection

PATIENCE = 30
"""Seconds after which a thread that hangs fails its test."""


def run_together(*functions: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment; give what each returned, or the exception it raised."""
    start = Barrier(len(functions), timeout=PATIENCE)
    results: list[Any] = [None] * len(functions)

    def run(number: int, function: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            results[number] = function()
        except Exception as error:  # handed to the test, which says what it expected
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results


def refusals(results: list[Any], *kinds: type[Exception]) -> list[Exception]:
    """Give the exceptions among the results, which may only be of these kinds."""
    errors = [result for result in results if isinstance(result, Exception)]
    unexpected = [error for error in errors if not isinstance(error, kinds)]
    assert not unexpected, unexpected
    return errors
