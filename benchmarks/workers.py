"""This process's handles on other processes of the same site."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Worker:
    """A process that runs `benchmarks.worker` on the same database."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, command: str, **arguments: Any) -> None:
        """Give an order without waiting for it."""
        self._process.stdin.write(json.dumps([command, arguments]) + "\n")
        self._process.stdin.flush()

    def receive(self) -> Any:
        """Wait for the answer to the oldest order that has none yet."""
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("A worker ended without an answer; see its error above.")
        return json.loads(line)

    def do(self, command: str, **arguments: Any) -> Any:
        """Give an order and wait for its answer."""
        self.send(command, **arguments)
        return self.receive()

    def close(self) -> None:
        """End the input, which ends the process."""
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


class Pool:
    """Processes that are started when first needed and then serve every measure."""

    def __init__(self) -> None:
        self._started: list[Worker] = []

    def take(self, how_many: int) -> list[Worker]:
        """Give so many of them."""
        while len(self._started) < how_many:
            self._started.append(Worker())
        return self._started[:how_many]

    def close(self) -> None:
        """End them all."""
        while self._started:
            self._started.pop().close()


@contextmanager
def pool() -> Iterator[Pool]:
    """Give a pool, and end its processes."""
    made = Pool()
    try:
        yield made
    finally:
        made.close()


def ask_all(asked: list[Worker], **question: Any) -> list[bool]:
    """Ask all at once and give their answers."""
    for worker in asked:
        worker.send("ask", **question)
    return [worker.receive() for worker in asked]
