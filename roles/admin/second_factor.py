"""The choice whether a role asks for a second factor, and what that would mean for its people."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..core.compile import CompiledRole
from ..core.coverage import Excess
from ..directory import get_directory
from ..models import Role
from ..services.delegation import excess_in_words
from ..services.labels import SECOND_FACTOR, choice_of


class SecondFactorChoice(forms.TypedChoiceField):
    """Read the choice as what a role stores.

    A select and no box: a box that is not ticked is not posted, and what is absent stays.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Second factor"),
            choices=SECOND_FACTOR,
            coerce=lambda value: value == "yes",
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """Write what a role stores as one of the choices."""
        return choice_of(value) if isinstance(value, bool) else value


def is_possible() -> bool:
    """Tell whether people here can set one up at all."""
    return get_directory().secured_people() is not None


def limit(field: Any, *, stands: bool, excess: Excess | None) -> None:
    """Offer nothing else than what stands to whom the change would be refused (D4)."""
    if excess is not None:
        field.choices = [choice for choice in SECOND_FACTOR if choice[0] == choice_of(stands)]


def help_for(role: Role | None, compiled: CompiledRole | None, excess: Excess | None) -> str:
    """Say what it means, how many have one, and why it cannot change or does not matter."""
    lines = [_("Where it is asked for, the role gives its people nothing until they set one up.")]
    counted = policy.secured_holders(role.code) if role is not None else None
    if counted and counted[1]:
        lines.append(_have_one(*counted))
    below = compiled.chain[1:] if compiled else ()
    if asking := next((layer for layer in below if layer.second_factor), None):
        lines.append(_("“%s”, on which it is based, asks for one already.") % asking.name)
    if excess is not None:
        lines.append(excess_in_words(excess))
    return " ".join(lines)


def _have_one(have: int, held: int) -> str:
    if held == 1:
        return _("The person who holds it has one.") if have else _("Who holds it has none yet.")
    return _("%(have)d of the %(held)d people who hold it have one.") % {"have": have, "held": held}
