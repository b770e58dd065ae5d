"""The doors of Django's admin: the kit for governed models, the pages of roles, and the log."""

from .activities import ActivityAdmin
from .governed import GovernedAdmin
from .role import RoleAdmin

__all__ = ["ActivityAdmin", "GovernedAdmin", "RoleAdmin"]
