"""The log of what was changed, by whom and when; written once, never again (D13)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..core import clock


class AuditEntryQuerySet(models.QuerySet):
    """Entries can be read and added."""

    def update(self, **kwargs: Any) -> int:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an entry is never changed (D13).")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an entry is never deleted (D13).")


class AuditEntry(models.Model):
    """One change. Names are kept beside the keys, so that the entry outlives what it is about.

    `changes` is a list of `{"field", "old", "new"}`.
    """

    moment = models.DateTimeField(_("moment"), default=clock.now, editable=False, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("name"), max_length=200)
    action = models.CharField(_("action"), max_length=50)
    subject_type = models.CharField(_("kind"), max_length=50)
    subject_id = models.CharField(_("id"), max_length=150)
    subject_name = models.CharField(_("subject"), max_length=250)
    changes = models.JSONField(_("changes"), default=list)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        default_permissions = ()
        ordering = ["-moment", "-id"]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "-moment"], name="roles_audit_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.subject_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; a second save is refused."""
        if not self._state.adding:
            raise TypeError("The log is append-only: an entry is never changed (D13).")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the log is append-only."""
        raise TypeError("The log is append-only: an entry is never deleted (D13).")
