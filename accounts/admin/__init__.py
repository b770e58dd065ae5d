"""The pages that administer people: who there is, and everything about one of them."""

from .user import UserAdmin

__all__ = ["UserAdmin"]
