"""Checks that keep a production installation from starting with demonstration settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from .settings import DEVELOPMENT_SECRET


@register(Tags.security, deploy=True)
def check_production(**kwargs: Any) -> list[CheckMessage]:
    """Refuse the default secret, debug mode and the demonstration's passwords."""
    problems = (
        (
            settings.SECRET_KEY == DEVELOPMENT_SECRET,
            "SECRET_KEY is the one of the repository.",
            "Set SECRET_KEY to a long random text.",
            "site.E001",
        ),
        (settings.DEBUG, "DEBUG is on.", "Unset DEBUG.", "site.E002"),
        (settings.DEMO, "DEMO is on: everybody knows the passwords.", "Unset DEMO.", "site.E003"),
    )
    return [Error(text, hint=hint, id=code) for wrong, text, hint, code in problems if wrong]
