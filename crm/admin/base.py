"""What all records' pages share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import TextField, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roles.admin import GovernedAdmin

from .columns import Column
from .related import RelatedList


class RecordAdmin(GovernedAdmin):
    """A record's list and page."""

    formfield_overrides: ClassVar[dict[Any, Any]] = {
        URLField: {"assume_scheme": "https"},
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }
    list_per_page = 50
    related_lists: ClassVar[tuple[RelatedList, ...]] = ()

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["crm/records.css"]}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let the filters in words be asked in words only: not by the ids of owners (R24)."""
        by_word = {item[0] for item in self.list_filter if isinstance(item, tuple)}
        if lookup.partition("__")[0] in by_word and lookup not in by_word:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Put what refers to a stored record under its fields."""
        found = list(super().get_fieldsets(request, obj))
        panels = self._panels(request, obj)
        return [*found, (_("Related records"), {"fields": panels})] if panels else found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Count the lists of related records among what is only read."""
        return [*super().get_readonly_fields(request, obj), *self._panels(request, obj)]

    def _panels(self, request: HttpRequest, obj: Any) -> list[Column]:
        if obj is None:
            return []
        if not hasattr(request, "_related_panels"):  # Django compares them by identity
            shown = [listed for listed in self.related_lists if listed.shown_to(request.user)]
            request._related_panels = [listed.panel(request.user) for listed in shown]
        return request._related_panels


class PersonAdmin(RecordAdmin):
    """Records of people, listed by their last name."""

    column_reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "full_name": ("first_name", "last_name")
    }

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, person: Any) -> str:
        """Give the first and the last name."""
        return str(person)
