"""The pages of teams: the list, and one team with its members (`groups.manage`, D6a)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from roles import policy
from roles.admin.naming import name_of

from ..joining.places import frame
from ..models import Team, User
from ..services import organisation, placing
from ..services.placing import GROUPS
from .organised import Acts, PostedPart, organising_page
from .organising import (
    MemberForm,
    NameForm,
    done,
    immovable,
    may_name_people,
    seen_people,
    shown_name,
    why_immovable,
)

PAGE_SIZE = 50


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
    return organising_page(request, "accounts/teams.html", context, [form])


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
    return organising_page(request, "accounts/team.html", context, posted.forms.values())


class _Posted(PostedPart):
    """What was posted to a team's page, and the forms that the page then shows."""

    def more_forms(self) -> dict[str, Any]:
        """Let members be added and removed."""
        return {
            "adding": MemberForm(self.data_of("add"), reader=self.actor),
            "removing": MemberForm(self.data_of("remove"), reader=self.actor),
        }

    def more_acts(self) -> Acts:
        """Give what the forms do."""
        return {"add": ("adding", self._add), "remove": ("removing", self._remove)}

    def _add(self) -> str:
        person = self.forms["adding"].cleaned_data["username"]
        placing.join_team(acting_user=self.actor, person=person, team=self.part)
        return _("%s is a member now.") % shown_name(self.actor, person)

    def _remove(self) -> str:
        person = self.forms["removing"].cleaned_data["username"]
        placing.leave_team(acting_user=self.actor, person=person, team=self.part)
        return _("%s is no member any more.") % shown_name(self.actor, person)

    def delete(self) -> str:
        """Delete the team; its members leave it."""
        organisation.delete_team(acting_user=self.actor, team=self.part)
        return _("“%s” is deleted.") % self.part


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
        "why_kept": why_immovable(reader, User.objects.filter(teams=team)),
    }
