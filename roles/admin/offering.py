"""Which choices of a row's details are their reader's to make: the form asks, and draws it (D4)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from ..core.coverage import Excess
from ..core.offers import Offers
from ..core.vocabulary import EVERY_ACTION, FieldLevel
from ..services.delegation import excess_in_words
from .controls import Control

Found = dict[str, Excess]


def offered(control: Control, offers: Offers | None, names: Mapping[str, str]) -> Control:
    """Mark the choices of a control that a save would refuse; one that can only stay is locked.

    `names` are those of roles by code.
    """
    if offers is None or offers.are_all:
        return control
    kind, module, *rest = control.name.split(":")
    if kind == "scope":
        refused, also = _scopes(control, offers, module, rest[0] if rest else EVERY_ACTION)
    else:
        refused, also = _levels(control, offers, module, rest[0]), {}
    if not refused and not also:
        return control
    is_locked = len(refused) + len(also) == len(control.choices) + len(control.also) - 1
    first = next(iter([*refused.values(), *also.values()]))
    return replace(
        control,
        refused=frozenset(refused),
        refused_also=frozenset(also),
        locked=excess_in_words(first, names) if is_locked else "",
        beyond="" if is_locked else _in_words(control, refused | also, names),
    )


def _scopes(control: Control, offers: Offers, module: str, action: str) -> tuple[Found, Found]:
    """Ask about each choice of the select, with the boxes as they are, and about each box."""
    ticked = frozenset(value for value, _label, is_ticked in control.also if is_ticked)

    def excess_of(select: str, boxes: Iterable[str]) -> Excess | None:
        return offers.excess_of_scopes(module, action, frozenset({select, *boxes}) - {""})

    others = _others(control)
    boxes = (value for value, _label, _ticked in control.also)
    return (
        _found((value, excess_of(value, ticked)) for value in others),
        _found((value, excess_of(control.chosen, ticked ^ {value})) for value in boxes),
    )


def _levels(control: Control, offers: Offers, module: str, name: str) -> Found:
    levels = ((v, FieldLevel.from_code(v) if v else None) for v in _others(control))
    return _found((value, offers.excess_of_level(module, name, level)) for value, level in levels)


def _others(control: Control) -> list[str]:
    return [value for value, _label, chosen in control.choices if not chosen]


def _found(asked: Iterable[tuple[str, Excess | None]]) -> Found:
    return {value: excess for value, excess in asked if excess is not None}


def _in_words(control: Control, found: Found, names: Mapping[str, str]) -> str:
    """Name the choices that are not the reader's, and a role on this one where it is theirs."""
    named = [label for value, label, _chosen in control.choices if value in found]
    also = [label for value, label, _ticked in control.also if value in found]
    choices = ", ".join(dict.fromkeys([*named, *also]))
    told = (excess for excess in found.values() if not excess.is_veiled)
    heir = next((excess.role for excess in told if excess.via == "heir"), None)
    if heir is None:
        return _("Not yours to choose (D4): %s.") % choices
    words = {"choices": choices, "role": names.get(heir, heir)}
    return _("Not yours to choose, as it changes “%(role)s” (D6): %(choices)s.") % words
