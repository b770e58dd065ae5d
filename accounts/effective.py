"""What a person may do, in plain words: per module the actions and whose records (R12, R13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from roles import policy
from roles.core.access import Access
from roles.core.specs import Module
from roles.registry import registry
from roles.services.labels import ACTION_LABELS, feature_label

from .reach import reach_in_words


@dataclass(frozen=True, slots=True)
class Line:
    """Actions that share a reach: “View and create”, “your own records”; "" without owners."""

    actions: str
    reach: str


@dataclass(frozen=True, slots=True)
class ModuleWords:
    """What of one module is the person's."""

    code: str
    label: Any
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A group of the catalogue with what of it is the person's."""

    name: Any
    modules: tuple[ModuleWords, ...]
    features: tuple[str, ...]


def areas_of(user: Any) -> list[Area]:
    """Give the person's modules and features by the catalogue's groups, in its order."""
    access, catalogue = policy.access_for(user), registry.catalogue
    modules: dict[str, list[ModuleWords]] = {}
    features: dict[str, list[str]] = {}
    for module in catalogue.modules.values():
        if lines := _lines(access, module):
            words = ModuleWords(module.code, module.label, lines)
            modules.setdefault(str(module.group), []).append(words)
    for feature in catalogue.features.values():
        if access.can(feature.code):
            features.setdefault(str(feature.group), []).append(feature_label(feature))
    return [
        Area(group, tuple(modules.get(group, ())), tuple(features.get(group, ())))
        for group in dict.fromkeys([*modules, *features])
    ]


def _lines(access: Access, module: Module) -> tuple[Line, ...]:
    """Join the actions that reach the same records, in the grid's order."""
    found: dict[str, list[str]] = {}
    for action in module.actions:
        if _has(access, module, action):
            found.setdefault(reach_in_words(access, module, action), []).append(action)
    return tuple(Line(_listed(actions), reach) for reach, actions in found.items())


def _has(access: Access, module: Module, action: str) -> bool:
    """Leave out what has no effect: editing without seeing (R14)."""
    if not access.can(f"{module.code}.{action}"):
        return False
    return action not in policy.NEEDS_VIEW or access.can(f"{module.code}.view")


def _listed(actions: Iterable[str]) -> str:
    labels = [str(ACTION_LABELS[action][0]).lower() for action in actions]
    return capfirst(get_text_list(labels, _("and")))
