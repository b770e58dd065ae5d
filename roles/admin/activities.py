"""The page of the log: what happened to what its reader may view, the newest first (R9, D13)."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from .. import policy
from ..core.errors import Invalid, Refused
from ..models import AuditEntry
from ..services.undoing import UNDO, undo
from .activity_filters import Filters
from .governed import GovernedAdmin
from .log import log_page, page_asked


@admin.register(AuditEntry)
class ActivityAdmin(GovernedAdmin):
    """Only read, by whoever it is: an undo is a new change with an entry of its own (D13)."""

    change_list_template = "roles/admin/activities.html"

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        page = self.admin_site.admin_view(self.undo_view)
        address = path("<path:object_id>/undo/", page, name="roles_auditentry_undo")
        return [address, *super().get_urls()]

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Undo what an entry tells of, and say what came of it, on the page that it was seen on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not policy.check(request.user, UNDO):
            raise PermissionDenied
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        try:
            undo(acting_user=request.user, entry=entry)
            messages.success(request, _("Undone."))
        except (Refused, Invalid) as refusal:
            messages.error(request, str(refusal))
        back = reverse("admin:roles_auditentry_changelist")
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}" if request.GET else back)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a page of the entries that the chips leave."""
        self._require_reader(request)
        filters = Filters(request.user, request.GET)
        entries = self.get_queryset(request).filter(filters.condition)
        context = {"filters": filters, "title": _("Activities"), **(extra_context or {})}
        return self._page(request, entries, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one entry by itself."""
        self._require_reader(request)
        if object_id is None:
            raise PermissionDenied
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        one = self.get_queryset(request).filter(pk=entry.pk)
        context = {"entry": entry, "title": _("Activity"), **(extra_context or {})}
        return self._page(request, one, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse: an entry never changes, so it has no history."""
        raise PermissionDenied

    def _require_reader(self, request: HttpRequest) -> None:
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied

    def _page(
        self, request: HttpRequest, entries: QuerySet, context: dict[str, Any]
    ) -> HttpResponse:
        undoes = bool(policy.check(request.user, UNDO))
        known = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "history": log_page(
                request.user, entries, page=page_asked(request.GET), with_undo=undoes
            ),
        }
        return TemplateResponse(request, self.change_list_template, known | context)
