"""A role, its grants and its privileges."""

import re
from hashlib import sha256
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ..core import clock
from ..core.chains import ChainProblem, find_chain_problem
from ..core.names import DESCRIPTION_MAX, NAME_MAX, key_of
from ..core.vocabulary import LEVEL_MAX, LEVEL_MIN, OWNER_CODE
from .catalogue import Permission
from .versions import GrantQuerySet, PolicyQuerySet, PolicyRow, lock_policy

CODE_MAX = 100
KEY_MAX = 400


class Role(PolicyRow):
    """A named set of grants with a level and, perhaps, a base role (R4).

    `name_key` holds the name as R11 compares names, so that "Équipe" and "équipe" are one
    name on every database.
    """

    named_by: ClassVar[tuple[str, ...]] = ("name",)
    """The fields of which `str` makes a name: where one is hidden, so is the name (R16)."""

    named_in_api: ClassVar[str] = "code"

    code = models.CharField(_("code"), max_length=CODE_MAX, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=KEY_MAX, unique=True, editable=False)
    description = models.TextField(
        _("description"), blank=True, default="", max_length=DESCRIPTION_MAX
    )
    level = models.PositiveSmallIntegerField(_("level"), default=10)
    base = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=_("based on"),
    )
    second_factor = models.BooleanField(
        _("second factor"),
        default=False,
        help_text=_("It gives its people nothing until they have set one up."),
    )
    is_system = models.BooleanField(_("system role"), default=False, editable=False)
    permissions = models.ManyToManyField(
        Permission, through="RoleGrant", related_name="roles", verbose_name=_("permissions")
    )
    privileges = models.ManyToManyField(
        "CustomPrivilege",
        through="RolePrivilege",
        related_name="roles",
        verbose_name=_("privileges"),
    )
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["-level", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__gte=LEVEL_MIN, level__lte=LEVEL_MAX),
                name="roles_role_level",
            ),
            models.CheckConstraint(
                condition=models.Q(base__isnull=True) | ~models.Q(base=models.F("id")),
                name="roles_role_not_its_own_base",
            ),
            models.CheckConstraint(condition=~models.Q(code=""), name="roles_role_has_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_owner(self) -> bool:
        """Whether this is the role that gives everything (R6)."""
        return self.code == OWNER_CODE

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with its key and code; a chain that R4 forbids is refused, by any road."""
        self.name_key = stored_key(self.name)
        written = kwargs.get("update_fields")
        if "name" in (written or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key"}
        if not self.code:
            self.code = free_code(self.name)
        with transaction.atomic():
            if self.base_id is not None and (written is None or {"base", "base_id"} & {*written}):
                lock_policy()
                self.check_chain()
            super().save(*args, **kwargs)

    def check_chain(self) -> None:
        """Raise `ValidationError` on a cycle, a 17th layer or Owner as the base (R3, R4)."""
        edges = _edges()
        problem = find_chain_problem(
            role=self.pk,
            base=self.base_id,
            bases={pk: base for pk, _code, base in edges},
            owner=next((pk for pk, code, _base in edges if code == OWNER_CODE), None),
        )
        if problem:
            words = chain_refusal(problem, str(self.base))
            raise ValidationError({"base": ValidationError(words, code=problem)})


def _edges() -> list[tuple[int, str, int | None]]:
    return list(Role.objects.values_list("pk", "code", "base_id"))


def chain_refusal(problem: ChainProblem, base: str) -> str:
    """Say what forbids the base named `base`, and the way out."""
    words = {
        "cycle": _("“%(base)s” is itself based on this role. Choose a role that is not (R4)."),
        "owner": _("No role can be based on Owner (R3). Choose another base."),
        "long": _("This makes a chain of more than 16 roles (R4). Choose a base with fewer."),
    }
    return str(words[problem] % {"base": base} if problem == "cycle" else words[problem])


def stored_key(name: str) -> str:
    """Give the key of a name, short enough to be indexed: one letter can fold into eighteen."""
    key = key_of(name)
    if len(key) <= KEY_MAX:
        return key
    return f"{key[: KEY_MAX - 65]} {sha256(key.encode()).hexdigest()}"


def free_code(name: str) -> str:
    """Make a slug from `name` that no role has; letters of any script are kept."""
    stem = slugify(name) or slugify(name, allow_unicode=True) or "role"
    stem = re.sub(r"[-_]{2,}", "-", stem)[: CODE_MAX - 5].strip("-_") or "role"
    taken = set(Role.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbers = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbers) if code not in taken)


class RoleGrant(PolicyRow):
    """One ticked cell: the role itself gives the permission."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.ForeignKey(Permission, on_delete=models.PROTECT, related_name="grants")

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="roles_grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.permission_id}"


class CustomPrivilege(PolicyRow):
    """A free name that an administrator invented; stored as R11 normalises it."""

    name = models.CharField(_("name"), max_length=NAME_MAX, primary_key=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom privilege")
        verbose_name_plural = _("custom privileges")
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RolePrivilege(PolicyRow):
    """The role itself names the privilege."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="privilege_grants")
    privilege = models.ForeignKey(CustomPrivilege, on_delete=models.PROTECT, related_name="grants")

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("privilege of a role")
        verbose_name_plural = _("privileges of roles")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["role", "privilege"], name="roles_privilege_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.privilege_id}"
