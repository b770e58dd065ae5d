"""A person who signs in, and how far they may come in at all (R1)."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from roles.models.versions import CarriesAccess


class State(models.TextChoices):
    """Where a person stands in joining and leaving; `is_active` is beside it."""

    ACTIVE = "active", _("active")
    WAITING = "waiting", _("waiting for approval")
    REJECTED = "rejected", _("rejected")
    SUSPENDED = "suspended", _("suspended")


class User(CarriesAccess, AbstractUser):
    """A person; `is_staff` decides nothing, `is_superuser` is the break-glass account (R3)."""

    email = models.EmailField(_("e-mail address"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="accounts_email_once"
            ),
            models.UniqueConstraint(Lower("username"), name="accounts_username_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="accounts_user_state"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
