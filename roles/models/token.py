"""Secrets with which programs act as a person, perhaps limited (R20a)."""

from hashlib import sha256

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..core import clock
from ..core.limits import Limit


def digest_of(secret: str) -> str:
    """Give the form in which a secret is stored and looked up.

    A plain hash is enough for what nobody can guess, and a look-up by it tells by its time
    nothing of the secrets that exist: nobody chooses how a hash begins.
    """
    return sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A token of one person. The secret itself is shown once and kept nowhere.

    `permissions` and `privileges` count only where `is_limited`, and only as far as the person
    has them at the moment of asking. A token that was revoked is gone; the log remembers it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(_("ends in"), max_length=4, editable=False)
    is_limited = models.BooleanField(_("limited"), default=True)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)
    privileges = models.JSONField(_("privileges"), default=list, blank=True)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="roles_token_name_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="roles_token_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def limit(self) -> Limit | None:
        """What the token leaves its user at most; `None` leaves them everything."""
        if not self.is_limited:
            return None
        return Limit(frozenset(self.permissions), frozenset(self.privileges))

    @property
    def is_over(self) -> bool:
        """Whether it has expired."""
        return self.expires_at <= clock.now()
