"""Light, dark or as the system: kept in a cookie, so that a page comes in the right dress."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "theme"
SCHEMES = {"light": "light", "dark": "dark", "auto": "light dark"}
"""What a person may choose, and the `color-scheme` that says so to the browser."""

A_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Give the chosen theme; whatever else the cookie says stands for the system's."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in SCHEMES else "auto"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back to the page on which it was made."""
    chosen = request.POST.get("theme", "")
    if chosen not in SCHEMES:
        return HttpResponseBadRequest()
    answer = HttpResponseRedirect(_way_back(request))
    # The script of the frame writes it too, so that choosing need not load the page again.
    answer.set_cookie(
        COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return answer


def _way_back(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else "/"
