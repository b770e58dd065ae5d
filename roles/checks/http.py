"""A check of the HTTP API: no view of governed records stands beside the kit."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, get_resolver

from ..registry import registry

KIT = "roles_kit"
"""The attribute by which a class of the kit, or one made of it, says what it stands for."""


@register(Tags.urls)
def check_views(**kwargs: Any) -> list[CheckMessage]:
    """Refuse views of REST framework that show governed records and ask nobody (R21, R22)."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    found = {
        (callback.cls, problem)
        for callback in _callbacks(get_resolver().url_patterns)
        for problem in _problems(callback)
    }
    return [
        Error(
            f"{view.__module__}.{view.__qualname__} {problem}.",
            hint="Make the view of roles.rest_framework.views.GovernedViewSet or GovernedView, "
            "with its permission and a GovernedSerializer.",
            obj=view,
            id="roles.E010",
        )
        for view, problem in sorted(found, key=lambda pair: (pair[0].__qualname__, pair[1]))
    ]


def _callbacks(patterns: Any) -> Iterator[Any]:
    """Give the callbacks that REST framework made, which know the class behind them."""
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            yield from _callbacks(pattern.url_patterns)
        elif hasattr(pattern.callback, "cls"):
            yield pattern.callback


def _problems(callback: Any) -> Iterator[str]:
    def given(name: str) -> Any:
        """Prefer what the address sets over what the class has."""
        kwargs = getattr(callback, "initkwargs", {})
        return kwargs.get(name, getattr(callback.cls, name, None))

    module = registry.module_of(_model_of(given("queryset"), given("serializer_class")))
    if module is None:
        return
    if getattr(callback.cls, KIT, None) != "view":
        yield f"shows records of the module {module.code!r} and is no view of the kit"
    elif "permission" not in {getattr(one, KIT, None) for one in given("permission_classes")}:
        yield f"shows records of the module {module.code!r} without asking for the permission"
    serializer = given("serializer_class")
    if serializer is not None and getattr(serializer, KIT, None) != "serializer":
        yield f"writes records of the module {module.code!r} with a serializer beside the kit"


def _model_of(queryset: Any, serializer: Any) -> Any:
    model = getattr(queryset, "model", None)
    return model or getattr(getattr(serializer, "Meta", None), "model", None)
