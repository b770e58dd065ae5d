"""The pages of whoever is not in yet: accept an invitation, register."""

from dataclasses import asdict
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roles.core.errors import Invalid, Refused

from ..links import Opened, read_invitation, read_registration
from ..models import Invitation, InvitationState, RegistrationDomain, User
from ..models.user import State
from ..services import registration
from ..services.invitations import Over, accept_invitation
from .forms import AddressForm, NewPersonForm, posted

INVITED, REGISTERING = "joining.invited", "joining.registering"

# The addresses that come by mail hold a secret. They change nothing and show nothing: what they
# say is kept in the session, and a page that follows says the rest, under an address without it.


@require_safe
def open_invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Take up an invitation's link."""
    opened = read_invitation(key)
    return _go_on(request, INVITED, opened and asdict(opened), "join")


@require_safe
def open_registration(request: HttpRequest, key: str) -> HttpResponse:
    """Take up the link that proves an address."""
    return _go_on(request, REGISTERING, read_registration(key), "register_account")


def _go_on(request: HttpRequest, name: str, said: Any, to: str) -> HttpResponse:
    if said:
        request.session[name] = said
    else:
        request.session.pop(name, None)
    response = redirect(to)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Make the account that an invitation offers (D11)."""
    said = request.session.get(INVITED)
    opened = Opened(**said) if said else None
    invitation = _invitation(opened)
    if opened is None or invitation is None or invitation.state is not InvitationState.OPEN:
        return _over(request, invitation and invitation.state)
    context = {"address": invitation.email, "invitation": invitation}

    def make(**values: str) -> User:
        return accept_invitation(token_hash=opened.token_hash, proven=opened.mailed, **values)

    return _new_account(request, INVITED, make, context)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask for an address; the answer is the same whether somebody has it already."""
    if not registration.is_open():
        return render(request, "account/signup_closed.html")
    form = AddressForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="signup"):
            return ratelimit.respond_429(request)
        try:
            _ask(request, form.cleaned_data["email"])
        except Invalid as problem:
            form.add_problems(problem.errors)
        else:
            return redirect("register_sent")
    context = {"form": form, "domains": RegistrationDomain.objects.all()}
    return render(request, "account/register.html", context)


def _ask(request: HttpRequest, text: str) -> None:
    address = registration.check_address(text)
    registration.ask_to_register(address=address, origin=request.build_absolute_uri("/"))


@require_safe
def register_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way, or would be."""
    return render(request, "account/register_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def register_account(request: HttpRequest) -> HttpResponse:
    """Make the account of whoever proved their address: a Guest who waits (D12)."""
    address = request.session.get(REGISTERING)
    if not address or User.objects.filter(email__iexact=address, deleted_at=None).exists():
        return _over(request, None, "account/register_over.html")

    def make(**values: str) -> User:
        return registration.register_person(address=address, **values)

    return _new_account(request, REGISTERING, make, {"address": address})


def _new_account(
    request: HttpRequest, name: str, make: Any, context: dict[str, Any]
) -> HttpResponse:
    """Show the form of a new account, and make it."""
    if request.user.is_authenticated:
        return render(request, "account/join_signed_in.html", context)
    form = NewPersonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            person = make(**form.values)
        except Over as over:
            return _over(request, over.state)
        except Invalid as problem:
            form.add_problems(problem.errors)
        except Refused as problem:
            form.add_problems({"": [str(problem)]})
        else:
            del request.session[name]
            messages.success(request, _made(person))
            return redirect("account_login")
    return render(request, "account/join.html", {**context, "form": form})


def _made(person: User) -> str:
    words = {
        State.ACTIVE: _("Your account is ready. Sign in with your new password."),
        State.WAITING: _(
            "Your account is made, and somebody has to let you in. You can sign in already; "
            "your modules appear once that is done."
        ),
    }
    return words[State(person.state)]


def _invitation(opened: Opened | None) -> Invitation | None:
    if opened is None:
        return None
    return Invitation.objects.filter(token_hash=opened.token_hash).first()


def _over(
    request: HttpRequest, state: Any, template: str = "account/join_over.html"
) -> HttpResponse:
    """Say in general words what has become of the link; of what never was one, nothing."""
    request.session.pop(INVITED, None)
    request.session.pop(REGISTERING, None)
    context = {"state": state, "sign_in": reverse("account_login")}
    return render(request, template, context, status=410 if state else 404)
