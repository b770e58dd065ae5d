"""The pages of teams: the list, and one team with its members (`groups.manage`, D6a)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from roles import policy
from roles.admin.naming import name_of

from ..joining.places import frame
from ..models import Team, User
from ..services import organisation, placing
from ..services.placing import GROUPS
from .organising import (
    MemberForm,
    NameForm,
    StrictForm,
    done,
    immovable,
    may_name_people,
    seen_people,
    shown_name,
    why_immovable,
)

PAGE_SIZE = 50
OFFERED = 200


@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """Show the teams, and make one."""
    context = frame(request, GROUPS, _("Teams"))
    form = NameForm(request.POST or None)
    if request.method == "POST" and done(request, form, lambda: _create(request, form)):
        return redirect("teams")
    people = seen_people(request.user).order_by().values("pk")
    rows = Team.objects.annotate(
        people=Count("memberships", filter=Q(memberships__user__in=people))
    )
    context |= {"form": form, "teams": rows.order_by("name")}
    return _page(request, "accounts/teams.html", context, [form])


def _create(request: HttpRequest, form: NameForm) -> str:
    name = form.cleaned_data["name"]
    made = organisation.create_team(acting_user=request.user, code=form.code, name=name)
    return _("“%s” is created. Add its members on its page.") % made


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, code: str) -> HttpResponse:
    """Show one team; a post renames it, adds or removes a member, or deletes it."""
    context = frame(request, GROUPS, "")
    found = Team.objects.filter(code=code).first()
    if found is None:
        raise Http404
    posted = _Posted(request, found)
    if request.method == "POST" and posted.is_done():
        return redirect("teams") if posted.what == "delete" else redirect("team", found.code)
    context |= {"title": found.name, "team": found, **posted.forms, **_members(request, found)}
    return _page(request, "accounts/team.html", context, posted.forms.values())


class _Posted:
    """What was posted to a team's page, and the forms that the page then shows."""

    def __init__(self, request: HttpRequest, team: Team) -> None:
        self.request, self.team, self.actor = request, team, request.user
        data = request.POST.copy()
        self.what = data.pop("do", [""])[-1]
        self.forms: dict[str, Any] = {
            "renaming": NameForm(self._of("rename", data), initial={"name": team.name}),
            "adding": MemberForm(self._of("add", data), reader=self.actor),
            "removing": MemberForm(self._of("remove", data), reader=self.actor),
            "deleting": StrictForm(self._of("delete", data)),
        }

    def _of(self, what: str, data: Any) -> Any:
        return data if self.request.method == "POST" and self.what == what else None

    def is_done(self) -> bool:
        """Do what is asked; something else is an error of the page."""
        acts = {
            "rename": ("renaming", self._rename),
            "add": ("adding", self._add),
            "remove": ("removing", self._remove),
            "delete": ("deleting", self._delete),
        }
        if self.what not in acts:
            raise Http404
        name, act = acts[self.what]
        return done(self.request, self.forms[name], act)

    def _rename(self) -> str:
        name = self.forms["renaming"].cleaned_data["name"]
        organisation.rename(acting_user=self.actor, part=self.team, name=name)
        return _("It is called “%s” now.") % name

    def _add(self) -> str:
        person = self.forms["adding"].cleaned_data["username"]
        placing.join_team(acting_user=self.actor, person=person, team=self.team)
        return _("%s is a member now.") % shown_name(self.actor, person)

    def _remove(self) -> str:
        person = self.forms["removing"].cleaned_data["username"]
        placing.leave_team(acting_user=self.actor, person=person, team=self.team)
        return _("%s is no member any more.") % shown_name(self.actor, person)

    def _delete(self) -> str:
        organisation.delete_team(acting_user=self.actor, team=self.team)
        return _("“%s” is deleted.") % self.team


def _members(request: HttpRequest, team: Team) -> dict[str, Any]:
    """Give a page of the members, each with whether the reader may take them out (D3)."""
    reader = request.user
    members = seen_people(reader).filter(teams=team).order_by("pk")
    page = Paginator(policy.with_masks(members, reader), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    people = list(page)
    masks, locked = policy.field_masks(reader, people), immovable(reader, people)
    names = may_name_people(reader)
    return {
        "page": page,
        "members": [
            {
                "person": person,
                "name": name_of(person, masks[person.pk]),
                "may_leave": names and person.pk not in locked,
            }
            for person in people
        ],
        "may_add": names,
        "people": _offered(reader, team) if names else [],
        "why_kept": why_immovable(reader, User.objects.filter(teams=team)),
    }


def _offered(reader: Any, team: Team) -> Any:
    """Give the first who may be added: active, and no members yet."""
    others = seen_people(reader).filter(pk__in=policy.active_people()).exclude(teams=team)
    return others.order_by("username").values_list("username", flat=True)[:OFFERED]


def _page(request: HttpRequest, template: str, context: Any, forms: Any) -> HttpResponse:
    wrong = any(form.is_bound and form.errors for form in forms)
    return render(request, template, {**context, "wrong": wrong}, status=400 if wrong else 200)
