"""What every page of the site knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.services.registration import is_open
from accounts.waiting import is_waiting

from .theme import SCHEMES, theme_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Tell the templates whose site this is, in which theme, and whether its reader waits."""
    theme = theme_of(request)
    return {
        "is_demonstration": settings.DEMO,
        "theme": theme,
        "color_scheme": SCHEMES[theme],
        # Asked by the page where it matters: the pages about failures must ask nothing.
        "is_waiting": lambda: is_waiting(request.user),
        "is_registration_open": is_open,
    }
