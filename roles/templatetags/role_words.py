"""Words that the pages of roles write in more than one place."""

from datetime import datetime
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_said(moment: datetime) -> Any:
    """Draw a moment as people say it, the exact one on hover."""
    # Every engine reads every library of tags, also in a project that has no admin.
    from ..admin.moments import time_tag

    return time_tag(moment)


@register.filter
def as_said_of_day(moment: datetime) -> Any:
    """Draw a moment that stands under its day."""
    from ..admin.moments import said_of_day, time_tag

    return time_tag(moment, said_of_day)
