"""The CRM's records."""

from .account import Account
from .contact import Contact
from .lead import Lead

__all__ = ["Account", "Contact", "Lead"]
