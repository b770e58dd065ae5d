"""Words that the pages of roles write in more than one place."""

from datetime import datetime
from typing import Any

from django import template

from ..admin.moments import time_tag

register = template.Library()


@register.filter
def as_said(moment: datetime) -> Any:
    """Draw a moment as people say it, the exact one on hover."""
    return time_tag(moment)
