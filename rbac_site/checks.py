"""Checks that keep a production installation from demonstration settings; `check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .guard import settings_problems


@register(Tags.security, deploy=True)
def check_production(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the repository's secret, debug mode and links in mails to any host."""
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


@register(Tags.security, deploy=True)
def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    """Warn where everybody seems to come from the one address of a proxy."""
    if not settings.BEHIND_TLS or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    return [
        Warning(
            "BEHIND_TLS is on and PROXY_COUNT is 0: all tries at signing in count as from one "
            "address, so whoever guesses somebody's password pauses their sign-in everywhere.",
            hint="Set PROXY_COUNT to the number of your proxies before the site.",
            id="site.W001",
        )
    ]
