"""The CRM's pages."""

from .sales import AccountAdmin, ContactAdmin, DealAdmin, LeadAdmin, OpportunityAdmin
from .work import ProjectAdmin, TaskAdmin

__all__ = [
    "AccountAdmin",
    "ContactAdmin",
    "DealAdmin",
    "LeadAdmin",
    "OpportunityAdmin",
    "ProjectAdmin",
    "TaskAdmin",
]
