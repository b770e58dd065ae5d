"""How a person's state, rank and roles are written, on the list and on their own page."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from roles import policy
from roles.admin.moments import exact
from roles.core import clock
from roles.core.vocabulary import OWNER_RANK
from roles.models import RoleAssignment

from ..standing import STATES, standing_of


def state_tag(person: Any) -> SafeString:
    """Draw the state as a word with a dot."""
    standing = standing_of(person)
    word = capfirst(STATES[standing])
    return format_html('<span class="standing standing-{}">{}</span>', standing, word)


def rank_tag(level: int, *, above_all: bool = False) -> SafeString:
    """Draw a rank as the list of roles draws a level; an Owner stands above all levels (R3)."""
    bar = (
        '<span class="level"><meter class="level-bar" min="0" max="100" value="{}" '
        'aria-hidden="true"></meter><span class="level-number">{}</span></span>'
    )
    words = _("above 100") if above_all or level >= OWNER_RANK else level
    return format_html(bar, min(level, 100), words)


def held_in_words(held: RoleAssignment, reader: Any) -> SafeString:
    """Link the role, and say from when until when it counts where it does not always."""
    url = reverse("admin:roles_role_change", args=[held.role_id])
    name = policy.role_name(reader, held.role)
    link = format_html('<span class="role-name"><a href="{}">{}</a></span>', url, name)
    begins = held.valid_from if held.valid_from and held.valid_from > clock.now() else None
    if begins and held.valid_until:
        words, moments = _("from {} until {}"), [begins, held.valid_until]
    elif begins or held.valid_until:
        words = _("from {}") if begins else _("until {}")
        moments = [begins or held.valid_until]
    else:
        return link
    said = format_html(words, *(day_tag(moment) for moment in moments))
    return format_html('{} <span class="quiet">{}</span>', link, said)


def day_tag(moment: Any) -> SafeString:
    """Draw a moment by its day, the exact one on hover."""
    words = date_format(localtime(moment), "j F Y")
    tag = '<time datetime="{}" title="{}">{}</time>'
    return format_html(tag, moment.isoformat(), exact(moment), words)
