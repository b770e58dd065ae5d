"""Entries about what no module governs: for whoever may see the list of it (R21, R23).

A team, an invitation or a token is no record of a module. Which permission its list asks for is
declared with it (`registry.register_things`); the log asks for the same.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Model, Q, QuerySet
from django.db.models.lookups import In

from ..core.access import Access
from ..core.specs import Module
from ..models import AuditEntry
from ..models.audit import key_of, keys_of
from ..registry import Thing, registry
from ..scopes import NOBODY
from .asking import access_for
from .ranks import managed_q


def among(prefix: str, records: QuerySet[Any]) -> Q:
    """Keep the entries whose subject, or what stands beside it, is one of these records.

    Written out, so that `scopes.indexed` leaves it: PostgreSQL hashes the keys of a subquery, and
    would walk an array of them anew for each entry.
    """
    return Q(In(F(f"{prefix}_id"), keys_of(records)))


def about_things(access: Access) -> Q:
    """Give the entries about things whose lists are the person's to see."""
    names = _names(access, is_personal=False)
    return Q(subject_type__in=names) if names else NOBODY


def about_personal_things(user: Any, access: Access) -> Q:
    """Give the entries about the person's own things, and those of whom they manage (D3)."""
    names = _names(access, is_personal=True)
    if not names:
        return NOBODY
    people = get_user_model()
    managed = among("beside", people._base_manager.filter(managed_q(access)))
    whose = Q(beside_id=key_of(user.pk)) | managed
    return Q(subject_type__in=names, beside_type=people._meta.label_lower) & whose


def kinds_in(user: Any, module: Module) -> list[type[Model]]:
    """Give the kinds of the module's records and things of which `user` may see entries at all."""
    access = access_for(user)
    governed = registry.models_of(module) if access.can(f"{module.code}.view") else []
    things = [
        model
        for model, thing in registry.things.items()
        if module_of_thing(thing) == module.code and access.can(thing.seen_with)
    ]
    return [*(model for model in governed if model is not AuditEntry), *things]


def module_of_thing(thing: Thing) -> str | None:
    """Give the module with which a thing is listed: that of the permission it is seen with."""
    return registry.catalogue.permissions[thing.seen_with].module


def page_of_thing(user: Any, record: Model) -> str:
    """Give the address where `user` may open a thing, or ""."""
    thing = registry.things.get(type(record))
    if thing is None or thing.page is None:
        return ""
    may = access_for(user).can(thing.opened_with or thing.seen_with)
    return str(thing.page(record)) if may else ""


def _names(access: Access, *, is_personal: bool) -> list[str]:
    return [
        model._meta.label_lower
        for model, thing in registry.things.items()
        if thing.is_personal is is_personal and access.can(thing.seen_with)
    ]
