"""The project's own views of governed records, found by its addresses and asked in this process."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from roles.registry import registry

_REQUESTS = RequestFactory()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answered; `codes` says by field what kind of no a refusal of values is."""

    status: int
    data: Any
    codes: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Whether the view did as it was asked."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Serialized:
    """What a serializer shows of records by primary key, and the fields that it does not have."""

    shown: Mapping[Any, Mapping[str, Any]]
    left_out: frozenset[str]


class RecordsView:
    """One view and the methods that it answers at an address."""

    def __init__(self, callback: Any) -> None:
        self.name, self.methods = callback.cls.__name__, frozenset(callback.actions)
        self._lookup = callback.cls.lookup_field
        self._serializer, self._model = callback.cls.serializer_class, callback.cls.queryset.model
        self._view = _telling(callback.cls).as_view(callback.actions, **callback.initkwargs)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """The fields that roles can name and this view's own serializer does not have."""
        governed = registry.fields_of(registry.module_of(self._model))
        return frozenset(governed) - self._serializer_class()().fields.keys()

    def _serializer_class(self) -> Any:
        from roles.rest_framework.serializers import serializer_for

        return self._serializer or serializer_for(self._model)

    def serialize(self, user: Any, records: list[Any]) -> "Serialized":
        """Write records without any view around the serializer."""
        asked = {"request": SimpleNamespace(user=user)}
        rows = self._serializer_class()(records, many=True, context=asked).data
        pairs = zip(records, rows, strict=True)
        return Serialized({record.pk: row for record, row in pairs}, self.left_out)

    def ask(
        self, user: Any, method: str, record: Any = None, *, body: Any = None, **query: Any
    ) -> Answer:
        """Ask as `user`, about a record where one is given; nothing of what it writes stays."""
        sent = json.dumps(body, cls=DjangoJSONEncoder) if body is not None else query
        kind = {"content_type": "application/json"} if body is not None else {}
        request = getattr(_REQUESTS, method)("/", sent, **kind)
        # Whose request it is, as REST framework's own test client says it.
        request._force_auth_user = user
        request.get_host = lambda: "localhost"
        where = {} if record is None else {self._lookup: str(getattr(record, self._lookup))}
        with nullcontext() if method == "get" else _taken_back():
            answer = self._view(request, **where)
        codes = answer.refusal.get_codes() if answer.status_code == 400 else {}
        return Answer(answer.status_code, answer.data, codes if isinstance(codes, dict) else {})


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _telling(view: Any) -> Any:
    """Let a view's answer carry the refusal itself: its words alone do not say what kind it is."""

    class Telling(view):
        def handle_exception(self, exc: Exception) -> Any:
            answer = super().handle_exception(exc)
            answer.refusal = exc
            return answer

    return Telling


@dataclass(frozen=True, slots=True)
class RecordsViews:
    """The views of one model's records: of them all, and of one; either may be missing."""

    many: RecordsView | None
    one: RecordsView | None

    def answering(self, method: str, *, one: bool) -> RecordsView | None:
        """Give the view that answers the method, if there is one."""
        view = self.one if one else self.many
        return view if view is not None and method in view.methods else None


NO_VIEWS = RecordsViews(None, None)


@cache
def views_of(model: type[Model]) -> RecordsViews:
    """Give the project's views of a model's records."""
    return _all_views().get(model, NO_VIEWS)


@cache
def _all_views() -> Mapping[type[Model], RecordsViews]:
    """Find them by what the kit says of itself."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return {}
    found: dict[type[Model], dict[str, RecordsView]] = {}
    for callback in _callbacks(get_resolver().url_patterns):
        place = _PLACES.get(getattr(callback, "actions", {}).get("get"))
        if place is not None and getattr(callback.cls, "roles_kit", None) == "view":
            found.setdefault(callback.cls.queryset.model, {})[place] = RecordsView(callback)
    return {
        model: RecordsViews(**{"many": None, "one": None, **row}) for model, row in found.items()
    }


_PLACES = {"list": "many", "retrieve": "one"}


def _callbacks(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            yield from _callbacks(pattern.url_patterns)
        elif hasattr(pattern.callback, "cls"):
            yield pattern.callback
