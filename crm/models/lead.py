"""People and companies that may become customers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .record import Record


class LeadSource(models.TextChoices):
    """Where a lead came from."""

    WEB = "web", _("Website")
    REFERRAL = "referral", _("Referral")
    EVENT = "event", _("Event")
    CAMPAIGN = "campaign", _("Campaign")
    OTHER = "other", _("Other")


class LeadStatus(models.TextChoices):
    """How far a lead has come."""

    NEW = "new", _("New")
    CONTACTED = "contacted", _("Contacted")
    QUALIFIED = "qualified", _("Qualified")
    LOST = "lost", _("Lost")


class LeadRating(models.TextChoices):
    """How promising a lead is."""

    HOT = "hot", _("Hot")
    WARM = "warm", _("Warm")
    COLD = "cold", _("Cold")


class Lead(Record):
    """Somebody not yet qualified."""

    named_by = ("first_name", "last_name")

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    company = models.CharField(_("company"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=LeadSource, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=LeadStatus, default=LeadStatus.NEW
    )
    rating = models.CharField(_("rating"), max_length=10, choices=LeadRating, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="crm_lead_owner_newest"),
            models.Index(fields=["-created_at", "-id"], name="crm_lead_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
