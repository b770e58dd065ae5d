"""The log of what was changed, by whom and when; written once, never again (D13)."""

from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Replace
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ..core import clock

_APPEND_ONLY = "The log is append-only: an entry is never {} (D13)."


def key_of(pk: Any) -> str:
    """Write a primary key as the log keeps it, the same on every database."""
    return pk.hex if isinstance(pk, UUID) else str(pk)


def keys_of(records: models.QuerySet) -> models.QuerySet:
    """Give the primary keys of records as the log writes them, as a subquery (`key_of`)."""
    key: Any = Cast("pk", models.CharField())
    if isinstance(records.model._meta.pk, models.UUIDField):
        key = Replace(key, models.Value("-"), models.Value(""))
    return records.order_by().annotate(_log_key=key).values("_log_key")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows can be read and added."""

    def update(self, **kwargs: Any) -> int:
        """Refuse: the log is append-only."""
        raise TypeError(_APPEND_ONLY.format("changed"))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: the log is append-only."""
        raise TypeError(_APPEND_ONLY.format("deleted"))

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Add rows; one that is there already is refused, and not written over."""
        if kwargs.get("update_conflicts"):
            raise TypeError(_APPEND_ONLY.format("changed"))
        return super().bulk_create(objs, *args, **kwargs)


class AuditEntryQuerySet(AppendOnlyQuerySet):
    """Entries, and those of them that somebody may see."""

    def accessible_by(self, user: Any, action: str = "view") -> Self:
        """Keep the entries on which `has_perm` says yes: the policy, some floors up, answers."""
        governed = import_string("roles.querysets.GovernedQuerySet")
        found: Self = governed.accessible_by(self, user, action)
        return found

    def about(self, record: models.Model) -> Self:
        """Keep what is about the record, or about something beside which the record stands."""
        kind, key = record._meta.label_lower, key_of(record.pk)
        return self.filter(
            models.Q(subject_type=kind, subject_id=key) | models.Q(beside_type=kind, beside_id=key)
        )


class AppendOnly(models.Model):
    """A row that is added once and never touched again, through no door of the product."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Add the row; a second save is refused, and so is one in the place of another row."""
        if not self._state.adding or kwargs.get("force_update") or kwargs.get("update_fields"):
            raise TypeError(_APPEND_ONLY.format("changed"))
        super().save(**kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the log is append-only."""
        raise TypeError(_APPEND_ONLY.format("deleted"))


class AuditEntry(AppendOnly):
    """One change: what it is about, by model and key, and perhaps what stands beside that.

    A role that is given is about the role, beside the person. Names are kept beside the keys, so
    that the entry outlives what it is about. `changes` is a list of `{"field", "old", "new"}`;
    where `is_field_change`, the entry says nothing else, and `AuditField` names the fields.
    Nothing can be edited, so there is no field that a role could hide: what is seen of an entry
    follows from what it is about.
    """

    moment = models.DateTimeField(_("moment"), default=clock.now, editable=False, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(_("name"), max_length=200, editable=False)
    action = models.CharField(_("action"), max_length=50, editable=False)
    subject_type = models.CharField(_("kind"), max_length=100, editable=False)
    subject_id = models.CharField(_("id"), max_length=255, editable=False)
    subject_name = models.CharField(_("subject"), max_length=250, editable=False)
    beside_type = models.CharField(_("kind beside"), max_length=100, default="", editable=False)
    beside_id = models.CharField(_("id beside"), max_length=255, default="", editable=False)
    beside_name = models.CharField(_("beside"), max_length=250, default="", editable=False)
    changes = models.JSONField(_("changes"), default=list, editable=False)
    is_field_change = models.BooleanField(default=False, editable=False)
    undoes = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        null=True,
        db_index=False,
        editable=False,
        related_name="+",
        verbose_name=_("undoes"),
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        default_permissions = ("view",)
        base_manager_name = "objects"
        ordering = ["-moment", "-id"]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "-moment"], name="roles_audit_subject"
            ),
            models.Index(
                fields=["beside_type", "beside_id", "-moment"],
                name="roles_audit_beside",
                condition=~models.Q(beside_type=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class AuditField(AppendOnly):
    """A field that an entry is about: whoever may read none of them learns of no change (R23)."""

    entry = models.ForeignKey(
        AuditEntry,
        on_delete=models.DO_NOTHING,
        related_name="fields",
        db_index=False,
        editable=False,
    )
    name = models.CharField(_("field"), max_length=150, editable=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("field of an activity")
        verbose_name_plural = _("fields of activities")
        default_permissions = ()
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["entry", "name"], name="roles_audit_field_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.name}"
