"""The CRM's records."""

from .account import Account
from .contact import Contact
from .deal import Deal
from .lead import Lead
from .opportunity import Opportunity
from .project import Project
from .task import Task

__all__ = ["Account", "Contact", "Deal", "Lead", "Opportunity", "Project", "Task"]
