"""The kit's page of the trash: for whoever may delete what lies in it, and its way back (R26)."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import policy
from ..core.errors import Invalid, Refused
from ..models import AuditEntry
from ..models.audit import key_of
from ..services import records
from ..services.delegation import why_not
from .governed_parts import GovernedPart
from .log import who
from .naming import name_of

SIZE = 50


class GovernedTrash(GovernedPart):
    """The page `trash/` of a list, where its module has a trash (`deleted_field`)."""

    change_list_template = "roles/admin/record_list.html"
    trash_template = "roles/admin/trash.html"
    admin_site: Any

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        found: list[Any] = super().get_urls()  # type: ignore[misc]
        if self.module.deleted_field is None:
            return found
        page = self.admin_site.admin_view(self.trash_view)
        restore = self.admin_site.admin_view(require_POST(self.restore_view))
        return [
            path("trash/", page, name=self._named_page("trash")),
            path("trash/<path:object_id>/restore/", restore, name=self._named_page("restore")),
            *found,
        ]

    def _named_page(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead from the list to the trash whoever may delete something of it."""
        url = self._trash_url() if self._may_restore(request) else ""
        context = {"trash_url": url, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def _may_restore(self, request: HttpRequest) -> bool:
        if self.module.deleted_field is None:
            return False
        return bool(policy.check(request.user, f"{self.module.code}.delete"))

    def _trash_url(self) -> str:
        return reverse(f"{self.admin_site.name}:{self._named_page('trash')}")

    # What lies in it, and the way back

    def trash_view(self, request: HttpRequest) -> HttpResponse:
        """Show what the person may take out of it, the newest loss first."""
        self._require_delete(request)
        return self._trash_page(request)

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take something out; what is not there is answered as what never was (R23)."""
        self._require_delete(request)
        record = self._in_trash(request, unquote(object_id))
        if record is None:
            messages.warning(request, _("It is not in the trash any more."))
            return HttpResponseRedirect(self._trash_url())
        try:
            self.restore_model(request, record)
        except (Refused, Invalid) as refusal:
            status = 400 if isinstance(refusal, Invalid) else 403
            return self._trash_page(request, status=status, refusal=str(refusal))
        messages.success(request, self._said_restored(request, record))
        return HttpResponseRedirect(self._trash_url())

    def restore_model(self, request: HttpRequest, obj: Any) -> None:
        """Restore it through the service, which checks again inside the transaction."""
        records.restore_record(acting_user=request.user, record=obj)

    def _require_delete(self, request: HttpRequest) -> None:
        if not self._may_restore(request):
            raise PermissionDenied(why_not(request.user, f"{self.module.code}.delete"))

    def _trash(self, request: HttpRequest) -> QuerySet:
        return policy.trashed(self.model._base_manager.all(), request.user)

    def _in_trash(self, request: HttpRequest, key: str) -> Model | None:
        try:
            found: Model | None = self._trash(request).filter(pk=key).first()
        except (ValidationError, ValueError):
            return None
        return found

    def _said_restored(self, request: HttpRequest, record: Model) -> str:
        name = name_of(record, policy.trash_masks(request.user, [record])[record.pk])
        return _("“%s” is out of the trash.") % name

    def _trash_page(
        self, request: HttpRequest, *, status: int = 200, refusal: str = ""
    ) -> HttpResponse:
        found = self._trash(request).order_by(f"-{self.module.deleted_field}", "-pk")
        page = Paginator(found, SIZE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trash: %s") % capfirst(self.opts.verbose_name_plural),
            "refusal": refusal,
            "page": page,
            "rows": self._trash_rows(request, list(page)),
            "restore": f"{self.admin_site.name}:{self._named_page('restore')}",
        }
        return TemplateResponse(request, self.trash_template, context, status=status)

    def _trash_rows(self, request: HttpRequest, page: list[Any]) -> list[dict[str, Any]]:
        masks = policy.trash_masks(request.user, page)
        deleters = self._deleters(request, page)
        return [
            {
                "record": one,
                "name": name_of(one, masks[one.pk]),
                "when": getattr(one, self.module.deleted_field or ""),
                "who": deleters.get(key_of(one.pk), ""),
            }
            for one in page
        ]

    def _deleters(self, request: HttpRequest, page: list[Any]) -> dict[str, str]:
        """Say who deleted each, as the log tells it and as the reader may know them (R24)."""
        entries = AuditEntry.objects.filter(
            policy.visible_entries(request.user),
            subject_type=self.opts.label_lower,
            subject_id__in=[key_of(one.pk) for one in page],
            action__endswith=".deleted",
        )
        seen = policy.seen_entries(request.user, entries.order_by("moment", "pk"))
        return {one.entry.subject_id: who(one) for one in seen}
