"""Companies and organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .record import Record


class Account(Record):
    """A company or organisation that contacts belong to."""

    name = models.CharField(_("name"), max_length=200)
    website = models.URLField(_("website"), blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    annual_revenue = models.DecimalField(
        _("annual revenue"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    billing_address = models.TextField(_("billing address"), blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="crm_account_owner_newest"),
            models.Index(fields=["-created_at", "-id"], name="crm_account_newest"),
        ]

    def __str__(self) -> str:
        return self.name
