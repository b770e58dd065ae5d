"""The CRM's records."""

from .account import Account
from .contact import Contact
from .deal import Deal
from .lead import Lead
from .opportunity import Opportunity
from .project import Project
from .sharing import (
    AccountShare,
    ContactShare,
    DealShare,
    LeadShare,
    OpportunityShare,
    ProjectShare,
    TaskShare,
)
from .task import Task

__all__ = [
    "Account",
    "AccountShare",
    "Contact",
    "ContactShare",
    "Deal",
    "DealShare",
    "Lead",
    "LeadShare",
    "Opportunity",
    "OpportunityShare",
    "Project",
    "ProjectShare",
    "Task",
    "TaskShare",
]
