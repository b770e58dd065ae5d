"""The pages of people who wait: who they are, and letting them in (D12)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roles import policy
from roles.admin.naming import NO_ACCESS, name_of, names_in_reach
from roles.core.errors import Refused
from roles.models import Role, RoleAssignment
from roles.services.delegation import why_not

from ..models import User
from ..models.user import State
from ..services.approval import APPROVE, approve_person, reject_person
from .forms import ApprovalForm, offered, posted
from .places import frame

PAGE_SIZE = 50
SHOWN = ("first_name", "last_name", "username", "email")


@require_safe
def registrations(request: HttpRequest) -> HttpResponse:
    """Show who waits, the longest first."""
    context = frame(request, APPROVE, _("Registrations"))
    page = Paginator(_waiting(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {"page": page, "rows": _rows(request.user, list(page))}
    return render(request, "accounts/registrations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on one person; whoever waits no longer, or is out of view, is not found (R23)."""
    context = frame(request, APPROVE, "")
    person = _waiting(request.user).filter(pk=pk).first()
    if person is None:
        raise Http404
    reason = why_not(request.user, APPROVE, person)
    held = RoleAssignment.objects.filter(user=person).select_related("role")
    choice = [] if reason else _choice(request.user, held)
    form = ApprovalForm(posted(request), roles=choice, reader=request.user)
    if request.method == "POST" and form.is_valid() and _decide(request, person, form):
        return redirect("registrations")
    row = _rows(request.user, [person])[0]
    context |= {"form": form, "row": row, "reason": reason, "title": row["name"]}
    context["held"] = _held_names(request.user, held)
    return render(request, "accounts/registration.html", context)


def _held_names(user: Any, held: Any) -> list[Any]:
    """Name the roles that the person holds, as far as the reader may see roles (R24)."""
    names = names_in_reach(user, Role, {assignment.role_id for assignment in held})
    return [names.get(assignment.role_id, NO_ACCESS) for assignment in held]


def _choice(user: Any, held: Any) -> list[Role]:
    """Give the roles to choose from: those that one may give, and that the person lacks."""
    theirs = {assignment.role_id for assignment in held}
    return [role for role in offered(user) if role.pk not in theirs]


def _decide(request: HttpRequest, person: User, form: ApprovalForm) -> bool:
    approves = request.POST.get("decision") == "approve"
    try:
        if approves:
            roles = form.cleaned_data["roles"]
            approve_person(acting_user=request.user, user=person, roles=roles)
        elif request.POST.get("decision") == "reject":
            reject_person(acting_user=request.user, user=person)
        else:
            raise Refused(_("Choose what to do: approve or reject."))
    except Refused as problem:
        form.add_problems({"": [str(problem)]})
        return False
    said = _("%(name)s is let in.") if approves else _("%(name)s is rejected, and shut out.")
    messages.success(request, said % {"name": _rows(request.user, [person])[0]["name"]})
    return True


def _waiting(user: Any) -> QuerySet[User]:
    waiting = User.objects.filter(state=State.WAITING, is_active=True)
    found = policy.accessible(waiting, user, "view").order_by("date_joined", "pk")
    return policy.with_masks(found, user)


def _rows(user: Any, people: list[User]) -> list[dict[str, Any]]:
    """Give of each person what their reader may read (R16)."""
    masks = policy.field_masks(user, people)
    return [
        {"pk": person.pk, "since": person.date_joined, "name": name_of(person, masks[person.pk])}
        | {name: getattr(person, name) for name in SHOWN if name in masks[person.pk].readable}
        for person in people
    ]
