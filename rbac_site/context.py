"""What every page of the site knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.services.registration import is_open
from accounts.waiting import is_waiting
from roles import policy

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
        "resting_roles": lambda: policy.access_for(request.user).resting,
        "asking_roles": lambda: [
            r for r in policy.access_for(request.user).roles if r.second_factor
        ],
    }


def _asking(user: Any) -> list[Any]:
    """Give the person's roles that go on only with a second factor."""
    return [role for role in policy.access_for(user).roles if role.second_factor]
