"""Who would gain or lose what by a change of a role, asked before it is made; reads only."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model

from .. import policy, snapshots
from ..core.impact import NO_IMPACT, Impact, Mark, changed_modules, gather, marks_between
from ..core.specs import Module, RoleSpec
from ..core.vocabulary import EVERY_FIELD
from ..directory import get_directory
from ..models import Role
from ..registry import registry


def impact_of(role: Role | None, wanted: RoleSpec, *, asker: Any = None) -> Impact:
    """Compare what people have with what they would have if `role` were as `wanted`.

    An `asker` to whom some of what roles give is hidden is told nothing: who gains what would
    tell of it (R23).

    Counted are those who hold the role, or one based on it, at this moment and are let in
    (R1, R2). What somebody has through another role too they neither gain nor lose. The other
    people's roles are read in one query, and each set of roles is compared once.
    """
    if asker is not None and not policy.reads_what_roles_give(asker):
        return NO_IMPACT
    if role is None or (role.is_owner and role.second_factor == wanted.second_factor):
        return NO_IMPACT
    before = snapshots.load_policy()
    return impact_between(
        before, before.with_role(wanted.with_changes(code=role.code)), [role.code]
    )


def impact_between(
    before: snapshots.Snapshot, after: snapshots.Snapshot, codes: Collection[str]
) -> Impact:
    """Compare what people have by two states of the policy that differ in the roles `codes`."""
    roles = [*before.roles.values(), *(after.roles[code] for code in codes if code in after.roles)]
    asking = any(layer.second_factor for layer in roles)
    groups = _holders_by_roles(before, codes, _secured() if asking else ())
    modules = _changed_modules(before, after, codes)
    fields = {module.code: names_of_fields(module, roles) for module in modules}
    people: Counter[frozenset[Mark]] = Counter()
    for (role_ids, secured), count in groups.items():
        old = before.access_of(role_ids, second_factor=secured)
        new = after.access_of(role_ids, second_factor=secured)
        people[marks_between(old, new, modules, fields)] += count
    return gather(people, holders=groups.total())


def _changed_modules(
    before: snapshots.Snapshot, after: snapshots.Snapshot, codes: Iterable[str]
) -> list[Module]:
    """Give the modules on which one of the roles may answer differently, each once."""
    found = (
        changed_modules(before.role(code), after.role(code), registry.catalogue)
        for code in codes
        if code in before.roles and code in after.roles
    )
    return list({module.code: module for modules in found for module in modules}.values())


def _holders_by_roles(
    policy_now: snapshots.Snapshot, codes: Collection[str], secured: Collection[Any]
) -> Counter[tuple[frozenset[int], bool]]:
    """Count the people whom one of the roles reaches by the roles that they hold now.

    And by whether they are among `secured`, where some role asks for a second factor.
    """
    reached = [
        pk
        for pk, heir in policy_now.codes_by_id.items()
        if any(layer.code in codes for layer in policy_now.role(heir).chain)
    ]
    current = policy.current_assignments()
    holding = current.filter(role_id__in=reached).values("user_id")
    held: dict[Any, set[int]] = {}
    for user_id, role_id in current.filter(
        user_id__in=holding, user__in=_ordinary_people()
    ).values_list("user_id", "role_id"):
        held.setdefault(user_id, set()).add(role_id)
    return Counter((frozenset(roles), pk in secured) for pk, roles in held.items())


def _secured() -> frozenset[Any]:
    secured = get_directory().secured_people()
    return frozenset(key for row in secured or () for key in row.values())


def _ordinary_people() -> Any:
    """Give the people whose roles decide: a superuser has everything whatever they hold (R3)."""
    people = policy.active_people()
    names = {field.name for field in get_user_model()._meta.get_fields()}
    return people.exclude(is_superuser=True) if "is_superuser" in names else people


def names_of_fields(module: Module, roles: Iterable[RoleSpec]) -> frozenset[str]:
    """Give the fields of a module on which roles can differ: none where no role names any.

    They are its model's or, without one, those that some role names.
    """
    said = [role.fields[module.code] for role in roles if role.fields.get(module.code)]
    if said and module.model is not None:
        return frozenset(registry.fields_of(module))
    return frozenset({EVERY_FIELD}).union(*said) if said else frozenset()
