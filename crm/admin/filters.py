"""Filters of the records' lists in words: whose, and about when.

Each asks with the plain name of its field, so that the kit leaves it out with the field (R23),
and takes rows that hide the field for empty ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.core.vocabulary import ALL, OWN


class WordFilter(admin.FieldListFilter):
    """A filter whose answers are words; another word is none (R21)."""

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: Any,
        model: Any,
        model_admin: Any,
        field_path: str,
    ) -> None:
        self.user = request.user
        super().__init__(field, request, params, model, model_admin, field_path)
        self.asked = model_admin.asked_name(request, field_path)
        self.word = (self.used_parameters.get(self.field_path) or [None])[-1]
        self.conditions = self.conditions_by_word()
        if self.word is not None and self.word not in self.conditions:
            raise IncorrectLookupParameters

    def conditions_by_word(self) -> Mapping[str, tuple[Any, Q]]:
        """Give each word's label and condition, in the order of the list."""
        raise NotImplementedError

    def expected_parameters(self) -> list[str]:
        """Take the field's name from the address."""
        return [self.field_path]

    def has_output(self) -> bool:
        """Show where there is something to choose."""
        return bool(self.conditions)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep what the word says."""
        return queryset.filter(self.conditions[self.word][1]) if self.word else queryset

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet) -> dict[str, Any]:
        """Count what each word would keep."""
        return {
            f"{word}__c": Count(pk_attname, filter=condition)
            for word, (_label, condition) in self.conditions.items()
        }

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Give the links, the one to everything first."""
        counts = self.get_facet_queryset(changelist) if changelist.add_facets else {}
        yield {
            "selected": self.word is None,
            "query_string": changelist.get_query_string(remove=[self.field_path]),
            "display": _("All"),
        }
        for word, (label, _condition) in self.conditions.items():
            count = counts.get(f"{word}__c")
            yield {
                "selected": self.word == word,
                "query_string": changelist.get_query_string({self.field_path: word}),
                "display": label if count is None else f"{label} ({count})",
            }


class OwnerFilter(WordFilter):
    """Whose records; no question where the person sees their own only."""

    def conditions_by_word(self) -> Mapping[str, tuple[Any, Q]]:
        """Offer nobody's to whoever reaches the ownerless (R9)."""
        module = policy.governing(self.field.model)
        scopes = policy.access_for(self.user).scopes_for(module.code, "view") - {OWN}
        mine = Q(**{self.asked: self.user.pk})
        nobodys = Q(**{self.asked: None})
        words = {"mine": (_("Mine"), mine), "others": (_("Other people’s"), ~mine & ~nobodys)}
        if ALL in scopes:
            words["nobody"] = (_("Nobody’s"), nobodys)
        return words if scopes else {}


class PeriodFilter(WordFilter):
    """About when; the days count from today."""

    none_label: ClassVar[Any] = _("No date")
    is_menu = True

    def periods(self, today: date) -> Iterable[tuple[str, Any, date | None, date | None]]:
        """Give word, label, first day and the day after the last; `None` is open."""
        raise NotImplementedError

    def conditions_by_word(self) -> Mapping[str, tuple[Any, Q]]:
        """Make each period a condition, and ask for no date last."""
        found = {}
        for word, label, first, end in self.periods(timezone.localdate()):
            condition = Q(**{f"{self.asked}__isnull": False})
            condition &= Q(**{f"{self.asked}__gte": first}) if first else Q()
            condition &= Q(**{f"{self.asked}__lt": end}) if end else Q()
            found[word] = (label, condition)
        return {**found, "none": (self.none_label, Q(**{self.asked: None}))}


class AheadFilter(PeriodFilter):
    """What is to come, and what should have come by now."""

    def periods(self, today: date) -> Iterable[tuple[str, Any, date | None, date | None]]:
        """Give the days ahead."""
        week, month = today + timedelta(days=7), today + timedelta(days=30)
        yield "past", _("Before today"), None, today
        yield "week", _("Within 7 days"), today, week
        yield "month", _("Within 30 days"), today, month
        yield "later", _("Later"), month, None


class BehindFilter(PeriodFilter):
    """What has been, by the calendar."""

    def periods(self, today: date) -> Iterable[tuple[str, Any, date | None, date | None]]:
        """Give the months behind."""
        month = today.replace(day=1)
        quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        year = today.replace(month=1, day=1)
        last_year = year.replace(year=year.year - 1)
        yield "month", _("This month"), month, None
        yield "quarter", _("This quarter"), quarter, None
        yield "year", _("This year"), year, None
        yield "last_year", _("Last year"), last_year, year
        yield "earlier", _("Earlier"), None, last_year
