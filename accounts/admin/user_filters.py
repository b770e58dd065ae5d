"""The chips above the list of people: state, role, department and team, with counts."""

from collections import Counter
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.admin.governed_parts import kept
from roles.admin.role_filters import ChipFilter
from roles.models import Role

from ..models import Department, DepartmentLink, Membership, Team
from ..standing import DEACTIVATED, STATES

NONE = "-"
"""Nothing's code: a code neither begins nor ends with a hyphen."""


class PeopleChip(ChipFilter):
    """A chip of the list of people."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Ask for the choices once a request: the list makes its chips anew for each count."""
        return kept(request, model_admin, self.parameter_name, lambda: self.named(request.user))

    def named(self, reader: Any) -> list[tuple[str, Any]]:
        """Give each choice with what it is called."""
        raise NotImplementedError


class StateFilter(PeopleChip):
    """How far somebody may come in (R1)."""

    title = gettext_lazy("State")
    parameter_name = "state"

    def named(self, reader: Any) -> list[tuple[str, Any]]:
        """Name the states, and what Django adds to them."""
        return [(value, capfirst(label)) for value, label in STATES.items()]

    def condition(self, value: str) -> Any:
        """Ask for the state of those whom Django has not shut out."""
        if value == DEACTIVATED:
            return Q(is_active=False)
        return Q(is_active=True, state=value)


class RoleFilter(PeopleChip):
    """Which role somebody holds now; there can be many, so they stand in a menu (R2)."""

    title = gettext_lazy("Role")
    parameter_name = "role"
    is_menu = True

    def named(self, reader: Any) -> list[tuple[str, Any]]:
        """Name the roles that the reader may view (R24)."""
        roles = policy.accessible(Role.objects.all(), reader, "view")
        named = [(role.code, policy.role_name(reader, role)) for role in roles]
        return [*sorted(named, key=lambda one: one[1]), (NONE, _("No role"))]

    def condition(self, value: str) -> Any:
        """Ask for assignments that count now."""
        held = policy.current_assignments().filter(user=OuterRef("pk"))
        return ~Exists(held) if value == NONE else Q(Exists(held.filter(role__code=value)))

    def counts(self, found: QuerySet) -> dict[str, int]:
        """Count by role, however many there are."""
        held = policy.current_assignments().filter(user__in=found.values("pk")).order_by()
        rows = held.values_list("role__code").annotate(found=Count("pk"))
        return {**dict(rows), NONE: found.filter(self.condition(NONE)).count()}


class DepartmentFilter(PeopleChip):
    """In which department somebody is, or in one below it (R9)."""

    title = gettext_lazy("Department")
    parameter_name = "department"
    is_menu = True
    reads = frozenset({"department"})

    def named(self, reader: Any) -> list[tuple[str, Any]]:
        """Name the departments."""
        names = Department.objects.order_by("name").values_list("code", "name")
        return [*names, (NONE, _("No department"))]

    def condition(self, value: str) -> Any:
        """Ask for the department with all that lies below it."""
        if value == NONE:
            return Q(department=None)
        below = DepartmentLink.objects.filter(ancestor__code=value).values("descendant")
        return Q(department__in=below)

    def counts(self, found: QuerySet) -> dict[str, int]:
        """Count each department's people for all departments above it too."""
        within = dict(found.order_by().values_list("department").annotate(found=Count("pk")))
        counted: Counter[str] = Counter({NONE: within.get(None, 0)})
        links = DepartmentLink.objects.values_list("ancestor__code", "descendant")
        for code, below in links:
            counted[code] += within.get(below, 0)
        return counted


class TeamFilter(PeopleChip):
    """In which team somebody is."""

    title = gettext_lazy("Team")
    parameter_name = "team"
    is_menu = True

    def named(self, reader: Any) -> list[tuple[str, Any]]:
        """Name the teams."""
        names = Team.objects.order_by("name").values_list("code", "name")
        return [*names, (NONE, _("No team"))]

    def condition(self, value: str) -> Any:
        """Ask for a membership."""
        member = Membership.objects.filter(user=OuterRef("pk"))
        return ~Exists(member) if value == NONE else Q(Exists(member.filter(team__code=value)))

    def counts(self, found: QuerySet) -> dict[str, int]:
        """Count by team, however many there are."""
        rows = Membership.objects.filter(user__in=found.values("pk")).order_by()
        counted = dict(rows.values_list("team__code").annotate(found=Count("pk")))
        return {**counted, NONE: found.filter(self.condition(NONE)).count()}
