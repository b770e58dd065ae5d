"""How allauth behaves here."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.core.vocabulary import Standing
from roles.directory import get_directory

from .services.mailing import mail_for_anybody
from .services.newcomers import log_person

MISMATCH = _("The name or the password is not right. Check both, or choose a new password.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and passwords are the library's; people come in by ways of ours (D11, D12)."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "incorrect_password": _("This is not your password. Type it once more."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Close the library's own registration, which proves an address too late."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send what the library writes, all of it to who is not signed in, within the limit."""
        send = super().send_mail
        mail_for_anybody(email, lambda: send(template_prefix, email, context))

    def set_password(self, user: Any, password: str) -> None:
        """Store a password that the person chose themselves, with its entry in the log (D13).

        Nothing else of them: the library would write back the state that they had when it read.
        """
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            log_person(user, "user.password_changed", user, [])

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Turn away, with a page that says so, whom R1 shuts out; allauth asks `is_active`."""
        if get_directory().standing_of(user) is Standing.DENIED:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say which way the account is shut out; only whoever knew its password comes here."""
        because = user.state if user.is_active else "deactivated"
        return redirect(f"{reverse('account_inactive')}?{urlencode({'because': because})}")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead whoever has a role that asks for a second factor to where they set one up."""
        if policy.access_for(request.user).resting:
            return reverse("mfa_index")
        return str(super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the page from which one comes."""
        return reverse("profile")
