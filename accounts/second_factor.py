"""A second factor for whoever wants one: an app's codes, stored encrypted, in the log (D13)."""

import base64
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy

from roles.models.versions import bump_people, deletes_people

from . import mail
from .models import User
from .services.mailing import mail_to
from .services.newcomers import log_person

MADE = {
    Authenticator.Type.TOTP: "second_factor_added",
    Authenticator.Type.RECOVERY_CODES: "recovery_codes_made",
}


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keep secrets so that who reads the database alone cannot make codes from them."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right, or no longer works. Enter one that works now."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt under the present secret key."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt what was encrypted under the present key or one that it replaced."""
        return _keys().decrypt(encrypted_text.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([_key(s) for s in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    """Derive a key that serves nothing else."""
    made = HKDF(hashes.SHA256(), length=32, salt=None, info=b"accounts.second_factor")
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))


def has_second_factor(user: User) -> bool:
    """Tell whether the person is asked for more than their password when they sign in."""
    return Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.TOTP).exists()


def remove_second_factor(*, user: User, acting_user: Any = None) -> bool:
    """Take the second factor off an account, with its recovery codes; tell whether it had one.

    Without an actor it is whoever runs the server; for an actor the service has asked. Whose it
    was is mailed that it is gone: it may be news to them.
    """
    with transaction.atomic():
        count, _by_model = Authenticator.objects.filter(user=user).delete()
        if count:
            log_person(acting_user, "user.second_factor_removed", user, [])
            mail_to(user, lambda: mail.send_factor_removed(user, acting_user))
    return bool(count)


def log_made(*, instance: Authenticator, created: bool, raw: bool, **kwargs: Any) -> None:
    """Log a new factor within the transaction that stores it; the library's signal comes after."""
    if created and not raw:
        log_person(instance.user, f"user.{MADE[instance.type]}", instance.user, [])


def log_removed(*, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Log that somebody turned it off; the recovery codes go with it unsaid."""
    if authenticator.type == Authenticator.Type.TOTP:
        log_person(user, "user.second_factor_removed", user, [])


def factor_stored(*, instance: Authenticator, **kwargs: Any) -> None:
    """Let the next check see that the person has one: a role may have waited for it (R28)."""
    bump_people([instance.user_id])


def factor_gone(*, instance: Authenticator, origin: Any = None, **kwargs: Any) -> None:
    """Let the next check see that it is gone, unless the person goes with it."""
    if not deletes_people(origin):
        bump_people([instance.user_id])


post_save.connect(factor_stored, sender=Authenticator, dispatch_uid="accounts.second_factor.stored")
post_delete.connect(factor_gone, sender=Authenticator, dispatch_uid="accounts.second_factor.gone")
post_save.connect(log_made, sender=Authenticator, dispatch_uid="accounts.second_factor.made")
authenticator_removed.connect(log_removed, dispatch_uid="accounts.second_factor.removed")
