"""What another person may do, and which of their roles says so (R12, R13, R15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from roles import policy
from roles.core.access import Access
from roles.core.specs import Module
from roles.core.vocabulary import ALL, OWN
from roles.registry import registry
from roles.services.labels import ACTION_LABELS, feature_label

from ..reach import reach_of_another


@dataclass(frozen=True, slots=True)
class Given:
    """Something that one role, or several alike, give: what, on whose records, and which roles."""

    what: str
    reach: str
    roles: str


@dataclass(frozen=True, slots=True)
class Row:
    """A module, or the features of a group, with what of it is given."""

    label: Any
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A group of the catalogue."""

    name: str
    rows: tuple[Row, ...]


def areas_given(access: Access) -> list[Area]:
    """Give what the access holds by the catalogue's groups, in its order."""
    catalogue = registry.catalogue
    found: dict[str, list[Row]] = {}
    for module in catalogue.modules.values():
        if lines := _of_module(access, module):
            found.setdefault(str(module.group), []).append(Row(module.label, lines))
    features: dict[str, list[Given]] = {}
    for feature in catalogue.features.values():
        if names := [role.name for role in access.roles_giving(feature.code)]:
            line = Given(feature_label(feature), "", _and(names))
            features.setdefault(str(feature.group), []).append(line)
    for group, lines in features.items():
        found.setdefault(group, []).append(Row(_("Features"), tuple(lines)))
    return [Area(group, tuple(rows)) for group, rows in found.items()]


def privileges_given(access: Access) -> list[Given]:
    """Give the custom privileges, each with the roles that name it (R20)."""
    return [
        Given(name, "", _and([role.name for role in access.roles if name in role.privileges]))
        for name in sorted(access.privileges)
    ]


def _of_module(access: Access, module: Module) -> tuple[Given, ...]:
    """Join what is alike: roles that give the same actions on the same records."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name, what, reach in _by_role(access, module):
        alike.setdefault((what, reach), []).append(name)
    return tuple(Given(what, reach, _and(names)) for (what, reach), names in alike.items())


def _by_role(access: Access, module: Module) -> Iterator[tuple[str, str, str]]:
    """Give role, actions and reach: a scope of one role never carries another's action (R15)."""
    for role in access.roles:
        reaches: dict[str, list[str]] = {}
        for action in module.actions:
            if _counts(access, role, module, action):
                reaches.setdefault(_reach(access, role, module, action), []).append(action)
        for reach, actions in reaches.items():
            yield role.name, _in_words(actions), reach


def _counts(access: Access, role: Any, module: Module, action: str) -> bool:
    """Leave out what has no effect: editing without seeing, by any role (R14)."""
    if f"{module.code}.{action}" not in role.permissions:
        return False
    return action not in policy.NEEDS_VIEW or access.can(f"{module.code}.view")


def _reach(access: Access, role: Any, module: Module, action: str) -> str:
    if not module.has_record_access:
        return ""
    scopes = role.scopes_for(module.code, action)
    words = reach_of_another(scopes)
    if action not in policy.NEEDS_VIEW or _seen(scopes, access.scopes_for(module.code, "view")):
        return words
    return _("%(records)s, where they may view them") % {"records": words}


def _seen(scopes: frozenset[str], seen: frozenset[str]) -> bool:
    """Tell whether the view scopes cover these: `all` covers every one, every one covers `own`."""
    return ALL in seen or scopes - {OWN} <= seen


def _in_words(actions: list[str]) -> str:
    return capfirst(_and([str(ACTION_LABELS[action][0]).lower() for action in actions]))


def _and(words: list[str]) -> str:
    return get_text_list(list(dict.fromkeys(words)), _("and"))
