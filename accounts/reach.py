"""Whose records an action reaches, in plain words (R9, R14)."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.core.access import Access
from roles.core.specs import Module
from roles.core.vocabulary import ALL, OWN
from roles.registry import registry

THEIRS = {
    "team": gettext_lazy("your teams’"),
    "department": gettext_lazy("your department’s"),
    "reporting_line": gettext_lazy("those of people who report to you"),
}
OF_ANOTHER = {
    "team": gettext_lazy("their teams’"),
    "department": gettext_lazy("their department’s"),
    "reporting_line": gettext_lazy("those of people who report to them"),
}


def reach_of_another(scopes: frozenset[str]) -> str:
    """Say of somebody else whose records these scopes reach (R9)."""
    return _listed(scopes, _("their own records"), OF_ANOTHER)


def reach_in_words(access: Access, module: Module, action: str) -> str:
    """Say whose records the action reaches; "" where records have no owner (R9)."""
    if not module.has_record_access:
        return ""
    scopes = access.scopes_for(module.code, action)
    if action not in policy.NEEDS_VIEW:
        return _owners(scopes)
    seen = access.scopes_for(module.code, "view")
    if ALL in seen or scopes - {OWN} <= seen:
        return _owners(scopes)
    if ALL in scopes or seen - {OWN} <= scopes:
        return _owners(seen)
    return _("%(records)s, where you may view them") % {"records": _owners(scopes)}


def _owners(scopes: frozenset[str]) -> str:
    return _listed(scopes, _("your own records"), THEIRS)


def _listed(scopes: frozenset[str], own: str, others: Mapping[str, Any]) -> str:
    if ALL in scopes:
        return _("all records")
    named = [scope for scope in registry.scopes if scope in scopes - {OWN}]
    return get_text_list([own, *(_of_others(scope, others) for scope in named)], _("and"))


def _of_others(scope: str, words: Mapping[str, Any]) -> str:
    label = registry.scopes[scope].label
    return str(words.get(scope) or _("those in “%(scope)s”") % {"scope": label})
