"""What every record of the CRM has: an owner, moments, and a trash (R18, R26)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from roles.querysets import GovernedQuerySet


class RecordQuerySet(GovernedQuerySet):
    """Records, deleted ones included; `accessible_by` leaves those out (R13)."""

    def alive(self) -> "RecordQuerySet":
        """Leave out what lies in the trash."""
        return self.filter(deleted_at=None)


class Record(models.Model):
    """An abstract record with an owner, who may be absent, and soft deletion."""

    named_by: ClassVar[tuple[str, ...]] = ("name",)
    """The fields of which `str` makes a name: where one is hidden, so is the name (R16)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,  # SQLite would take it for lists, in place of the one with the order
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: a record goes to the trash, by way of the service that logs it (R26)."""
        raise TypeError("Records are deleted softly: call roles.services.records.delete_record.")
