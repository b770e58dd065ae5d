"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody registers alone until that has rules of its own (D12)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Close self-registration."""
        return False
