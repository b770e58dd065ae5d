"""Records opened by hand to one person or one team (R19)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..core import clock
from ..core.vocabulary import SHARED_ACTIONS

GIVES = {"view": _("View"), "edit": _("View and edit")}


class Share(models.Model):
    """An abstract share: inherit one model per governed model, and name it in its `Module`.

    class ContactShare(Share):
        record = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="shares")

    A table of its own with a real reference, so that a share ends with its record and can never
    meet the record's successor (threat 22). A model that adds `team`, a reference to teams that
    have a natural key, lets `user` be empty and says in its `Meta` that one of both is set;
    `Directory.teams_of` tells who is in them.
    """

    record: Any
    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    give = models.CharField(_("may"), max_length=10, choices=list(GIVES.items()), default="view")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shared by"),
    )
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    class Meta:
        abstract = True
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        default_permissions = ()
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "user"], name="%(app_label)s_%(class)s_once_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(give__in=list(SHARED_ACTIONS)),
                name="%(app_label)s_%(class)s_gives",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.receiver}"

    @classmethod
    def teams(cls) -> Any:
        """Give the manager of the teams that records can be shared with, `None` for no teams."""
        field = next((f for f in cls._meta.concrete_fields if f.name == "team"), None)
        return field.related_model._default_manager if field else None

    @classmethod
    def of(cls, record: models.Model) -> Any:
        """Give the shares of one record, each with its receiver at no further query."""
        beside = ["user"] if cls.teams() is None else ["user", "team"]
        return cls._default_manager.filter(record=record).select_related(*beside)

    @property
    def receiver(self) -> Any:
        """Whom the record is opened to, a person or a team."""
        return self.user if self.user_id is not None else getattr(self, "team", None)
