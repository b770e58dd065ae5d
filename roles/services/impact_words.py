"""What a change means for people, in sentences: the same before a save and after it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..core.impact import Effect, Impact
from ..registry import registry
from .labels import label_of

NAMED = 3
"""So many names are written out; the others are counted."""


def reach_in_words(impact: Impact) -> str:
    """Say in one line whom a change reaches."""
    lines = impact_in_words(impact)
    if not lines:
        return _("nobody gains or loses anything")
    if len(lines) <= 2:
        return " · ".join(lines)
    return ngettext(
        "changes what %(people)d person may do",
        "changes what %(people)d people may do",
        impact.people,
    ) % {"people": impact.people}


NOT_TOLD = gettext_lazy("Who gains or loses by it is shown to people who may see all of a role.")


def impact_in_words(impact: Impact) -> list[str]:
    """Give one sentence for each group of people to whom the same happens."""
    return [_sentence(effect) for effect in impact.effects]


def _sentence(effect: Effect) -> str:
    words = {
        "gained": ngettext(
            "%(people)d person gains %(what)s", "%(people)d people gain %(what)s", effect.people
        ),
        "lost": ngettext(
            "%(people)d person loses %(what)s", "%(people)d people lose %(what)s", effect.people
        ),
        "records": ngettext(
            "%(people)d person reaches other records of %(what)s",
            "%(people)d people reach other records of %(what)s",
            effect.people,
        ),
        "fields": ngettext(
            "%(people)d person sees or edits other fields of %(what)s",
            "%(people)d people see or edit other fields of %(what)s",
            effect.people,
        ),
    }
    name = _module_label if effect.kind in ("records", "fields") else label_of
    return words[effect.kind] % {
        "people": effect.people,
        "what": _listed([str(name(code)) for code in _in_order(effect.names)]),
    }


def _in_order(names: Sequence[str]) -> list[str]:
    """Sort as the page does: by the catalogue, privileges at the end."""
    order = {code: place for place, code in enumerate(registry.catalogue.permissions)}
    modules = {code: place for place, code in enumerate(registry.catalogue.modules)}
    last = len(order)
    return sorted(names, key=lambda name: (order.get(name, modules.get(name, last)), name))


def _module_label(code: str) -> str:
    return str(registry.module(code).label)


def _listed(names: list[str]) -> str:
    """Name up to three things; of more, name two and count the rest."""
    if len(names) > NAMED:
        return _("%(named)s and %(count)d more") % {
            "named": ", ".join(names[: NAMED - 1]),
            "count": len(names) - NAMED + 1,
        }
    if len(names) > 1:
        return _("%(named)s and %(last)s") % {"named": ", ".join(names[:-1]), "last": names[-1]}
    return names[0]
