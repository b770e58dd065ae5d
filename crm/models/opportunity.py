"""The pipeline: business that may be won."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .account import Account
from .contact import Contact
from .record import Record


class OpportunityStage(models.TextChoices):
    """How far an opportunity has come."""

    PROSPECTING = "prospecting", _("Prospecting")
    QUALIFICATION = "qualification", _("Qualification")
    PROPOSAL = "proposal", _("Proposal")
    NEGOTIATION = "negotiation", _("Negotiation")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class Opportunity(Record):
    """A chance of business with an account: how much, how likely, by when."""

    name = models.CharField(_("name"), max_length=200)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("account"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("contact"),
    )
    stage = models.CharField(
        _("stage"), max_length=20, choices=OpportunityStage, default=OpportunityStage.PROSPECTING
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("In per cent, from 0 to 100."),
    )
    close_date = models.DateField(_("expected close"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["owner", "-created_at", "-id"], name="crm_opportunity_owner_newest"
            ),
            models.Index(fields=["-created_at", "-id"], name="crm_opportunity_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=OpportunityStage.values),
                name="crm_opportunity_stage",
                violation_error_message=_("There is no such stage."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="crm_opportunity_amount",
                violation_error_message=_("An amount is never below zero."),
            ),
            models.CheckConstraint(
                condition=models.Q(probability__range=(0, 100)),
                name="crm_opportunity_probability",
                violation_error_message=_("A probability lies between 0 and 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
