"""The page of e-mail domains from which people may register alone (D12)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from roles.core.errors import Invalid, Refused

from ..models import RegistrationDomain
from ..services.registration import MANAGE, allow_domain, forbid_domain
from .forms import DomainForm, posted
from .places import frame


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest) -> HttpResponse:
    """Show the list, and put a domain on it."""
    context = frame(request, MANAGE, _("E-mail domains"))
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = allow_domain(acting_user=request.user, name=form.cleaned_data["name"])
        except Invalid as problem:
            form.add_problems(problem.errors)
        except Refused as problem:
            form.add_problems({"": [str(problem)]})
        else:
            words = _("People with an address at %(domain)s may register from now on.")
            messages.success(request, words % {"domain": made.name})
            return redirect("domains")
    context |= {"form": form, "domains": RegistrationDomain.objects.all()}
    return render(request, "accounts/domains.html", context)


@require_POST
def remove_domain(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a domain off the list."""
    frame(request, MANAGE, "")
    domain = get_object_or_404(RegistrationDomain, pk=pk)
    try:
        forbid_domain(acting_user=request.user, domain=domain)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        words = _("People with an address at %(domain)s cannot register any more.")
        messages.success(request, words % {"domain": domain.name})
    return redirect("domains")
