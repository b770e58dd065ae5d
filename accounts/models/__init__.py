"""People and how they are organised."""

from .organisation import Department, DepartmentLink, Membership, ReportingLink, Team
from .user import User

__all__ = ["Department", "DepartmentLink", "Membership", "ReportingLink", "Team", "User"]
