"""The adopter's kit for Django's admin: register a governed model with `GovernedAdmin`.

Django's admin asks for permissions without the object; this one passes it on to the policy.
It shows the records in reach (R22), the fields that every role of the viewer shows, offers as
owners and as related records only what is in reach (R18, R24), and writes through the services.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from .. import policy
from ..core.errors import Refused
from ..core.specs import Module
from ..core.vocabulary import FieldLevel
from ..registry import registry
from ..services import records

NO_ACCESS = _("No access")
SEARCH_MAX = 200
_LOOKUPS = frozenset({"", "exact", "in", "isnull"})


class RelatedRecordField(forms.ModelChoiceField):
    """A choice among the records in reach; one out of reach that stands already is opaque."""

    opaque_pk: Any = None

    def label_from_instance(self, obj: models.Model) -> str:
        """Name the record, or say that it is there and cannot be seen (R24)."""
        return str(NO_ACCESS) if obj.pk == self.opaque_pk else str(obj)


class GovernedAdmin(admin.ModelAdmin):
    """A `ModelAdmin` that asks the policy about everything and decides nothing itself."""

    show_full_result_count = False

    @property
    def module(self) -> Module:
        """The module that governs the model."""
        return policy.governing(self.model)

    def _may(self, request: HttpRequest, action: str, obj: models.Model | None) -> bool:
        return bool(policy.check(request.user, f"{self.module.code}.{action}", obj))

    # What Django's admin asks

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to whoever may enter its module."""
        return self._may(request, "view", None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `view`, on the record where there is one."""
        return self._may(request, "view", obj)

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `view`: editing what one may not see is no way in (R14)."""
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for `create`."""
        return self._may(request, "create", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `edit`, on the record where there is one."""
        return self._may(request, "edit", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `delete`, on the record where there is one."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Give the records that the person may view (R22)."""
        return policy.accessible(super().get_queryset(request), request.user, "view")

    # Fields

    def _certain(self, request: HttpRequest, action: str, level: FieldLevel) -> Any:
        return policy.certain_fields(request.user, self.module, action, level)

    def _shown(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        """Keep the columns and fields that are not hidden from the person on any record (R16)."""
        readable = self._certain(request, "view", FieldLevel.READ_ONLY)
        stored = {field.name for field in self.model._meta.get_fields()}
        return [n for n in names if _first_step(n) not in stored or _first_step(n) in readable]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out hidden columns; name as owners only people whom the viewer may see (R24)."""
        shown = self._shown(request, super().get_list_display(request))
        return [self._owner_column(request) if n == self.module.owner_field else n for n in shown]

    def _owner_column(self, request: HttpRequest) -> Any:
        field = self.module.owner_field or ""
        sees_people = self._sees_people(request)

        @admin.display(description=self._label(field), empty_value="–")
        def owner(obj: Any) -> Any:
            owned_by = getattr(obj, field)
            visible = owned_by is None or sees_people or owned_by.pk == request.user.pk
            return owned_by if visible else NO_ACCESS

        return owner

    def _sees_people(self, request: HttpRequest) -> bool:
        module = registry.module_of(get_user_model())
        return module is None or bool(policy.check(request.user, f"{module.code}.view"))

    def _sees_person(self, request: HttpRequest, pk: Any) -> bool:
        return pk is None or pk == request.user.pk or self._sees_people(request)

    def _label(self, name: str) -> Any:
        return self.model._meta.get_field(name).verbose_name

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Leave out filters on hidden fields."""
        return self._shown(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> list[Any]:
        """Search in no hidden field."""
        return self._shown(request, super().get_search_fields(request))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Answer only what the list's own filters ask, which are on readable fields (R23, R24)."""
        first, _sep, kind = lookup.partition("__")
        declared = {_first_step(item) for item in self.get_list_filter(request)}
        return first in declared and kind in _LOOKUPS

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search for what a person would type; a longer text is refused (threat 21)."""
        if len(search_term) > SEARCH_MAX:
            raise SuspiciousOperation(f"A search has at most {SEARCH_MAX} characters.")
        return super().get_search_results(request, queryset, search_term)

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Sort by no hidden field."""
        return self._shown(request, super().get_sortable_by(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show no hidden field; on a new record, only what may be set (R17)."""
        names = super().get_fields(request, obj)
        if obj is not None:
            opaque = self._opaque_fields(request, obj)
            return [opaque.get(name, name) for name in self._shown(request, names)]
        settable = self._certain(request, "create", FieldLevel.EDITABLE)
        return [name for name in names if name in settable]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Lock what may be read and not written (R17)."""
        names = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return names
        names += self._opaque_fields(request, obj).values()
        writable = self._certain(request, "edit", FieldLevel.EDITABLE)
        shown = self._shown(request, super().get_fields(request, obj))
        return names + [name for name in shown if name not in writable and name not in names]

    def _opaque_fields(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Give stand-ins for references that are shown, not edited, and out of reach (R24)."""
        if not hasattr(request, "_opaque_fields"):
            request._opaque_fields = {
                field.name: _stand_in(field)
                for field in self.model._meta.fields
                if field.is_relation
                and not self._sees(request, field, obj)
                and not self._edits(request, field.name, obj)
            }
        return request._opaque_fields

    def _sees(self, request: HttpRequest, field: Any, obj: Any) -> bool:
        pk = getattr(obj, field.attname)
        if pk is None or (field.name == self.module.owner_field and pk == request.user.pk):
            return True
        related = field.related_model
        module = registry.module_of(related)
        reach = related._default_manager.filter(pk=pk)
        return module is None or policy.accessible(reach, request.user, "view").exists()

    def _edits(self, request: HttpRequest, name: str, obj: Any) -> bool:
        writable = self._certain(request, "edit", FieldLevel.EDITABLE)
        return name in writable and self.has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer owners in the person's scopes (R18) and related records in their reach (R24)."""
        if db_field.name == self.module.owner_field:
            action = "edit" if _object_id(request) else "create"
            owners = policy.possible_owners(request.user, self.module, action)
            return self._choice(db_field, request, owners, kwargs)
        if registry.module_of(db_field.related_model) is not None:
            related = db_field.related_model._default_manager.all()
            reach = policy.accessible(related, request.user, "view")
            return self._choice(db_field, request, reach, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _choice(
        self, db_field: Any, request: HttpRequest, offered: models.QuerySet, kwargs: Any
    ) -> forms.Field | None:
        """Offer `offered`, and keep what stands already even where it is out of reach."""
        standing = self._standing(db_field, request)
        if standing is None or offered.filter(pk=standing).exists():
            opaque = None
        else:
            opaque = standing
            together = models.Q(pk__in=offered.values("pk")) | models.Q(pk=standing)
            offered = db_field.related_model._default_manager.filter(together)
        kwargs |= {"queryset": offered, "form_class": RelatedRecordField}
        field = db_field.formfield(**kwargs)
        if db_field.name == self.module.owner_field:
            opaque = None if self._sees_person(request, standing) else standing
        field.opaque_pk = opaque
        return field

    def _standing(self, db_field: Any, request: HttpRequest) -> Any:
        pk = _object_id(request)
        if pk is None:
            return None
        return (
            self.get_queryset(request)
            .filter(pk=pk)
            .values_list(db_field.attname, flat=True)
            .first()
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new record as the creator's own; ignore values from the address (R18)."""
        owner = self.module.owner_field
        return {owner: request.user.pk} if owner else {}

    # Writing

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service, which checks again inside the transaction."""
        owner = self.module.owner_field
        if not change and owner and owner not in form.fields:
            setattr(obj, owner, request.user)
        write = records.change_record if change else records.create_record
        self._through(write, acting_user=request.user, record=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Move the record to the trash (R26)."""
        self._through(records.delete_record, acting_user=request.user, record=obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Move the records to the trash, all or none (R25)."""
        self._through(records.delete_records, acting_user=request.user, records=queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List what goes to the trash; nothing goes with it, so nothing protects it."""
        names = [str(obj) for obj in objs]
        refused = [o for o in objs if not self.has_delete_permission(request, o)]
        needed = {self.opts.verbose_name} if refused else set()
        return names, {self.opts.verbose_name_plural: len(names)}, needed, []

    def _through(self, service: Any, **kwargs: Any) -> None:
        try:
            service(**kwargs)
        except Refused as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    # Django's own log knows no fields and no reach: the product's log takes its place (D13).

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing; the service has."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing; the service has."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Write nothing; the service has."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show nothing of a log that is not kept."""
        raise PermissionDenied


def _stand_in(field: Any) -> Any:
    @admin.display(description=field.verbose_name)
    def no_access(obj: Any) -> Any:
        return NO_ACCESS

    return no_access


def _first_step(name: Any) -> str:
    """Give the field at which a lookup or a column begins."""
    if not isinstance(name, str):
        return _first_step(name[0]) if isinstance(name, tuple) else ""
    return name.lstrip("-^=@").split("__")[0]


def _object_id(request: HttpRequest) -> str | None:
    match = request.resolver_match
    return match.kwargs.get("object_id") if match else None
