"""Whose records a role reaches and which fields it shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..core.vocabulary import ACTIONS, EVERY_ACTION, FieldLevel
from .catalogue import Module
from .role import Role
from .versions import GrantQuerySet, PolicyRow

FIELD_LEVELS = [
    (FieldLevel.HIDDEN.code, _("hidden")),
    (FieldLevel.READ_ONLY.code, _("read-only")),
    (FieldLevel.EDITABLE.code, _("editable")),
]


class RecordAccess(PolicyRow):
    """One scope that the role itself sets for a module, or for one action of it (R8)."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="record_access")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=20, default=EVERY_ACTION)
    scope = models.CharField(_("scope"), max_length=50)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("record access")
        verbose_name_plural = _("record access")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["role", "module", "action", "scope"], name="roles_record_access_once"
            ),
            models.CheckConstraint(
                condition=models.Q(action__in=[EVERY_ACTION, *ACTIONS]),
                name="roles_record_access_action",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.module_id}.{self.action} {self.scope}"


class FieldPermission(PolicyRow):
    """The level that the role itself sets for a field, or `*` for all it does not name (R10)."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="field_permissions")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(_("field"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=FIELD_LEVELS)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("field permission")
        verbose_name_plural = _("field permissions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["role", "module", "field"], name="roles_field_permission_once"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.code for level in FieldLevel]),
                name="roles_field_permission_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.module_id}.{self.field} {self.level}"
