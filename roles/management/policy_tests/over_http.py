"""The HTTP door of policy tests: what the project's own API shows, does, takes and refuses.

Rights are looked at, never values: what is sent is of a kind that no field takes, or has a
field left out, and a refusal for that alone is a yes to the right.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from .api_views import Answer, RecordsView, views_of

PAGE_SIZE = 100
_NO_VALUE = {"a policy test": "asks whether this may be written"}
_METHODS = {"view": "get", "edit": "patch", "delete": "delete"}
_SHUT = frozenset({401, 403, 404})

Rows = Mapping[Any, Mapping[str, Any]]
"""What a person is shown of a module: each record's fields by its primary key."""


class OverHttp:
    """What each person gets from each view; `None` everywhere stands for: no such view.

    What is only read is asked once, for the world stands still.
    """

    def __init__(self) -> None:
        self._lists: dict[tuple[Any, type[Model]], Rows] = {}
        self._answers: dict[tuple[Any, ...], Answer] = {}

    def rows(self, user: Any, model: type[Model]) -> Rows | None:
        """Give what `user` is shown by the list of a model's records."""
        view = views_of(model).answering("get", one=False)
        if view is None:
            return None
        key = (user.pk, model)
        if key not in self._lists:
            self._lists[key] = {row["id"]: row for row in _all_pages(view, user)}
        return self._lists[key]

    def serialized(self, user: Any, model: type[Model], records: Iterable[Model]) -> Any:
        """Give what the serializer of a model's records shows `user` of these, all together."""
        view = views_of(model).one or views_of(model).many
        return None if view is None else view.serialize(user, list(records))

    def may(self, user: Any, action: str, record: Model) -> bool | None:
        """Tell whether the view of one record shows it, lets it be changed or deletes it."""
        method = _METHODS.get(action)
        answer = method and self._about(user, method, record, {} if method == "patch" else None)
        return None if answer is None else _did(answer)

    def shows(self, user: Any, record: Model, field: str) -> bool | None:
        """Tell whether the view of one record shows the field."""
        answer = self._about(user, "get", record, None, [field])
        return None if answer is None else _did(answer) and field in answer.data

    def takes(self, user: Any, record: Model, field: str) -> bool | None:
        """Tell whether a PATCH of the field would be the user's to send, whatever its value."""
        answer = self._about(user, "patch", record, {field: _NO_VALUE}, [field])
        return None if answer is None else _is_theirs(answer, [field])

    def creates(self, user: Any, model: type[Model], values: Mapping[str, Any]) -> bool | None:
        """Tell whether a POST of these values would be the user's to send."""
        view = views_of(model).answering("post", one=False)
        if view is None or view.left_out & values.keys():
            return None
        body = {name: _as_sent(value) for name, value in values.items()}
        return _is_theirs(view.ask(user, "post", body=body), values)

    def _about(
        self, user: Any, method: str, record: Model, body: Any, fields: Iterable[str] = ()
    ) -> Answer | None:
        view = views_of(type(record)).answering(method, one=True)
        if view is None or view.left_out & {*fields}:
            return None
        key = (user.pk, method, type(record), record.pk, *(body or ()))
        if key not in self._answers:
            self._answers[key] = view.ask(user, method, record, body=body)
        return self._answers[key]


def _did(answer: Answer) -> bool:
    if answer.is_success or answer.status in _SHUT:
        return answer.is_success
    raise RuntimeError(f"The API answered {answer.status}: {answer.data}")


def _is_theirs(answer: Answer, names: Any) -> bool:
    """Tell a refusal of who asks from one of what was sent."""
    if answer.status != 400:
        return _did(answer)
    from roles.rest_framework.refusals import NOT_THEIRS

    return not any(NOT_THEIRS & {*answer.codes.get(name, ())} for name in names)


def _as_sent(value: Any) -> Any:
    """Write a value as a program would: people by their names, records by their keys."""
    if isinstance(value, get_user_model()):
        return value.get_username()
    return value.pk if isinstance(value, Model) else value


def _all_pages(view: RecordsView, user: Any) -> Iterator[Mapping[str, Any]]:
    """Read page after page; whoever may not read the list is shown nothing."""
    number, more = 1, True
    while more:
        answer = view.ask(user, "get", page=number, page_size=PAGE_SIZE)
        if answer.status in (401, 403):
            return
        if answer.status != 200:
            raise RuntimeError(f"The list of {view.name} answered {answer.status}.")
        yield from answer.data["results"]
        number, more = number + 1, answer.data["next"] is not None
