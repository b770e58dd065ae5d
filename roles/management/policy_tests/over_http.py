"""The HTTP door of policy tests: the lists of the project's own API, asked in this process."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

PAGE_SIZE = 100

Rows = dict[Any, dict[str, Any]]
"""What a person is shown of a module: each record's fields by its primary key."""


class OverHttp:
    """What each person is shown by each list; a list is read once, for the world stands still."""

    def __init__(self) -> None:
        self._read: dict[tuple[Any, type[Model]], Rows] = {}

    def rows(self, user: Any, model: type[Model]) -> Rows | None:
        """Give what `user` is shown of a model's records; `None` where no view of them is."""
        view = _views().get(model)
        if view is None:
            return None
        key = (user.pk, model)
        if key not in self._read:
            self._read[key] = {row["id"]: row for row in _all_pages(view, user)}
        return self._read[key]


def _all_pages(view: Any, user: Any) -> Iterator[dict[str, Any]]:
    """Read page after page; whoever may not read the list is shown nothing."""
    number, more = 1, True
    while more:
        request = RequestFactory().get("/", {"page": number, "page_size": PAGE_SIZE})
        # Whose request it is, as REST framework's own test client says it.
        request._force_auth_user = user  # type: ignore[attr-defined]
        request.get_host = lambda: "localhost"  # type: ignore[method-assign]
        answer = view(request)
        if answer.status_code in (401, 403):
            return
        if answer.status_code != 200:
            raise RuntimeError(f"The list of {view.cls.__name__} answered {answer.status_code}.")
        yield from answer.data["results"]
        number, more = number + 1, answer.data["next"] is not None


@cache
def _views() -> dict[type[Model], Any]:
    """Find the project's lists of governed records, by what the kit says of itself."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return {}
    return {
        callback.cls.queryset.model: callback
        for callback in _callbacks(get_resolver().url_patterns)
        if getattr(callback.cls, "roles_kit", None) == "view"
        and getattr(callback, "actions", {}).get("get") == "list"
    }


def _callbacks(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            yield from _callbacks(pattern.url_patterns)
        elif hasattr(pattern.callback, "cls"):
            yield pattern.callback
