"""Who may: the holders of a permission, and whom a change of a role reaches."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .. import snapshots
from ..core import clock
from ..core.compile import CompiledRole
from ..core.vocabulary import WAITING_PERMISSIONS
from ..directory import get_directory
from ..models import RoleAssignment
from ..scopes import NOBODY
from .names import resolve


def holders(name: str) -> QuerySet[Any]:
    """Give the active people, superusers apart, to whom `check(name)` says yes."""
    people = get_user_model()._default_manager.all()
    code = resolve(name)
    policy = snapshots.load_policy()
    compiled = {pk: policy.role(role) for pk, role in policy.codes_by_id.items()}
    giving = {
        pk: role
        for pk, role in compiled.items()
        if code in role.permissions or code in role.privileges
    }
    directory = get_directory()
    condition = NOBODY
    if giving:
        condition = directory.active_people() & _using(giving)
    if code in WAITING_PERMISSIONS:
        condition |= directory.waiting_people()
    return people.filter(condition)


def active_people() -> QuerySet[Any]:
    """Give the people whom R1 does not shut out."""
    return get_user_model()._default_manager.filter(get_directory().active_people())


def affected_people(code: str) -> int:
    """Count the people whom a change of the role reaches: its holders and its heirs' (D6)."""
    policy = snapshots.load_policy()
    heirs = [
        pk
        for pk, heir in policy.codes_by_id.items()
        if any(layer.code == code for layer in policy.role(heir).chain)
    ]
    held = current_assignments().filter(role_id__in=heirs)
    return held.values("user_id").distinct().count()


def current_assignments() -> QuerySet[Any]:
    """Give the assignments that count now (R2)."""
    return RoleAssignment.objects.current(clock.now())


def with_holders(roles: QuerySet[Any]) -> QuerySet[Any]:
    """Count with each role, as `holders`, the people who hold it now (R2)."""
    held = current_assignments().filter(role=OuterRef("pk")).order_by()
    number = held.values("role").annotate(number=Count("pk")).values("number")
    counted: QuerySet[Any] = roles.annotate(
        holders=Coalesce(Subquery(number, output_field=IntegerField()), 0)
    )
    return counted


def unended_assignments() -> QuerySet[Any]:
    """Give the assignments that count now or begin later: what D3 and D9 ask about."""
    return RoleAssignment.objects.not_ended(clock.now())


def _using(roles: Mapping[int, CompiledRole]) -> Q:
    """Give the condition that somebody holds one of the roles, and the factor that it asks for."""
    plain = [pk for pk, role in roles.items() if not role.second_factor]
    resting = [pk for pk, role in roles.items() if role.second_factor]
    secured = get_directory().secured_people()
    condition = Q(pk__in=_holding(plain)) if plain else NOBODY
    if resting and secured is not None:
        condition |= Q(pk__in=_holding(resting)) & Q(pk__in=secured)
    return condition


def secured_holders(code: str) -> tuple[int, int] | None:
    """Count those of the role's holders who have a second factor, and all; `None` if nobody can."""
    secured = get_directory().secured_people()
    if secured is None:
        return None
    counts = {"have": Count("pk", filter=Q(user__in=secured)), "held": Count("pk")}
    found = current_assignments().filter(role__code=code).aggregate(**counts)
    return found["have"], found["held"]


def _holding(role_ids: list[int]) -> QuerySet[Any]:
    return current_assignments().filter(role_id__in=role_ids).values("user_id")
