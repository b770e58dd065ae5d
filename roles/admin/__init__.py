"""The doors of Django's admin: the kit for governed models, and the pages of roles."""

from .governed import GovernedAdmin
from .role import RoleAdmin

__all__ = ["GovernedAdmin", "RoleAdmin"]
