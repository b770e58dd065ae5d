"""The filters of the list of roles: chips above it, each with how many roles it leaves."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..models import Role

COUNTED_TO = 999
NO_BASE = "-"
"""No role's code: a code neither begins nor ends with a hyphen."""


class ChipFilter(admin.SimpleListFilter):
    """A choice among conditions; an unknown value is refused, not passed over (threat 1)."""

    any_label: Any = gettext_lazy("Any")
    is_menu = False
    reads: ClassVar[frozenset[str]] = frozenset()
    """The fields without which it does not stand there."""

    def condition(self, value: str) -> Any:
        """Give what `value` asks of a row."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep the rows that answer the condition."""
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters(f"{self.parameter_name}={value!r} is no filter.")
        return queryset.filter(self.condition(value))

    def has_output(self) -> bool:
        """Stand there also with one choice: nothing jumps when a second comes."""
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Give the chips: what each asks, whether it is chosen, and how many rows it leaves."""
        others = changelist.get_queryset(
            changelist.request, exclude_parameters=self.expected_parameters()
        )
        rows = changelist.model._default_manager.filter(pk__in=others.order_by().values("pk"))
        counts = self.counts(rows)
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": self.any_label,
            "count": "",
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
                "count": capped(counts.get(value, 0)),
            }

    def counts(self, found: QuerySet) -> dict[str, int]:
        """Count the rows that each choice leaves, in one query."""
        values = [value for value, _label in self.lookup_choices]
        return found.aggregate(**{v: Count("pk", filter=self.condition(v)) for v in values})


class KindFilter(ChipFilter):
    """System roles, or the account's own."""

    title = gettext_lazy("Kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the two kinds."""
        return [("system", _("System")), ("own", _("Own"))]

    def condition(self, value: str) -> Any:
        """Ask whether the role came with the product."""
        return Q(is_system=value == "system")


class PeopleFilter(ChipFilter):
    """Whether anybody holds the role today (R2)."""

    title = gettext_lazy("Held by")
    parameter_name = "people"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the two answers."""
        return [("some", _("Somebody")), ("nobody", _("Nobody"))]

    def condition(self, value: str) -> Any:
        """Ask for assignments that count now."""
        held = Q(Exists(policy.current_assignments().filter(role=OuterRef("pk"))))
        return held if value == "some" else ~held


class BaseFilter(ChipFilter):
    """On which role it is based; there can be many bases, so they stand in a menu."""

    title = gettext_lazy("Based on")
    parameter_name = "base"
    is_menu = True
    reads = frozenset({"base"})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the roles on which others are based."""
        bases = Role.objects.filter(derived__isnull=False).distinct()
        named = [(base.code, policy.role_name(request.user, base)) for base in bases]
        return [(NO_BASE, _("No other role")), *sorted(named, key=lambda one: one[1])]

    def condition(self, value: str) -> Any:
        """Ask for the base itself, not for one further down the chain."""
        return Q(base=None) if value == NO_BASE else Q(base__code=value)

    def counts(self, found: QuerySet) -> dict[str, int]:
        """Count by base, however many there are."""
        rows = found.order_by().values_list("base__code").annotate(number=Count("pk"))
        return {code or NO_BASE: number for code, number in rows}


def capped(count: int) -> str:
    """Write a count, beyond 999 only that it is more."""
    return f"{COUNTED_TO}+" if count > COUNTED_TO else str(count)
