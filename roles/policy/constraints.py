"""Rules of a model over several fields, and what they may tell of fields that are hidden (R23).

Whoever may set the end of a project learns its hidden beginning by trying: each refusal, and
each value that is taken, tells on which side it lies, whatever the words are. So a field that a
rule binds to a hidden one keeps its value, whatever is sent. What no rule in the database says
(`clean()`) is asked, and its refusal told in words that name nothing.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import router
from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from ..registry import registry
from .reach import governing

_PARTS = ("condition", "expressions", "fields")


def bound_fields(model: type[Model], readable: Collection[str]) -> frozenset[str]:
    """Give the fields that a rule of the model binds to one that is not `readable`."""
    hidden = _hidden(model, readable)
    found = (names - hidden for names in _rules(model) if hidden & names)
    return frozenset(name for names in found for name in names)


def fields_of(constraint: Any, model: type[Model]) -> frozenset[str]:
    """Give the fields that a constraint speaks of."""
    parts = [getattr(constraint, name, None) for name in _PARTS]
    columns = {field.attname: field.name for field in model._meta.concrete_fields}
    return frozenset(columns.get(name, name) for part in parts for name in _named(part))


def _named(part: Any) -> Iterator[str]:
    if isinstance(part, F):
        part = vars(part)["name"]
    if isinstance(part, str):
        yield part.partition("__")[0]
    elif isinstance(part, Q):
        yield from part.referenced_base_fields
    elif isinstance(part, tuple | list):
        for one in part:
            yield from _named(one)
    elif part is not None:
        yield from _named(part.get_source_expressions())


@cache
def _rules(model: type[Model]) -> tuple[frozenset[str], ...]:
    """Give the sets of fields that constraints, unique sets and `unique_for_date` bind."""
    options = model._meta
    found = [fields_of(constraint, model) for constraint in options.constraints]
    found += [frozenset(names) for names in options.unique_together]
    for field in options.concrete_fields:
        days = (getattr(field, f"unique_for_{unit}", None) for unit in ("date", "month", "year"))
        found += [frozenset({field.name, day}) for day in days if day]
    return tuple(names for names in found if len(names) > 1)


def _hidden(model: type[Model], readable: Collection[str]) -> frozenset[str]:
    return frozenset(registry.fields_of(governing(model))) - frozenset(readable)


# What the model refuses


def model_errors(
    record: Model, known: Collection[str], unasked: Collection[str] = (), *, rules: bool = True
) -> dict[str, list[str]]:
    """Give by field, or under "", what the model refuses of a record as it is to be stored.

    Somebody is told who knows of the fields `known`: a message about others, or one that may
    speak of others, is replaced by words that are the same for all. The values of the fields
    `unasked` are not looked at; the rules over several are, unless something is wrong already.
    """
    hidden = _hidden(type(record), known)
    told: dict[str, list[str]] = {}

    def look(ask: Callable[[], Any], is_of: Callable[[str], bool], instead: str) -> None:
        try:
            ask()
        except ValidationError as error:
            for name, problems in error.update_error_dict({}).items():
                texts = ValidationError(problems).messages if is_of(name) else [instead]
                told.setdefault(name if name in known else "", []).extend(texts)

    apart = _("This does not go together with the rest of the record.")
    missing = _("Something is missing that you may not set.")
    look(lambda: record.clean_fields(exclude=set(unasked)), lambda name: name in known, missing)
    look(record.clean, lambda _name: not hidden, apart)
    if rules and not told:
        # Asked about all fields: the database does so, too.
        look(record.validate_unique, lambda n: n != NON_FIELD_ERRORS or not hidden, apart)
        for constraint in type(record)._meta.constraints:
            look(_asked(constraint, record), _speaks_of_none(constraint, record, hidden), apart)
    return told


def _asked(constraint: Any, record: Model) -> Callable[[], None]:
    model = type(record)
    using = router.db_for_write(model, instance=record)

    def ask() -> None:
        try:
            constraint.validate(model, record, using=using)
        except ValidationError as error:
            alone: Sequence[str] = getattr(constraint, "fields", ())
            if error.code != "unique" or len(alone) != 1:
                raise
            raise ValidationError({alone[0]: error}) from error

    return ask


def _speaks_of_none(
    constraint: Any, record: Model, hidden: frozenset[str]
) -> Callable[[str], bool]:
    """Ask whether the message of a constraint can tell of nothing hidden."""
    named = fields_of(constraint, type(record))
    return lambda _name: bool(named) and not named & hidden if hidden else True
