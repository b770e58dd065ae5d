"""A person who signs in, and how far they may come in at all (R1)."""

from typing import Any, ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.models import (
    AbstractUser,
    UserManager,
    _auser_has_module_perms,
    _auser_has_perm,
    _user_has_module_perms,
    _user_has_perm,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from roles.models.versions import CarriesAccess

from .closure import Closure, InTree, TreeQuerySet
from .organisation import Department, ReportingLink


def path_of(backend: Any) -> str:
    """Write a backend as settings name it."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


class State(models.TextChoices):
    """Where a person stands in joining and leaving; `is_active` is beside it."""

    ACTIVE = "active", _("active")
    WAITING = "waiting", _("waiting for approval")
    REJECTED = "rejected", _("rejected")
    SUSPENDED = "suspended", _("suspended")


_ACTIVE = State.ACTIVE.value
"""Every check compares with it, and a plain string is found and compared sooner than a member."""


RESERVED = frozenset({"trash"})
"""What stands beside people under `users/` in the API: nobody is called so."""


class PeopleManager(UserManager["User"]):
    """People, whose reporting line goes with them."""

    use_in_migrations = False

    def get_queryset(self) -> TreeQuerySet:
        """Give a queryset that keeps the links."""
        return TreeQuerySet(self.model, using=self._db)

    def with_perm(
        self,
        perm: Any,
        is_active: bool | None = True,
        include_superusers: bool = True,
        backend: str | None = None,
        obj: Any = None,
    ) -> Any:
        """Ask the one backend that knows, where none is named: another one only throttles."""
        known = get_backends() if backend is None else []
        asked = [path_of(found) for found in known if hasattr(found, "with_perm")]
        named = asked[0] if len(asked) == 1 else backend
        return super().with_perm(perm, is_active, include_superusers, named, obj)


class User(CarriesAccess, InTree, AbstractUser):
    """A person; `is_staff` decides nothing, `is_superuser` is the break-glass account (R3)."""

    named_by: ClassVar[tuple[str, ...]] = ("username", "first_name", "last_name")
    """The fields of which `str` makes a name: where one is hidden, so is the name (R16)."""

    logged_as: ClassVar[dict[str, str]] = {"roles": "roles.Role"}
    """Rows of the log that are no fields here, with the model to which their values lead (R24)."""

    email = models.EmailField(_("e-mail address"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    department = models.ForeignKey(
        Department,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("department"),
    )
    manager = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("manager"),
    )

    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = PeopleManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        base_manager_name = "objects"  # related managers write through this one
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email="") & models.Q(deleted_at=None),
                name="accounts_email_once",
                violation_error_code="email",
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_username_once",
                violation_error_code="username",
                violation_error_message=_("Somebody has this user name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="accounts_user_state"
            ),
            models.CheckConstraint(
                condition=models.Q(manager=None) | ~models.Q(manager=models.F("id")),
                name="accounts_user_not_their_own_manager",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def clean(self) -> None:
        """Keep the names that stand for something else where the API addresses people."""
        super().clean()
        if self.username in RESERVED:
            words = _("“%s” is no user name: it is the address of something else.")
            raise ValidationError({"username": words % self.username})

    @classmethod
    def closure(cls) -> Closure:
        """Give the links of the reporting line."""
        refusal: Any = _("%(above)s reports to %(name)s (R9). Choose another manager.")
        return Closure("manager", ReportingLink, refusal)

    @property
    def is_admitted(self) -> bool:
        """Whether neither their state nor a deletion keeps them out; `is_active` is beside it."""
        return self.state == _ACTIVE and self.deleted_at is None

    # Django says yes to an active superuser before any backend is asked (R3). R1 comes before
    # that: whoever waits, is suspended or rejected is asked about like everybody else.

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the backends first about a superuser who is not let in (R1)."""
        if self.is_admitted:
            return super().has_perm(perm, obj)
        return _user_has_perm(self, perm, obj)

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer as `has_perm` does, without blocking the event loop."""
        if self.is_admitted:
            return await super().ahas_perm(perm, obj)
        return await _auser_has_perm(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Ask the backends first about a superuser who is not let in (R1)."""
        if self.is_admitted:
            return super().has_module_perms(app_label)
        return _user_has_module_perms(self, app_label)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """Answer as `has_module_perms` does, without blocking the event loop."""
        if self.is_admitted:
            return await super().ahas_module_perms(app_label)
        return await _auser_has_module_perms(self, app_label)
