"""The advice beside a role's form, each piece with the place on the page that it is about."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .. import policy
from ..core.advice import Advice, AdviceCode
from ..core.compile import CompiledRole
from ..core.names import HintCode, find_hint
from ..core.specs import RoleSpec
from ..models import Role
from ..registry import registry
from ..services.advice import advice_in_words, advice_on
from ..services.labels import label_of

_PLACES = {
    "name": "id_name",
    "description": "id_description",
    "level": "id_level",
    "role": "people",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of advice: its words, and the id of the element that it links to."""

    text: str
    place: str

    def as_json(self) -> dict[str, str]:
        """Give it for the page's script."""
        return {"text": self.text, "place": self.place, "level": "advice"}


_READS: dict[AdviceCode, str] = {
    "low_admin": "level",
    "highest_level": "level",
    "no_description": "description",
    "vague_name": "name",
}
"""The field that a piece of advice judges, where the role as it is read does not say it."""


def advice_for(
    role: Role | None, wanted: RoleSpec, compiled: CompiledRole, readable: Collection[str]
) -> tuple[Hint, ...]:
    """Give the advice of section 7 and the hints on privileges (R11); none of it blocks.

    Nothing is advised on what is not `readable`.
    """
    is_held = policy.affected_people(role.code) > 0 if role else None
    found = advice_on(compiled, is_held=is_held)
    return (
        *(
            Hint(advice_in_words(advice, label_of), _place(advice))
            for advice in found
            if advice.code not in _READS or _READS[advice.code] in readable
        ),
        *_on_privileges(wanted),
    )


def _place(advice: Advice) -> str:
    return _PLACES.get(advice.about) or f"permission-{advice.about.replace('.', '-')}"


def _on_privileges(wanted: RoleSpec) -> Iterator[Hint]:
    """Advise on names that were accepted and deserve a second look (R11)."""
    words: dict[HintCode, str] = {
        "no_dot": _("“%(name)s” has no dot. Names such as app.crm say whose they are."),
        "near_miss": _("“%(name)s” is not the system permission “%(detail)s”. Is it meant?"),
    }
    shadows = registry.catalogue.shadows()
    for name in sorted(wanted.privileges):
        if hint := find_hint(name, shadows):
            text = words[hint.code] % {"name": hint.name, "detail": hint.detail}
            yield Hint(text, "id_privileges")
