"""What all records' pages share."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet, TextField, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roles.admin import GovernedAdmin
from roles.registry import registry

from .columns import Column, reference, seeing
from .related import RelatedList, may_name


class RecordForm(forms.ModelForm):
    """A form that asks about every constraint, also where it shows one of two fields only.

    Django leaves out the constraints that name a field which the form lacks, as one that is
    read-only does: the database would refuse what the form let through.
    """

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as problem:
                self.add_error(None, problem.messages)


class RecordAdmin(GovernedAdmin):
    """A record's list and page.

    `columns` writes fields as people read them. References in a list are opaque where they are
    out of reach, and nothing is ordered by them (R23, R24).
    """

    form = RecordForm
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        URLField: {"assume_scheme": "https"},
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }
    list_per_page = 50
    list_select_related = ["owner"]
    columns: ClassVar[dict[str, Column]] = {}
    related_lists: ClassVar[tuple[RelatedList, ...]] = ()

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["crm/records.css"]}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let the filters in words be asked in words only: not by the ids of owners (R24)."""
        by_word = {item[0] for item in self.list_filter if isinstance(item, tuple)}
        if lookup.partition("__")[0] in by_word and lookup not in by_word:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Note beside each record which of the references in its row are in reach."""
        seen = {f"sees_{f.name}": seeing(request.user, f) for f in self._references()}
        return super().get_queryset(request).annotate(**seen)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Put the columns in the places of their fields, after the hidden ones were left out."""
        columns = self.columns | {f.name: reference(f) for f in self._references()}
        shown = super().get_list_display(request)
        return [columns.get(n, n) if isinstance(n, str) else n for n in shown]

    def _references(self) -> list[ForeignKey]:
        """Give the listed fields that refer to governed records, the owner apart."""
        fields = {f.name: f for f in self.opts.fields if isinstance(f, ForeignKey)}
        listed = [fields[n] for n in self.list_display if n in fields]
        governed = [f for f in listed if registry.module_of(f.related_model)]
        return [f for f in governed if f.name != self.module.owner_field]

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

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, person: Any) -> str:
        """Give the first and the last name."""
        return str(person)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave the name out where a part of it is hidden (R16)."""
        shown = super().get_list_display(request)
        hidden = set() if may_name(request.user, self.model) else {"full_name"}
        return [column for column in shown if column not in hidden]
