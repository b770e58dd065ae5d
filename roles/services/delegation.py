"""Hold every change of roles and people to section 6, and say in words what is too much."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import policy
from ..core.access import Access
from ..core.coverage import Excess
from ..core.errors import Refused
from ..core.specs import NOTHING
from ..core.vocabulary import OWNER_RANK
from ..models import Role
from ..registry import registry
from .labels import ACTION_LABELS, feature_label, label_of

NAMED = 3
"""So many reasons of one refusal are written out; the rest are counted."""


class Exceeds(Refused):
    """A change that goes beyond the actor; `excess` says in what, thing by thing."""

    def __init__(self, excess: Iterable[Excess]) -> None:
        self.excess = tuple(excess)
        super().__init__(excesses_in_words(self.excess))


# Who may at all (D1, D3)


def why_not(user: Any, code: str, record: Model | None = None) -> str:
    """Say why `user` may not do `code`, on this person or role if given, or give "" (D1-D3)."""
    access = policy.access_for(user)
    if not access.is_owner and not access.can(code):
        return _missing(access, code)
    if record is None:
        return ""
    if excess := _excess_on(user, record):
        oneself = isinstance(record, get_user_model()) and record.pk == user.pk
        return _nobody_themselves() if oneself else excesses_in_words(excess)
    if registry.module_of(type(record)) is None or policy.is_owner(user):
        return ""
    decision = policy.check(user, code, record)
    return "" if decision else _("You cannot do this: %s") % decision.because


def _missing(access: Access, code: str) -> str:
    words = {"cell": label_of(code)}
    if role := next((one for one in access.resting if code in one.permissions), None):
        words["role"] = role.name
        asks = _("“%(role)s” gives you “%(cell)s” once you have set up a second factor.") % words
        return asks + " " + _("Set it up in your profile.")
    return _("You need the permission “%(cell)s” for this (D1). Ask an Owner for it.") % words


def _nobody_themselves() -> str:
    return _("Nobody manages themselves: one's own rank is not below itself (D3). Ask an Owner.")


def _excess_on(user: Any, record: Model) -> tuple[Excess, ...]:
    if isinstance(record, Role):
        return policy.excess_of_touching_role(user, record.code)
    return policy.excess_of_person(user, record)


def require(user: Any, code: str, record: Model | None = None) -> None:
    """Raise `Refused` where `why_not` gives a reason."""
    if reason := why_not(user, code, record):
        raise Refused(reason)


def require_other(acting_user: Any, user: Any, words: str) -> None:
    """Refuse with `words` what would change the actor themselves (D2)."""
    if acting_user.pk == user.pk:
        raise Refused(words)


def require_within(excess: tuple[Excess, ...]) -> None:
    """Raise `Exceeds` where anything is too much (D3-D6)."""
    if excess:
        raise Exceeds(excess)


# In words


def excesses_in_words(excess: Iterable[Excess], names: Mapping[str, str] = NOTHING) -> str:
    """Say what is too much, and what to do; beyond the first few only how many more there are."""
    lines = list(dict.fromkeys(excess_in_words(one, names) for one in excess))
    told, more = lines[:NAMED], len(lines) - NAMED
    if more > 0:
        told.append(ngettext("And %d more.", "And %d more.", more) % more)
    return " ".join(told)


def excess_in_words(excess: Excess, names: Mapping[str, str] = NOTHING) -> str:
    """Say of one thing why it is too much, and the way out; `names` are those of roles by code."""
    return f"{_why(excess, names)} {_way_out(excess)}"


def _why(excess: Excess, names: Mapping[str, str]) -> str:
    if excess.is_veiled:
        return _veiled(excess)
    if excess.kind in ("permission", "scopes", "fields", "together"):
        words = _of_cells(excess)
    else:
        words = _of_the_rest(excess)
    return words % {
        "cell": cell_name(excess.about),
        "about": excess.about,
        "role": names.get(excess.role) or (_name_of(excess.role) if excess.via else excess.role),
        "lacking": _lacking(excess),
    }


def _veiled(excess: Excess) -> str:
    """Say what the rule is, and nothing of what the role or person has (R23)."""
    if excess.kind == "rank":
        return _("This person's rank is not below your own (D3).")
    if excess.kind == "level" and not excess.via:
        return _("The level of this role is not below your own (D3).")
    return _("This goes beyond what you have yourself (D3-D6).")


def _of_cells(excess: Excess) -> str:
    if excess.via == "base":
        return _("“%(role)s” gives %(cell)s further than you have it yourself (D4).")
    if excess.via == "heir":
        return _("It reaches “%(role)s”, and %(cell)s there is more than you have yourself (D6).")
    taken = _("You cannot take away %(cell)s because you do not have it yourself.")
    words = {
        "permission": _("You cannot give %(cell)s because you do not have it yourself."),
        "scopes": _("You cannot give %(cell)s on “%(lacking)s”: your own reach is narrower."),
        "fields": _("You cannot give %(cell)s with %(lacking)s: it is less open to you."),
        "together": _(
            "You cannot give %(cell)s so: your roles cover it only together, and no single one "
            "does (R15)."
        ),
    }
    return taken if excess.taken and excess.kind == "permission" else words[excess.kind]


def _of_the_rest(excess: Excess) -> str:
    if excess.kind == "level" and excess.via == "heir":
        return _(
            "“%(role)s” is based on this role, and its level %(about)s is not below yours (D6)."
        )
    if excess.kind == "rank" and excess.about == str(OWNER_RANK):
        return _("This person's rank is above 100, not below your own (D3).")
    words = {
        "level": _("Level %(about)s is not below your own (D3)."),
        "rank": _("This person's rank %(about)s is not below your own (D3)."),
        "privilege": _("You cannot give or take the privilege “%(about)s”: you do not have it."),
        "self": _("You would give yourself the privilege “%(about)s” by a role of yours (D2)."),
    }
    return words[excess.kind]


def _way_out(excess: Excess) -> str:
    words = {
        "ask_owner": _("Ask an Owner."),
        "ask_other": _("Ask somebody else who may."),
        "narrow": _("Give at most what you have, or ask an Owner."),
        "lower": _("Choose a lower level, or ask an Owner."),
    }
    return words[excess.remedy]


def cell_name(code: str) -> str:
    """Name a cell within a sentence: “Export on Contacts”."""
    module, _dot, action = code.partition(".")
    known = registry.catalogue.modules.get(module)
    if feature := registry.catalogue.features.get(code):
        return _("“%s”") % feature_label(feature)
    if known is None or action not in ACTION_LABELS:
        return _("“%s”") % code
    return _("%(action)s on %(module)s") % {
        "action": ACTION_LABELS[action][0],
        "module": known.label,
    }


def _name_of(code: str) -> str:
    return Role.objects.filter(code=code).values_list("name", flat=True).first() or code


def _lacking(excess: Excess) -> str:
    if excess.kind == "scopes":
        known = registry.scopes
        return ", ".join(str(known[c].label) if c in known else c for c in excess.lacking)
    module = registry.catalogue.modules.get(excess.about.partition(".")[0])
    labels = registry.fields_of(module) if module else {}
    others = {"*": _("all other fields")}
    return ", ".join(others.get(name) or str(labels.get(name, name)) for name in excess.lacking)
