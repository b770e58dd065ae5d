"""The catalogue's rows: what code declares, mirrored after `migrate`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..core.vocabulary import ACTIONS, KIND_FEATURE, KIND_MODULE, KIND_OPERATION
from .versions import PolicyQuerySet, PolicyRow

KINDS = [
    (KIND_MODULE, _("module")),
    (KIND_OPERATION, _("operation")),
    (KIND_FEATURE, _("feature")),
]


class Module(PolicyRow):
    """A module of the catalogue; what an administrator may change is whether it is on (R7).

    `is_declared` turns false when no app declares the module any more; its grants stay.
    """

    code = models.CharField(_("code"), max_length=50, primary_key=True)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    is_declared = models.BooleanField(_("declared in code"), default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Permission(PolicyRow):
    """A system permission: a cell of the grid that applies, or a feature."""

    code = models.CharField(_("code"), max_length=100, primary_key=True)
    module = models.ForeignKey(
        Module,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="permissions",
        verbose_name=_("module"),
    )
    action = models.CharField(_("action"), max_length=20, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    is_declared = models.BooleanField(_("declared in code"), default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        default_permissions = ()
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=["", *ACTIONS]), name="roles_permission_action"
            ),
        ]

    def __str__(self) -> str:
        return self.code
