"""What the page of the log can be asked: chips whose choices are conditions on entries.

None counts what its choices leave: the log is the largest table there is, and an exact count of
it costs many times the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from .. import policy
from ..core import clock
from ..registry import registry
from ..services.log_actions import GROUPS, grouped_actions
from .naming import names_in_reach

PAGE, PERSON = "page", "person"


@dataclass(frozen=True, slots=True)
class Chips:
    """One question: its name in the address, its title, and each answer's label and condition."""

    name: str
    title: str
    any_label: str
    answers: Mapping[str, tuple[str, Q]]
    is_menu: bool = False


class Filters:
    """The chips as one person sees them, and what of them an address chooses.

    What no chip offers is refused, never passed over: everybody would see all (threat 1).
    """

    def __init__(self, user: Any, query: Any) -> None:
        self._chosen = {name: query.get(name) for name in query if name != PAGE}
        questions = (_who(user), _what(), _where(user), _when())
        person = self._chosen.get(PERSON)
        self._questions = (*questions, _person(user, person)) if person else questions
        known = {question.name: question.answers for question in self._questions}
        for name, value in self._chosen.items():
            if name not in known or value not in known[name]:
                raise SuspiciousOperation(f"The log has no filter {name!r} with {value!r}.")

    @property
    def condition(self) -> Q:
        """Join what is chosen."""
        found = Q()
        for question in self._questions:
            if question.name in self._chosen:
                found &= question.answers[self._chosen[question.name]][1]
        return found

    @property
    def is_active(self) -> bool:
        """Whether anything is chosen."""
        return bool(self._chosen)

    @property
    def address(self) -> str:
        """Give what is chosen, to be followed by the number of a page."""
        return f"{urlencode(self._chosen)}&" if self._chosen else ""

    def chips(self) -> Iterator[tuple[Chips, list[dict[str, Any]]]]:
        """Give each question with its choices, as `role_chips.html` draws them."""
        for question in self._questions:
            chosen = self._chosen.get(question.name)
            offered = [("", question.any_label), *((v, a[0]) for v, a in question.answers.items())]
            yield (
                question,
                [
                    {
                        "selected": value == (chosen or ""),
                        "query_string": self._address_with(question.name, value),
                        "display": label,
                    }
                    for value, label in offered
                ],
            )

    def _address_with(self, name: str, value: str) -> str:
        others = {key: kept for key, kept in self._chosen.items() if key != name}
        return f"?{urlencode(others | ({name: value} if value else {}))}"


def _who(user: Any) -> Chips:
    mine = Q(actor=user.pk)
    answers = {"me": (_("Me"), mine), "others": (_("Others"), Q(actor=None) | ~mine)}
    return Chips("who", _("By"), _("Anyone"), answers)


def _what() -> Chips:
    answers = {
        group: (str(GROUPS[group]), Q(action__in=actions))
        for group, actions in grouped_actions().items()
    }
    return Chips("what", _("What"), _("Anything"), answers)


def _where(user: Any) -> Chips:
    """Offer the modules that the person may enter, with what is listed beside their records."""
    answers = {}
    for module in registry.catalogue.modules.values():
        kinds = [model._meta.label_lower for model in policy.kinds_in(user, module)]
        if kinds:
            about = Q(subject_type__in=kinds) | Q(beside_type__in=kinds)
            answers[module.code] = (str(module.label), about)
    return Chips("module", _("In"), _("All modules"), answers, is_menu=True)


def _when() -> Chips:
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)

    def since(moment: datetime) -> Q:
        return Q(moment__gte=moment)

    answers = {
        "today": (_("Today"), since(today)),
        "week": (_("7 days"), since(today - timedelta(days=6))),
        "month": (_("30 days"), since(today - timedelta(days=29))),
    }
    return Chips("when", _("When"), _("Any time"), answers)


def _person(user: Any, username: str) -> Chips:
    """Offer one person by user name: who may not be viewed acted in nothing (R24)."""
    people = get_user_model()
    named = {people.USERNAME_FIELD: username.replace("\x00", "\ufffd")}
    found = people._default_manager.filter(**named).first()
    names = names_in_reach(user, people, [found.pk] if found else [])
    condition = Q(actor__in=list(names)) if names else Q(pk__in=[])
    label = next(iter(names.values()), username)
    return Chips(PERSON, _("Person"), _("Everyone"), {username: (label, condition)})
