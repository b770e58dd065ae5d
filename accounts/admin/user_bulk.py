"""Do one thing to several people: choose them in the list, see what it does, do it (R25)."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roles.core.errors import Refused
from roles.models.keys import is_key
from roles.services.delegation import why_not

from ..models import User
from ..services.bulk import Outcome, change_people, plan_people
from .user_bulk_acts import BULK, BulkAct, bulk_acts_of
from .user_list import UserList

AT_ONCE = 200
PEOPLE, SKIP = "people", "skip"


class Batch:
    """What an address or a post asks: one act, to whom, with which values."""

    def __init__(self, request: HttpRequest, act: BulkAct, chosen: Sequence[User]) -> None:
        self.reader, self.act, self.chosen = request.user, act, chosen
        query = request.POST if request.method == "POST" else request.GET
        self.skips = bool(query.get(SKIP))
        data = query.copy()
        for name in (PEOPLE, SKIP):
            data.pop(name, None)
        self.asked = bool(data) or request.method == "POST"
        self.form = (
            act.form(self.reader, chosen, data if self.asked else None) if act.form else None
        )
        self.extra = [] if act.form else [name for name in data if name != "csrfmiddlewaretoken"]

    @property
    def is_ready(self) -> bool:
        """Whether all that it asks for is there."""
        return not self.extra and (self.form is None or (self.asked and self.form.is_valid()))

    @property
    def values(self) -> dict[str, Any]:
        """What it asks for, once it is ready."""
        return self.form.cleaned_data if self.form else {}

    @cached_property
    def standing(self) -> dict[Any, str]:
        """Give by key for whom it is so already, with the words for that."""
        return self.act.stands(self.chosen, self.values)

    def _to_change(self) -> list[User]:
        return [person for person in self.chosen if person.pk not in self.standing]

    def plan(self) -> Outcome:
        """Say what it would do."""
        return plan_people(
            acting_user=self.reader,
            people=self._to_change(),
            change=self.act.change,
            values=self.values,
        )

    def do(self) -> Outcome:
        """Do it whole, or to those of whom it can be done where the person chose so."""
        return change_people(
            acting_user=self.reader,
            people=self._to_change(),
            change=self.act.change,
            values=self.values,
            skip_refused=self.skips,
        )


class UserBulk(UserList):
    """The actions of the list, each leading to its page."""

    bulk_template = "accounts/user_bulk.html"

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        page = self.admin_site.admin_view(self.bulk_view)
        return [path("bulk/<slug:code>/", page, name="accounts_user_bulk"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer what the person may do to somebody at all, and nothing else."""
        if not self.has_view_permission(request):
            return {}
        acts = bulk_acts_of(request.user)
        return {act.code: (partial(_choose, act), act.code, f"{act.label}…") for act in acts}

    def bulk_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show what an act would do to the chosen people; a post does it."""
        if not self.has_view_permission(request):
            raise PermissionDenied(why_not(request.user, "users.view"))
        act = BULK.get(code)
        if act is None:
            raise Http404
        if act not in bulk_acts_of(request.user):
            words = _("There is nobody to whom you may do this. Ask an Owner.")
            raise PermissionDenied(why_not(request.user, act.needs) or words)
        chosen = self._chosen(request)
        if chosen is None:
            messages.error(request, _gone())
            return HttpResponseRedirect(_list())
        batch = Batch(request, act, chosen)
        return (
            self._post(request, batch) if request.method == "POST" else self._show(request, batch)
        )

    def _chosen(self, request: HttpRequest) -> list[User] | None:
        """Give the people whom the address names; nobody where one of them is not to be found."""
        query = request.POST if request.method == "POST" else request.GET
        keys = set(query.get(PEOPLE, "").split(","))
        if len(keys) > AT_ONCE or not all(is_key(User, key) for key in keys):
            return None
        people = self.get_queryset(request).filter(pk__in=keys)
        found = list(people.order_by(*self.get_ordering(request)))
        return found if len(found) == len(keys) else None

    def _post(self, request: HttpRequest, batch: Batch) -> HttpResponse:
        if not batch.is_ready:
            return self._show(request, batch, status=400)
        try:
            outcome = batch.do()
        except Refused as refusal:
            return self._show(request, batch, status=403, refusal=str(refusal))
        self.forget(request)
        messages.success(request, _said(batch.act, outcome))
        return HttpResponseRedirect(_list())

    def _show(
        self, request: HttpRequest, batch: Batch, *, status: int = 200, refusal: str = ""
    ) -> HttpResponse:
        if batch.extra:
            refusal = refusal or _("Nothing was changed: this takes no “%s”.") % batch.extra[0]
        count = len(batch.chosen)
        people = ngettext("%d person", "%d people", count) % count
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{batch.act.label}: {people}",
            "batch": batch,
            "ids": ",".join(str(person.pk) for person in batch.chosen),
            "refusal": refusal,
            **self._told(request, batch),
        }
        return TemplateResponse(request, self.bulk_template, context, status=status)

    def _told(self, request: HttpRequest, batch: Batch) -> dict[str, Any]:
        """Name everybody as the reader may know them (R16), and say what would become of them."""
        names = self.names_of(request, batch.chosen)
        named = [(person, names[person.pk]) for person in batch.chosen]
        if not batch.is_ready:
            return {"named": named}
        plan = batch.plan()
        return {
            "named": named,
            "is_planned": True,
            "changed": [(person, names[person.pk]) for person in plan.changed],
            "refused": [(s.person, names[s.person.pk], s.because) for s in plan.refused],
            "standing": [
                (person, name, batch.standing[person.pk])
                for person, name in named
                if person.pk in batch.standing
            ],
            "button": batch.act.button % {"count": len(plan.changed)},
            "sent": _sent(batch),
        }


def _choose(
    act: BulkAct, page: Any, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Go to the act's page with those who were chosen."""
    keys = list(queryset.order_by().values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(keys) > AT_ONCE:
        messages.error(request, _("Choose at most %d people at once.") % AT_ONCE)
        return None
    url = reverse("admin:accounts_user_bulk", args=[act.code])
    return HttpResponseRedirect(f"{url}?{PEOPLE}={','.join(map(str, keys))}")


def _gone() -> str:
    return _("Nothing was changed: somebody among them is not there. Choose them again.")


def _list() -> str:
    return reverse("admin:accounts_user_changelist")


def _sent(batch: Batch) -> list[tuple[str, str]]:
    """Give what was asked for, to be posted with the confirmation."""
    if batch.form is None:
        return []
    return [(name, batch.form.data.get(name, "")) for name in batch.form.fields]


def _said(act: BulkAct, outcome: Outcome) -> str:
    changed, refused = len(outcome.changed), len(outcome.refused)
    words = act.done % {"count": changed} if changed else _("Nothing was changed.")
    if not refused:
        return words
    left = ngettext("%d person stays as they were.", "%d people stay as they were.", refused)
    return f"{words} {left % refused}"
