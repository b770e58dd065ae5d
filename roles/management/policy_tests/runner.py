"""Run one policy test and say what was found."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DatabaseError, transaction

from roles.core import clock
from roles.core.document import load_text
from roles.core.errors import DocumentError
from roles.core.worlds import Check, PolicyTest, parse_policy_test
from roles.registry import registry

from .building import Built
from .doors import Answers, Doors, NotAnswered


@dataclass(frozen=True, slots=True)
class Failure:
    """A check whose answer is not the expected one, or on which the doors disagree."""

    file: str
    index: int
    check: dict[str, Any]
    expected: Any
    got: Any
    doors: Answers
    because: str

    def as_json(self) -> dict[str, Any]:
        """Give the failure as the command prints it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Outcome:
    """What one or more files gave; `answers` in the order of the checks."""

    passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take in what another file gave."""
        self.passed += other.passed
        self.failures += other.failures
        self.answers += other.answers


def run_file(name: str, text: str) -> Outcome:
    """Read the file, make its world, ask its checks, and leave nothing of it behind."""
    test = parse_policy_test(
        load_text(text, name=name),
        catalogue=registry.catalogue,
        builtins=frozenset(registry.builtin_roles),
    )
    with transaction.atomic(), clock.moment(test.now) if test.now else nullcontext():
        outcome = _run(name, test)
        transaction.set_rollback(True)
    return outcome


def _run(name: str, test: PolicyTest) -> Outcome:
    built = _build(test)
    keys = {(r._meta.label, r.pk): key for key, r in built.records.items() if r is not None}
    doors, outcome = Doors(built, keys, test.checks), Outcome()
    for index, check in enumerate(test.checks):
        try:
            answers, silence = doors.ask(check), ""
        except NotAnswered as found:
            answers, silence = {}, str(found)
        got = next(iter(answers.values()), None)
        outcome.answers.append(got)
        if _is_right(check, answers.values()):
            outcome.passed += 1
        else:
            expected = list(check.expect) if isinstance(check.expect, tuple) else check.expect
            because, raw = silence or doors.because(check), dict(check.raw)
            outcome.failures.append(Failure(name, index, raw, expected, got, answers, because))
    return outcome


def _build(test: PolicyTest) -> Built:
    """Make the world; what the models do not take is an error of the file."""
    try:
        return Built(test)
    except (DatabaseError, FieldDoesNotExist, ValidationError, ValueError, TypeError) as error:
        raise DocumentError("world", f"The models do not take it: {error}") from error


def _is_right(check: Check, answers: Iterable[Any]) -> bool:
    """Hold if the doors agree with each other, and with what is expected if anything is."""
    found = [set(a) if isinstance(a, list) else a for a in answers]
    if not found or any(answer != found[0] for answer in found):
        return False
    expected = set(check.expect) if isinstance(check.expect, tuple) else check.expect
    return check.expect is None or found[0] == expected
