"""People the company knows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .account import Account
from .record import Record


class Contact(Record):
    """A person, often at an account."""

    named_by = ("first_name", "last_name")

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("account"),
    )
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="crm_contact_owner_newest"),
            models.Index(fields=["-created_at", "-id"], name="crm_contact_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
