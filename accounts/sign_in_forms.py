"""The sign-in library's forms with this site's labels, and no placeholders that repeat them."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy

LABELS = {
    "oldpassword": gettext_lazy("Current password"),
    "password1": gettext_lazy("New password"),
    "password2": gettext_lazy("New password, once more"),
    "code": gettext_lazy("Code"),
}


class _Plain:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)


class ChangePasswordForm(_Plain, account.ChangePasswordForm):
    """Choose another password, knowing the one that stands."""


class ResetPasswordForm(_Plain, account.ResetPasswordForm):
    """Ask for a link to a new password."""


class ResetPasswordKeyForm(_Plain, account.ResetPasswordKeyForm):
    """Choose a password, with a link that came by mail."""


class ReauthenticateForm(_Plain, account.ReauthenticateForm):
    """Show with the password that it is oneself."""


class AuthenticateForm(_Plain, mfa.AuthenticateForm):
    """Sign in with a code, after the password."""


class ReauthenticateByCodeForm(_Plain, mfa.ReauthenticateForm):
    """Show with a code that it is oneself."""


class ActivateTOTPForm(_Plain, totp.ActivateTOTPForm):
    """Turn the second factor on."""
