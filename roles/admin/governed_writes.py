"""The kit's writes: through the services, and told under names that may be known (R16, R17)."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ..core.errors import Refused
from ..models.keys import is_key
from ..services import records
from .governed_parts import GovernedPart
from .naming import Named


class GovernedWrites(GovernedPart):
    """Saving and deleting, and what Django's pages and messages say of it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service, which checks again inside the transaction."""
        self.forget(request)
        if change:
            sent = form.changed_data
            self._through(records.change_record, acting_user=request.user, record=obj, sent=sent)
            return
        owner = self.module.owner_field
        if owner and owner not in form.fields:
            setattr(obj, owner, request.user)
        sent = form.sent_fields()
        self._through(records.create_record, acting_user=request.user, record=obj, sent=sent)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Move the record to the trash (R26)."""
        self._through(records.delete_record, acting_user=request.user, record=obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Move the records to the trash, all or none (R25)."""
        self._through(records.delete_records, acting_user=request.user, records=queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List what goes to the trash; nothing goes with it, so nothing protects it."""
        listed = list(objs)
        names = self.names_of(request, listed)
        request._names_of_deleted = {str(pk): name for pk, name in names.items()}
        refused = [o for o in listed if not self.has_delete_permission(request, o)]
        needed = {self.opts.verbose_name} if refused else set()
        shown = [names[obj.pk] for obj in listed]
        return shown, {self.opts.verbose_name_plural: len(shown)}, needed, []

    def _through(self, service: Any, **kwargs: Any) -> None:
        try:
            service(**kwargs)
        except Refused as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    # What is said before and afterwards

    def response_action(self, request: HttpRequest, queryset: models.QuerySet) -> Any:
        """Take all rows that were chosen or none (R25), and name them as they may be known."""
        if not self._are_there(request, queryset):
            words = _(
                "Nothing was changed: one of the chosen rows is not there. Choose them again."
            )
            messages.error(request, words)
            return HttpResponseRedirect(request.get_full_path())
        answer = super().response_action(request, queryset)
        context = getattr(answer, "context_data", None)
        if context and "queryset" in context:
            rows = list(context["queryset"])
            names = self.names_of(request, rows)
            context["queryset"] = [Named(row, names[row.pk]) for row in rows]
        return answer

    def _are_there(self, request: HttpRequest, queryset: models.QuerySet) -> bool:
        chosen = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
        if not all(is_key(self.model, key) for key in chosen):
            return False
        return queryset.filter(pk__in=chosen).count() == len(chosen)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Say of a new record no more than may be read of it (R17)."""
        return super().response_add(request, self.named(request, obj), *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say that it is saved under the name that may be known."""
        return super().response_change(request, self.named(request, obj))

    def render_delete_form(self, request: HttpRequest, context: Any) -> HttpResponse:
        """Ask about the record under the name that may be known."""
        record = context["object"]
        name = request._names_of_deleted[str(record.pk)]
        return super().render_delete_form(request, context | {"object": Named(record, name)})

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Say that it is gone under the name by which it was known."""
        name = request._names_of_deleted.get(str(obj_id), str(self.opts.verbose_name))
        return super().response_delete(request, name, obj_id)

    # Django's own log knows no fields and no reach: the product's log takes its place (D13).

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing; the service has."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing; the service has."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Write nothing; the service has."""
