"""Do one thing to many people: each is asked about as if they were the only one (R25)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from roles.core.errors import Invalid, Refused
from roles.core.specs import NOTHING

from ..models import User
from .acting import administering_many

Change = Callable[..., Any]
"""A service that changes one person: `change(acting_user=…, person=…, **values)`."""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one person: changed, or not `because` of what the service said."""

    person: User
    because: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all, in their order."""

    steps: tuple[Step, ...]

    @property
    def changed(self) -> list[User]:
        """Those who were changed."""
        return [step.person for step in self.steps if not step.because]

    @property
    def refused(self) -> list[Step]:
        """Those who were not, with the reasons."""
        return [step for step in self.steps if step.because]


class _TakenBack(Exception):
    """Ends a rehearsal; carries what it showed."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def plan_people(
    *, acting_user: Any, people: Iterable[User], change: Change, values: Mapping[str, Any] = NOTHING
) -> Outcome:
    """Say what `change_people` would do, by doing it and taking it back.

    So what is foretold is what happens: also that of several Owners the last one stays (D7).
    """
    try:
        with administering_many(acting_user):
            raise _TakenBack(_change_each(acting_user, people, change, values))
    except _TakenBack as rehearsal:
        return rehearsal.outcome


def change_people(
    *,
    acting_user: Any,
    people: Iterable[User],
    change: Change,
    values: Mapping[str, Any] = NOTHING,
    skip_refused: bool = False,
) -> Outcome:
    """Change each of `people`; where one cannot be changed nobody is, unless `skip_refused` (R25).

    Nobody administers meanwhile, so each is asked about as those before have left things (D7).
    """
    with administering_many(acting_user):
        outcome = _change_each(acting_user, people, change, values)
        if outcome.refused and not skip_refused:
            raise Refused(_not_all(outcome))
    return outcome


def _change_each(
    acting_user: Any, people: Iterable[User], change: Change, values: Mapping[str, Any]
) -> Outcome:
    return Outcome(tuple(_changed(acting_user, one, change, values) for one in people))


def _changed(acting_user: Any, person: User, change: Change, values: Mapping[str, Any]) -> Step:
    try:
        with transaction.atomic():
            change(acting_user=acting_user, person=person, **values)
    except (Refused, Invalid) as refusal:
        return Step(person, str(refusal))
    return Step(person)


def _not_all(outcome: Outcome) -> str:
    number = len(outcome.steps)
    words = ngettext(
        "Nothing was saved: %(refused)d of %(number)d person cannot be changed (R25).",
        "Nothing was saved: %(refused)d of %(number)d people cannot be changed (R25).",
        number,
    )
    return words % {"refused": len(outcome.refused), "number": number}
