"""Let functions run at once, each in a thread with its own connection to the database."""

from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

from django.db import connection, transaction

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


def while_uncommitted(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Let `second` begin while what `first` did is not committed; give what became of it.

    `second` has asked all that it asks before the lock, and waits there; then `first` commits.
    """
    done, go_on = Event(), Event()
    results: list[Any] = []

    def holding() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                go_on.wait(PATIENCE)
        finally:
            done.set()
            connection.close()

    def waiting() -> None:
        try:
            results.append(second())
        except Exception as error:  # handed to the test, which says what it expected
            results.append(error)
        finally:
            connection.close()

    one, other = Thread(target=holding), Thread(target=waiting)
    one.start()
    assert done.wait(PATIENCE)
    other.start()
    other.join(0.5)
    assert other.is_alive(), f"it did not wait: {results}"
    go_on.set()
    for thread in (one, other):
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread hangs"
    return results[0]


def refusals(results: list[Any], *kinds: type[Exception]) -> list[Exception]:
    """Give the exceptions among the results, which may only be of these kinds."""
    errors = [result for result in results if isinstance(result, Exception)]
    unexpected = [error for error in errors if not isinstance(error, kinds)]
    assert not unexpected, unexpected
    return errors
