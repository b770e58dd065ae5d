"""The kit's form: one record's readable fields, those that may be written, and no others (R17)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .. import policy
from ..registry import registry
from .choices import RelatedRecordField
from .governed_parts import GovernedPart, kept
from .naming import Named, name_of, names_for, reference
from .posted import refusing


class GovernedForms(GovernedPart):
    """The page of one record, and of a new one."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show of a record what is readable there; of a new one, only what may be set (R17)."""
        names = super().get_fields(request, obj)
        if obj is None:
            shown = policy.creatable_fields(request.user, self.module)
            return [n for n in names if n in shown or n not in self.governed_fields]
        readable = self.mask_of(request, obj).readable
        stand_ins = self._stand_ins(request, obj)
        shown = [n for n in names if n in readable or n not in self.governed_fields]
        return [stand_ins.get(name, name) for name in shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Lock what may be read and not written on this record (R17)."""
        names = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return names
        mask = self.mask_of(request, obj)
        locked = self.governed_fields & (mask.readable - mask.writable) - set(names)
        stand_ins = self._stand_ins(request, obj)
        return [*names, *sorted(locked - stand_ins.keys()), *stand_ins.values()]

    def _stand_ins(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Give for each reference that is only read a column that names it as it may be (R24)."""

        def work_out() -> dict[str, Any]:
            mask = self.mask_of(request, obj)
            only_read = mask.readable - mask.writable
            return {
                field.name: _stand_in(request.user, field)
                for field in self.opts.concrete_fields
                if field.is_relation and field.name in only_read
            }

        return kept(request, self, f"stand-ins {obj.pk}", work_out)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        """Let the form refuse whatever else is posted to it (R17)."""
        form = super().get_form(request, obj, change, **kwargs)
        mask = self.mask_of(request, obj) if obj is not None else None
        return refusing(form, request.user, self.module, mask)

    # References

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer owners in the person's scopes (R18) and related records in their reach (R24)."""
        record = self._record_of(request)
        if db_field.name == self.module.owner_field:
            action = "create" if record is None else "edit"
            owners = policy.possible_owners(request.user, self.module, action, record)
            seen = policy.active_people() if self._sees_people(request) else [request.user.pk]
            listed = owners.filter(pk__in=seen)  # taken is also who is deactivated, never offered
            return self._choice(db_field, request, owners, listed, kwargs)
        if registry.module_of(db_field.related_model) is not None:
            related = db_field.related_model._default_manager.all()
            reach = policy.accessible(related, request.user, "view")
            return self._choice(db_field, request, reach, reach, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _choice(
        self, db_field: Any, request: HttpRequest, taken: Any, listed: Any, kwargs: Any
    ) -> forms.Field | None:
        """Take `taken`, list `listed`, and keep what stands already even out of reach."""
        record = self._record_of(request)
        standing = getattr(record, db_field.attname) if record is not None else None
        if standing is not None:
            everything = db_field.related_model._default_manager
            taken, listed = (
                everything.filter(models.Q(pk__in=rows.values("pk")) | models.Q(pk=standing))
                for rows in (taken, listed)
            )
        nothing = _("Nobody") if db_field.name == self.module.owner_field else _("None")
        kwargs |= {"queryset": taken, "form_class": RelatedRecordField, "empty_label": nothing}
        field = db_field.formfield(**kwargs)
        field.list_for(request.user, listed)
        return field

    def _record_of(self, request: HttpRequest) -> models.Model | None:
        """Give the stored record that the page is about, if it is in reach."""
        match = request.resolver_match
        key = match.kwargs.get("object_id") if match else None
        if key is None:
            return None
        return kept(request, self, f"record {key}", lambda: self.get_object(request, key))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new record as the creator's own; ignore values from the address (R18)."""
        owner = self.module.owner_field
        return {owner: request.user.pk} if owner else {}

    # Names

    def named(self, request: HttpRequest, obj: Any) -> Named:
        """Give the record under the name by which the person may know it (R16)."""
        return Named(obj, name_of(obj, self.mask_of(request, obj)))

    def names_of(self, request: HttpRequest, objs: Iterable[Any]) -> dict[Any, str]:
        """Name records by primary key as the person may know them, with one query."""
        return names_for(request.user, objs)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Head the page with the name by which the person may know the record."""
        original = context.get("original")
        if original is not None:
            named = self.named(request, original)
            context |= {"original": named, "subtitle": str(named)}
        return super().render_change_form(request, context, *args, **kwargs)


def _stand_in(user: Any, field: Any) -> Any:
    @admin.display(description=field.verbose_name)
    def stand_in(obj: Any) -> Any:
        return reference(user, field, obj)

    stand_in.__name__ = field.name
    return stand_in
