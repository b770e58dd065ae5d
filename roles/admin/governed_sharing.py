"""The kit's page of a record's shares: with whom, and the form that shares it (R19)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..core.errors import Invalid, Refused
from ..models.keys import is_key
from ..models.sharing import GIVES
from ..registry import registry
from ..services import sharing
from .governed_parts import GovernedPart
from .naming import NO_ACCESS, name_of, names_in_reach
from .people_field import PersonInput

OFFERED_MAX = 200


class ShareForm(forms.Form):
    """With whom to share, and for what; people are found by name, whether offered or not."""

    user = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=254,
        widget=PersonInput,
    )
    team = forms.CharField(label=gettext_lazy("Team"), required=False)
    give = forms.ChoiceField(label=gettext_lazy("May"), choices=list(GIVES.items()))

    def __init__(self, *args: Any, reader: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["user"].widget.offer_to(reader)
        if teams is None:
            del self.fields["team"]
            return
        choices = [(sharing.name_of(team), str(team)) for team in teams[:OFFERED_MAX]]
        self.fields["team"].widget = forms.Select(choices=[("", _("No team")), *choices])

    def add_refusal(self, invalid: Invalid) -> None:
        """Say at its field what the service has against it."""
        for name, texts in invalid.errors.items():
            self.add_error(name if name in self.fields else None, texts)


class GovernedSharing(GovernedPart):
    """The page `shares/` of a record, for whoever may edit it; its module names `share_model`."""

    change_form_template = "roles/admin/record_form.html"
    shares_template = "roles/admin/shares.html"
    admin_site: Any
    get_object: Any

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        found: list[Any] = super().get_urls()  # type: ignore[misc]
        if registry.share_model_of(self.module) is None:
            return found
        page = self.admin_site.admin_view(self.shares_view)
        return [path("<path:object_id>/shares/", page, name=self._name("shares")), *found]

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:
        """Offer the page of shares to whoever may share the record."""
        record = kwargs.get("obj")
        if record is not None and policy.check_share(request.user, record):
            context["shares_url"] = self._url("shares", record)
        return super().render_change_form(request, context, **kwargs)  # type: ignore[misc]

    def shares_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the shares; a post shares, or takes one share back."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not policy.check_share(request.user, record):
            raise PermissionDenied
        teams = policy.offered_teams(request.user, self.module)
        posted = request.POST if "share" in request.POST else None
        form = ShareForm(posted, reader=request.user, teams=teams, initial={"give": "view"})
        try:
            if self._post(request, record, form):
                return HttpResponseRedirect(self._url("shares", record))
        except Refused as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        return self._shares_page(request, record, form)

    def _post(self, request: HttpRequest, record: Any, form: ShareForm) -> bool:
        """Do what is asked; tell whether it is done."""
        if "unshare" in request.POST:
            self._unshare(request, record)
            return True
        if not form.is_bound or not form.is_valid():
            return False
        wish = form.cleaned_data
        try:
            receiver = sharing.receiver_named(
                self.module, user=wish["user"], team=wish.get("team", "")
            )
        except Invalid as invalid:
            form.add_refusal(invalid)
            return False
        sharing.share_record(
            acting_user=request.user, record=record, receiver=receiver, give=wish["give"]
        )
        messages.success(request, _("Shared with %(name)s.") % {"name": receiver})
        return True

    def _unshare(self, request: HttpRequest, record: Any) -> None:
        key, shares = request.POST["unshare"], sharing.shares_of(record)
        found = shares.of(record).filter(pk=key).first() if is_key(shares, key) else None
        if found is None:
            messages.warning(request, _("There is no such share any more."))
        else:
            receiver = found.receiver
            sharing.unshare_record(acting_user=request.user, share=found)
            messages.success(request, _("No longer shared with %(name)s.") % {"name": receiver})

    def _shares_page(self, request: HttpRequest, record: Any, form: ShareForm) -> HttpResponse:
        rows = list(sharing.shares_of(record).of(record))
        givers = names_in_reach(request.user, get_user_model(), {row.given_by_id for row in rows})
        name = name_of(record, self.mask_of(request, record))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Share “%s”") % name,
            "name": name,
            "record": record,
            "back": self._url("change", record),
            "list": reverse(f"{self.admin_site.name}:{self._name('changelist')}"),
            "form": form,
            "rows": [(row, self._giver(row, givers)) for row in rows],
            "in_vain": self._in_vain(request, rows),
        }
        return TemplateResponse(request, self.shares_template, context)

    def _in_vain(self, request: HttpRequest, rows: list[Any]) -> set[Any]:
        """Give who has no role that lets them view such records, for who may view roles (R19)."""
        people = {row.user_id for row in rows} - {None}
        if not people or not policy.check(request.user, "roles.view"):
            return set()
        able = policy.holders(f"{self.module.code}.view").filter(pk__in=people)
        return people - set(able.values_list("pk", flat=True))

    def _giver(self, share: Any, givers: Any) -> Any:
        return givers.get(share.given_by_id, NO_ACCESS) if share.given_by_id else ""

    def _url(self, page: str, record: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self._name(page)}", args=[record.pk])
