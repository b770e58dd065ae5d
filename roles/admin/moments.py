"""Moments as people say them, with the exact one on hover."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from ..core import clock

SAID_FOR = timedelta(days=60)
LATELY = timedelta(hours=12)


def ago(moment: datetime) -> str:
    """Say how long ago it was; after two months the day says more than the distance."""
    passed = clock.now() - moment
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed > SAID_FOR:
        return date_format(timezone.localtime(moment), "DATE_FORMAT")
    said = timesince(moment, clock.now(), depth=1)
    return _("%(time)s ago") % {"time": said}


def said_of_day(moment: datetime) -> str:
    """Say when it was to whoever reads the day above it: how long ago lately, else the time."""
    if clock.now() - moment < LATELY:
        return ago(moment)
    return date_format(timezone.localtime(moment), "TIME_FORMAT")


def exact(moment: datetime) -> str:
    """Write the moment out, in the reader's zone."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def time_tag(moment: datetime, said: Callable[[datetime], str] = ago) -> Any:
    """Draw a moment: “3 days ago”, the exact one on hover and for machines."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), said(moment)
    )
