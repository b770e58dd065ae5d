"""The page of invitations: whom people asked to join, and what has become of it (D11)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from roles import policy
from roles.admin.naming import NO_ACCESS, names_in_reach
from roles.core.errors import Invalid, Refused
from roles.models import Role

from ..mail import link_to
from ..models import Invitation, User
from ..services.invitations import (
    INVITE,
    Sent,
    invite_person,
    may_revoke,
    resend_invitation,
    revoke_invitation,
)
from .forms import InvitationForm, offered, posted
from .places import frame

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Show the invitations, and send one."""
    context = frame(request, INVITE, _("Invitations"))
    givable = offered(request.user)
    form = InvitationForm(posted(request), roles=givable, reader=request.user)
    sent = None
    if request.method == "POST" and form.is_valid():
        sent = _invite(request, form)
    if sent:
        form = InvitationForm(roles=givable, reader=request.user)
    return _page(request, context, form, givable, sent)


def _invite(request: HttpRequest, form: InvitationForm) -> Sent | None:
    origin = request.build_absolute_uri("/")
    try:
        return invite_person(acting_user=request.user, origin=origin, **form.cleaned_data)
    except Invalid as problem:
        form.add_problems(problem.errors)
    except Refused as problem:
        form.add_problems({"": [str(problem)]})
    return None


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link, and show it."""
    context = frame(request, INVITE, _("Invitations"))
    invitation = get_object_or_404(Invitation, pk=pk)
    origin = request.build_absolute_uri("/")
    try:
        sent = resend_invitation(acting_user=request.user, invitation=invitation, origin=origin)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("invitations")
    givable = offered(request.user)
    form = InvitationForm(roles=givable, reader=request.user)
    return _page(request, context, form, givable, sent)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    frame(request, INVITE, "")
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        revoke_invitation(acting_user=request.user, invitation=invitation)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        words = _("The invitation for %(address)s is taken back; its link opens nothing now.")
        messages.success(request, words % {"address": invitation.email})
    return redirect("invitations")


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    form: InvitationForm,
    givable: list[Role],
    sent: Sent | None,
) -> HttpResponse:
    pages = Paginator(Invitation.objects.select_related("role"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    context |= {"form": form, "page": page, "rows": _rows(request.user, list(page), givable)}
    if sent:
        link = link_to("join_link", sent.key, request.build_absolute_uri("/"))
        context |= {"sent": sent.invitation, "link": link}
    response = render(request, "accounts/invitations.html", context)
    # The link stands on this page: whatever is opened from here learns no more than the site.
    response["Cache-Control"] = "no-store, private"
    return response


def _rows(user: Any, page: list[Invitation], givable: list[Role]) -> list[dict[str, Any]]:
    """Give each invitation with the names that its reader may know (R24), and what they may do."""
    keys = {key for row in page for key in (row.inviter_id, row.person_id)}
    people = names_in_reach(user, User, keys)
    may_give = {role.pk: policy.role_name(user, role) for role in givable}
    roles = names_in_reach(user, Role, {row.role_id for row in page}) | may_give
    return [
        {
            "invitation": row,
            "role": roles.get(row.role_id, NO_ACCESS) if row.role_id else None,
            "inviter": people.get(row.inviter_id, NO_ACCESS) if row.inviter_id else None,
            "person": people.get(row.person_id) if row.person_id else None,
            "may_resend": row.role_id in may_give,
            "may_revoke": may_revoke(user, row, may_give),
        }
        for row in page
    ]
