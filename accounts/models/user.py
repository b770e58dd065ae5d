"""A person who signs in, and how far they may come in at all (R1)."""

from typing import Any

from django.contrib.auth.models import (
    AbstractUser,
    UserManager,
    _auser_has_module_perms,
    _auser_has_perm,
    _user_has_module_perms,
    _user_has_perm,
)
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


_ACTIVE = State.ACTIVE.value
"""Every check compares with it, and a plain string is found and compared sooner than a member."""


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

    # Django says yes to an active superuser before any backend is asked (R3). R1 comes before
    # that: whoever waits, is suspended or rejected is asked about like everybody else.

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the backends first about a superuser who is not let in (R1)."""
        if self.state == _ACTIVE:
            return super().has_perm(perm, obj)
        return _user_has_perm(self, perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer as `has_perm` does, without blocking the event loop."""
        if self.state == _ACTIVE:
            return await super().ahas_perm(perm, obj)
        return await _auser_has_perm(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Ask the backends first about a superuser who is not let in (R1)."""
        if self.state == _ACTIVE:
            return super().has_module_perms(app_label)
        return _user_has_module_perms(self, app_label)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """Answer as `has_module_perms` does, without blocking the event loop."""
        if self.state == _ACTIVE:
            return await super().ahas_module_perms(app_label)
        return await _auser_has_module_perms(self, app_label)
