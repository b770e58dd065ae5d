"""The asynchronous door of policy tests: all that a file asks through it in one event loop."""

from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync

Question = tuple[Any, str, Any]
"""A person, a name, and a record or none."""


class AsyncDoor:
    """`ahas_perm` for questions that are known beforehand: a loop for each would cost more."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._questions = {_key(*question): question for question in questions}
        self._answers: dict[Any, bool] | None = None

    def has_perm(self, user: Any, name: str, record: Any) -> bool:
        """Give what `ahas_perm` says."""
        if self._answers is None:
            self._answers = async_to_sync(self._ask)()
        return self._answers[_key(user, name, record)]

    async def _ask(self) -> dict[Any, bool]:
        return {
            key: await user.ahas_perm(name, record)
            for key, (user, name, record) in self._questions.items()
        }


def _key(user: Any, name: str, record: Any) -> tuple[Any, ...]:
    return user.pk, name, type(record), record.pk if record is not None else None
