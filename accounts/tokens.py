"""The page of API tokens: one's own, a form for another, and those of people whom one manages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from roles import policy
from roles.admin.governed import NO_ACCESS
from roles.admin.naming import names_in_reach
from roles.core.access import Access
from roles.core.errors import Invalid
from roles.models import ApiToken
from roles.models.keys import is_key
from roles.services.labels import label_of
from roles.services.tokens import create_token, revoke_token

from .token_form import TokenForm

OTHERS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A token as the page shows it; `may` names what it is limited to, and whether it has it."""

    token: ApiToken
    may: list[tuple[str, bool]]
    owner: Any = None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the tokens; a post makes one or takes one back (`api_tokens.manage`)."""
    if not policy.check(request.user, policy.MANAGE_TOKENS):
        raise PermissionDenied(
            _("API tokens need the permission “API tokens”. Ask an Owner for it.")
        )
    if "revoke" in request.POST:
        return _revoke(request)
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    made, secret = _make(request, form)
    if made is not None:
        form = TokenForm(user=request.user)
    return _page(request, {"form": form, "made": made, "secret": secret})


def _make(request: HttpRequest, form: TokenForm) -> tuple[ApiToken | None, str]:
    """Make what the form wants; its secret goes into this answer and nowhere else."""
    if not form.is_bound or not form.is_valid():
        return None, ""
    try:
        return create_token(acting_user=request.user, **form.wish)
    except Invalid as invalid:
        form.add_refusal(invalid)
        return None, ""


def _revoke(request: HttpRequest) -> HttpResponse:
    """Take a token back; of one that is not theirs nothing is said (R23)."""
    key = request.POST["revoke"]
    tokens_in_reach = policy.revocable_tokens(request.user)
    token = tokens_in_reach.filter(pk=key).first() if is_key(ApiToken, key) else None
    if token is None:
        messages.warning(request, _("There is no such token any more."))
    else:
        revoke_token(acting_user=request.user, token=token)
        messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("tokens")


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    found = policy.revocable_tokens(request.user)
    others = Paginator(found.exclude(user=request.user.pk), OTHERS_ON_A_PAGE)
    page = others.get_page(request.GET.get("page"))
    context |= {
        **admin.site.each_context(request),
        "title": _("API tokens"),
        "rows": [_own(token, context["form"].access) for token in found.filter(user=request.user)],
        "others": _rows_of_others(request.user, page),
        "page": page,
    }
    return render(request, "accounts/tokens.html", context)


def _own(token: ApiToken, access: Access) -> Row:
    held = access.codes | access.privileges
    return Row(token, [(label_of(name), name in held) for name in _named(token)])


def _rows_of_others(user: Any, page: Page) -> list[Row]:
    """Name whose they are as far as the reader may view people (R24)."""
    names = names_in_reach(user, get_user_model(), (token.user_id for token in page))
    return [
        Row(
            token,
            [(label_of(name), True) for name in _named(token)],
            names.get(token.user_id, NO_ACCESS),
        )
        for token in page
    ]


def _named(token: ApiToken) -> Iterable[str]:
    return [*token.permissions, *token.privileges] if token.is_limited else []
