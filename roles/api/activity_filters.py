"""What the log can be asked by over HTTP, and nothing across (R23, R24, threat 1)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from .. import policy
from ..models.audit import key_of
from ..registry import registry
from ..rest_framework.references import in_sight
from ..rest_framework.references import key_of as address_field

NOTHING = Q(pk__in=[])
YEARS = range(1900, 9001)
TEXT_MAX = 255


def condition_of(user: Any, query: Mapping[str, str]) -> Q:
    """Join what is asked; a value that is none is refused by the name of its filter."""
    found, errors = Q(), {}
    for name, read in FILTERS.items():
        if name not in query:
            continue
        try:
            text = query[name]
            if not text or len(text) > TEXT_MAX:
                raise ValueError(_("Give a value."))
            found &= read(user, text, query)
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise ValidationError(errors)
    return found


def _actor(user: Any, text: str, _query: Mapping[str, str]) -> Q:
    """Find what a person did by user name; who may not be viewed did nothing (R24)."""
    people = get_user_model()
    found = in_sight(user, people).filter(**{people.USERNAME_FIELD: text})
    return Q(actor__in=found.values("pk"))


def _action(_user: Any, text: str, _query: Mapping[str, str]) -> Q:
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", text):
        raise ValueError(_("Give an action such as record.changed."))
    return Q(action=text)


def _module(user: Any, text: str, _query: Mapping[str, str]) -> Q:
    kinds = [model._meta.label_lower for model in _models(user, text)]
    return Q(subject_type__in=kinds) | Q(beside_type__in=kinds)


def _kind(user: Any, text: str, _query: Mapping[str, str]) -> Q:
    kind = _model(user, text)._meta.label_lower
    return Q(subject_type=kind) | Q(beside_type=kind)


def _subject(user: Any, text: str, query: Mapping[str, str]) -> Q:
    """Find what is about one thing, by the id of its address; one out of view is about nothing."""
    found = NOTHING
    for model in _asked(user, query):
        for key in _keys(user, model, text):
            kind = model._meta.label_lower
            found |= Q(subject_type=kind, subject_id=key) | Q(beside_type=kind, beside_id=key)
    return found


def _asked(user: Any, query: Mapping[str, str]) -> list[type[Model]]:
    try:
        if "kind" in query:
            return [_model(user, query["kind"])]
        if "module" in query:
            return _models(user, query["module"])
    except ValueError:
        return []  # said at the filter that is wrong
    raise ValueError(_("Name the module or the kind as well: ids are theirs."))


def _keys(user: Any, model: type[Model], text: str) -> list[str]:
    field = address_field(model)
    if field == "pk":
        try:
            return [key_of(model._meta.pk.to_python(text))]
        except ModelError:
            return []
    found = in_sight(user, model).filter(**{field: text}).values_list("pk", flat=True)
    return [key_of(pk) for pk in found]


def _models(user: Any, code: str) -> list[type[Model]]:
    """Give the kinds of a module of which the asker may see entries; another one is none (R23)."""
    module = registry.catalogue.modules.get(code)
    found = policy.kinds_in(user, module) if module else []
    if not found:
        raise ValueError(_("There is no module “%(name)s”.") % {"name": code})
    return found


def _model(user: Any, kind: str) -> type[Model]:
    for module in registry.catalogue.modules.values():
        for model in policy.kinds_in(user, module):
            if model._meta.label_lower == kind:
                return model
    raise ValueError(_("There is no kind “%(name)s”.") % {"name": kind})


def _from(_user: Any, text: str, _query: Mapping[str, str]) -> Q:
    return Q(moment__gte=_moment(text))


def _until(_user: Any, text: str, _query: Mapping[str, str]) -> Q:
    return Q(moment__lt=_moment(text))


def _moment(text: str) -> datetime:
    """Read a moment, or a day as its beginning; without a zone it is the site's."""
    day: date | None = None
    try:
        found = parse_datetime(text)
        day = parse_date(text) if found is None else None
    except ValueError:
        found = None
    if day is not None:
        found = datetime.combine(day, time())
    if found is None or found.year not in YEARS:
        raise ValueError(_("Give a moment such as 2026-03-01T12:00:00Z, or a day."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


FILTERS: dict[str, Callable[[Any, str, Mapping[str, str]], Q]] = {
    "actor": _actor,
    "action": _action,
    "module": _module,
    "kind": _kind,
    "subject": _subject,
    "from": _from,
    "until": _until,
}
"""The filters by name."""
