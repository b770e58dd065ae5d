"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from roles.core.vocabulary import Standing
from roles.directory import get_directory


class AccountAdapter(DefaultAccountAdapter):
    """Nobody registers alone until that has rules of its own (D12)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Close self-registration."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Turn away, with a page that says so, whom R1 shuts out; allauth asks `is_active`."""
        if get_directory().standing_of(user) is Standing.DENIED:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)
