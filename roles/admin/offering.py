"""Which choices of a row's details are their reader's to make: the form asks, and draws it (D4)."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from ..core.coverage import Excess
from ..core.offers import Offers
from ..core.vocabulary import EVERY_ACTION, FieldLevel
from ..services.delegation import excess_in_words
from .controls import Control

Found = dict[str, Excess]
Asked = dict[str, Excess | None]


def offered(control: Control, offers: Offers | None, names: Mapping[str, str]) -> Control:
    """Mark the choices of a control that a save would refuse; one that can only stay is locked.

    `names` are those of roles by code.
    """
    if offers is None or offers.are_all:
        return control
    kind, module, *rest = control.name.split(":")
    if kind == "scope":
        asked, also = _scopes(control, offers, module, rest[0] if rest else EVERY_ACTION)
    else:
        asked, also = _levels(control, offers, module, rest[0]), {}
    refused, refused_also = _found(asked), _found(also)
    if not refused and not refused_also:
        return control
    is_locked = all([*asked.values(), *also.values()])
    first = next(iter([*refused.values(), *refused_also.values()]))
    return replace(
        control,
        refused=frozenset(refused),
        refused_also=frozenset(refused_also),
        locked=excess_in_words(first, names) if is_locked else "",
        beyond="" if is_locked else _in_words(control, refused | refused_also, names),
    )


def _scopes(control: Control, offers: Offers, module: str, action: str) -> tuple[Asked, Asked]:
    """Ask about each choice of the select, with the boxes as they are, and about each box.

    What leaves the scopes as they are is no choice.
    """
    ticked = frozenset(value for value, _label, is_ticked in control.also if is_ticked)
    boxes = (value for value, _label, _ticked in control.also)
    by_select = {value: ticked | {value} for value in _others(control)}
    by_box = {value: (ticked ^ {value}) | {control.chosen} for value in boxes}
    stands = (ticked | {control.chosen}) - {""}

    def ask(choices: dict[str, frozenset[str]]) -> Asked:
        changed = {value: found - {""} for value, found in choices.items()}
        return {
            value: offers.excess_of_scopes(module, action, scopes)
            for value, scopes in changed.items()
            if scopes != stands
        }

    return ask(by_select), ask(by_box)


def _levels(control: Control, offers: Offers, module: str, name: str) -> Asked:
    levels = ((v, FieldLevel.from_code(v) if v else None) for v in _others(control))
    return {value: offers.excess_of_level(module, name, level) for value, level in levels}


def _others(control: Control) -> list[str]:
    return [value for value, _label, chosen in control.choices if not chosen]


def _found(asked: Asked) -> Found:
    return {value: excess for value, excess in asked.items() if excess is not None}


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
