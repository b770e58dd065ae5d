"""Closed business."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .account import Account
from .opportunity import Opportunity
from .record import Record


class Deal(Record):
    """Business that was won or lost, and what remained of it; a margin may be below zero."""

    name = models.CharField(_("name"), max_length=200)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("account"),
    )
    opportunity = models.ForeignKey(
        Opportunity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("opportunity"),
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    margin = models.DecimalField(
        _("margin"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("What remains of the amount after costs; below zero for a loss."),
    )
    won = models.BooleanField(
        _("result"), choices=[(True, _("Won")), (False, _("Lost"))], default=False
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, default=timezone.localdate)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="crm_deal_owner_newest"),
            models.Index(fields=["-created_at", "-id"], name="crm_deal_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="crm_deal_amount",
                violation_error_message=_("An amount is never below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
