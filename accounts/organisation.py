"""Whose records a person reaches by their place in the organisation (R9).

Each answer is an unevaluated query that reads the person's place from the tables, so that who
moves is followed at once (R28), and climbs no tree: the links say who is below whom.
"""

from typing import Any

from django.db.models import QuerySet

from .models import DepartmentLink, Membership, ReportingLink, User


def share_a_team(user_key: Any) -> QuerySet[Any]:
    """Give who is in at least one team with the user."""
    return Membership.objects.filter(team__memberships__user=user_key).values("user")


def below_the_department(user_key: Any) -> QuerySet[Any]:
    """Give who is in the user's department or one below it; nobody without a department."""
    place = User.objects.order_by().filter(pk=user_key).values("department")
    departments = DepartmentLink.objects.filter(ancestor__in=place).values("descendant")
    return User.objects.order_by().filter(department__in=departments).values("pk")


def report_to(user_key: Any) -> QuerySet[Any]:
    """Give who reports to the user, directly or through others, whatever their state."""
    return ReportingLink.objects.filter(ancestor=user_key).values("descendant")
