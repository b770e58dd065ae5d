"""Checks that keep a production installation from demonstration settings; `check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from .guard import settings_problems


@register(Tags.security, deploy=True)
def check_production(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the repository's secret and debug mode."""
    return [
        Error(problem, hint="The server does not start with it.", id="site.E001")
        for problem in settings_problems()
    ]


@register(Tags.security, deploy=True)
def check_mode(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the demonstration and development modes, which switch the guard off."""
    modes = [name for name in ("DEMO", "DEVELOPMENT") if getattr(settings, name)]
    return [
        Error(f"{name} is on.", hint=f"Unset {name} in production.", id="site.E002")
        for name in modes
    ]
