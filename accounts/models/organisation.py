"""The organisation: teams, departments, and the links of both trees (R9)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .closure import Closure, InTree, TreeQuerySet

NAME_MAX = 100


class TeamManager(models.Manager["Team"]):
    """Teams, found by code."""

    def get_by_natural_key(self, code: str) -> "Team":
        """Find the team by what people and programs call it."""
        return self.get(code=code)


class Team(models.Model):
    """People who see each other's records, from any department."""

    named_in_api: ClassVar[str] = "code"

    code = models.SlugField(_("code"), max_length=NAME_MAX, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=NAME_MAX)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        related_name="teams",
        verbose_name=_("members"),
    )

    objects = TeamManager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        """Give the code, by which shares name the team."""
        return (self.code,)


class Membership(models.Model):
    """A person is in a team."""

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="accounts_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.team_id}"


class Department(InTree):
    """A part of the organisation; it lies below its parent, with all that lies below it."""

    named_in_api: ClassVar[str] = "code"

    code = models.SlugField(_("code"), max_length=NAME_MAX, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=NAME_MAX)
    parent = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("part of"),
    )

    objects = TreeQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        default_permissions = ()
        ordering = ["name"]
        base_manager_name = "objects"  # related managers write through this one
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="accounts_department_not_its_own_parent",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def closure(cls) -> Closure:
        """Give the links of departments; each is also linked to itself."""
        refusal: Any = _("“%(above)s” is itself part of “%(name)s” (R9). Choose another one.")
        return Closure("parent", DepartmentLink, refusal, reflexive=True)


class Link(models.Model):
    """`descendant` lies below `ancestor`, directly (`depth` 1) or through others."""

    pk = models.CompositePrimaryKey("ancestor", "descendant")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}"


class DepartmentLink(Link):
    """A department lies in another one or, at depth 0, is that one."""

    ancestor = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    descendant = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")

    class Meta(Link.Meta):
        verbose_name = _("link of departments")
        verbose_name_plural = _("links of departments")


class ReportingLink(Link):
    """A person reports to another one."""

    ancestor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    descendant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )

    class Meta(Link.Meta):
        verbose_name = _("link of the reporting line")
        verbose_name_plural = _("links of the reporting line")
