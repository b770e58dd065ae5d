"""What of a role's form its reader can type, and the words that say why no more (D2-D4, D8)."""

from typing import Any

from django.utils.translation import gettext as _

from ..core.offers import Offers
from ..core.vocabulary import LEVEL_MAX


def limit_level(field: Any, offers: Offers) -> None:
    """Take levels below the reader's rank only, and say so (D3)."""
    field.widget.attrs["max"] = highest = offers.level_max
    if highest < LEVEL_MAX:
        words = _("0–%(highest)d: a level lies below your own rank (D3).")
        field.help_text = f"{words % {'highest': highest}} {_('It says who may manage whom.')}"


def limit_privileges(field: Any, offers: Offers) -> None:
    """Say which names the role can get from the reader, and which cannot go (D4, D2).

    Where none can come or go, nothing can be typed.
    """
    gives, kept = offers.privileges_to_give(), offers.privileges_to_keep()
    if gives is None:
        return
    field.widget.attrs["data-keeps"] = " ".join(sorted(kept))
    if gives:
        words = _("You can give what you hold yourself (D4): %s.") % ", ".join(sorted(gives))
        field.help_text = f"{words} {_('Separate names with commas or spaces.')}"
        return
    field.help_text = _("You hold no privilege yourself, so you can give none (D4). Ask an Owner.")
    if kept == offers.privileges:
        field.widget.attrs["readonly"] = True
