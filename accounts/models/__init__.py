"""People, how they are organised, and how they come in."""

from .joining import Invitation, InvitationState, RegistrationDomain
from .organisation import Department, DepartmentLink, Membership, ReportingLink, Team
from .user import User

__all__ = [
    "Department",
    "DepartmentLink",
    "Invitation",
    "InvitationState",
    "Membership",
    "RegistrationDomain",
    "ReportingLink",
    "Team",
    "User",
]
