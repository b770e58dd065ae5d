"""The kit's page of a record's history: the log's entries about it that may be seen (D13, R23)."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from .. import policy
from ..models import AuditEntry
from .governed_parts import GovernedPart
from .log import log_page, page_asked
from .naming import name_of


class GovernedHistory(GovernedPart):
    """What happened to a record, for whoever may view it; each change as far as they may read."""

    history_template = "roles/admin/record_history.html"
    history_size = 50
    admin_site: Any
    get_object: Any
    has_view_permission: Any

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one page of it, the newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        entries = AuditEntry.objects.about(record).filter(policy.visible_entries(request.user))
        name, page = name_of(record, self.mask_of(request, record)), page_asked(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("History of “%s”") % name,
            "name": name,
            "record": record,
            "history": log_page(
                request.user, entries, page=page, size=self.history_size, about=record
            ),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.history_template, context)
