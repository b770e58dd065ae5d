"""How people come in: invitations, and the e-mail domains from which they may register."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from roles.core import clock
from roles.models import Role

HASH_LENGTH = 64


class InvitationState(models.TextChoices):
    """What has become of an invitation; only an open one lets somebody in."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    REVOKED = "revoked", _("taken back")
    EXPIRED = "expired", _("expired")


class InvitationQuerySet(models.QuerySet):
    """Invitations by what has become of them."""

    def unanswered(self) -> "InvitationQuerySet":
        """Keep those that were neither accepted nor taken back, expired ones included."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, at: datetime) -> "InvitationQuerySet":
        """Keep those that let somebody in at the moment `at`."""
        return self.unanswered().filter(expires_at__gt=at)

    def in_state(self, state: InvitationState, at: datetime) -> "InvitationQuerySet":
        """Keep those of which `Invitation.state` says at the moment `at` that they are so."""
        if state is InvitationState.OPEN:
            return self.open(at)
        if state is InvitationState.EXPIRED:
            return self.unanswered().filter(expires_at__lte=at)
        if state is InvitationState.ACCEPTED:
            return self.exclude(accepted_at=None)
        return self.exclude(revoked_at=None)


class Invitation(models.Model):
    """An address, a role, and a link that works once (D11); of the link only a hash is kept.

    The role and the inviter may be gone before it is accepted: then nobody vouches any more, and
    the newcomer waits for approval.
    """

    email = models.EmailField(_("e-mail address"))
    role = models.ForeignKey(
        Role, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("role")
    )
    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    token_hash = models.CharField(max_length=HASH_LENGTH, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=clock.now)
    expires_at = models.DateTimeField(_("ends"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("who joined"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="accounts_one_invitation_unanswered",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="accounts_invitation_answered_once",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="accounts_invitation_lasts"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> InvitationState:
        """What has become of it by now."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.expires_at > clock.now() else InvitationState.EXPIRED


class RegistrationDomain(models.Model):
    """An e-mail domain from which people may register alone (D12); with none, nobody may."""

    name: Any = models.CharField(_("domain"), max_length=253, unique=True)
    added_at = models.DateTimeField(_("added"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="accounts_domain_named"),
        ]

    def __str__(self) -> str:
        return self.name
