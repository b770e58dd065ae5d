"""Who holds which role, and from when until when (R2)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..core import clock
from .role import Role
from .versions import bump_people

REASON_MAX = 500


class AssignmentQuerySet(models.QuerySet):
    """Assignments; writes that send no signal change their people's stamps too."""

    def current(self, at: datetime) -> "AssignmentQuerySet":
        """Keep those that count at the moment `at` (R2)."""
        return self.not_ended(at).filter(Q(valid_from=None) | Q(valid_from__lte=at))

    def not_ended(self, at: datetime) -> "AssignmentQuerySet":
        """Keep those that count at `at` or begin later."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at))

    def update(self, **kwargs: Any) -> int:
        """Update and stamp the people concerned, before and after."""
        with transaction.atomic(using=self.db):
            rows = dict(self.order_by().values_list("pk", "user_id"))
            changed = super().update(**kwargs)
            after = self.model._base_manager.using(self.db).filter(pk__in=rows)
            bump_people({*rows.values(), *after.values_list("user_id", flat=True)})
        return changed

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Create and stamp the people concerned."""
        objs = list(objs)
        with transaction.atomic(using=self.db):
            made = super().bulk_create(objs, *args, **kwargs)
            bump_people({assignment.user_id for assignment in objs})
        return made


class RoleAssignment(models.Model):
    """A person holds a role, for ever or between two moments; at most once per role (R2)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="role_assignments",
        verbose_name=_("user"),
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("role")
    )
    valid_from = models.DateTimeField(_("from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True, default="")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    created_at = models.DateTimeField(_("given"), default=clock.now, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="roles_assignment_once"),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lt=models.F("valid_until")),
                name="roles_assignment_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and stamp, together, whoever holds the role now and held it before."""
        with transaction.atomic(savepoint=False):
            same = RoleAssignment._base_manager.filter(pk=self.pk)
            before = set(same.values_list("user_id", flat=True)) if self.pk else set()
            super().save(*args, **kwargs)
            bump_people(before | {self.user_id})
