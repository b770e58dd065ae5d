"""Random numbers that change with the policy and with a person's roles (R28).

Both are random and never counters: a counter that a rollback gives out again would match a
cache entry filled before the rollback.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections, models, router, transaction
from django.utils.translation import gettext_lazy as _

ONLY_ROW = 1
VERSION_ATTRIBUTE = "roles_policy_version"
STAMP_ATTRIBUTE = "roles_access_stamp"
HELD_ATTRIBUTE = "_roles_held"


def random_token() -> int:
    """Make a random signed 64-bit number."""
    return secrets.randbits(64) - 2**63


class CarriesAccess:
    """A mixin for user models: reading or storing the person forgets what was known of them."""

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read again; the next check looks up what is true then."""
        self._forget_access()
        super().refresh_from_db(*args, **kwargs)  # type: ignore[misc]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store, and let the next check see a new state (R1)."""
        self._forget_access()
        super().save(*args, **kwargs)  # type: ignore[misc]

    def _forget_access(self) -> None:
        for name in (VERSION_ATTRIBUTE, STAMP_ATTRIBUTE, HELD_ATTRIBUTE):
            self.__dict__.pop(name, None)


class PolicyVersion(models.Model):
    """The one row whose token changes with every change of roles, modules or the catalogue."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW)
    token = models.BigIntegerField(default=random_token)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=ONLY_ROW), name="roles_one_policy_version")
        ]

    def __str__(self) -> str:
        return str(self.token)


class AccessStamp(models.Model):
    """A token per person that changes with their assignments; any user model will do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("user"),
    )
    token = models.BigIntegerField(default=random_token)

    class Meta:
        verbose_name = _("access stamp")
        verbose_name_plural = _("access stamps")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.token)


@dataclass(slots=True)
class _Pending:
    policy: bool = False
    users: set[Any] = field(default_factory=set)


_pending: ContextVar[_Pending | None] = ContextVar("roles_pending_bumps", default=None)


@contextmanager
def one_bump() -> Iterator[None]:
    """Collect the bumps of a change of many rows into one; the change's transaction is open."""
    if _pending.get() is not None:
        yield
        return
    pending = _Pending()
    token = _pending.set(pending)
    try:
        with transaction.atomic():
            yield
            _pending.reset(token)
            token = None
            _flush(pending)
    finally:
        if token is not None:
            _pending.reset(token)


def _flush(pending: _Pending) -> None:
    if pending.policy:
        bump_policy()
    if pending.users:
        bump_people(pending.users)


def bump_policy() -> None:
    """Make every process read roles, modules and grants again; inside the change's transaction."""
    pending = _pending.get()
    if pending is not None:
        pending.policy = True
    elif not _change_token():
        PolicyVersion.objects.create(pk=ONLY_ROW)


def _change_token() -> bool:
    """Change the one row; written as SQL because every edit of a grant waits for it."""
    table = PolicyVersion._meta.db_table
    with connections[router.db_for_write(PolicyVersion)].cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET token = %s WHERE id = %s',  # noqa: S608 (our own table)
            [random_token(), ONLY_ROW],
        )
        return cursor.rowcount == 1


def bump_people(user_ids: Iterable[Any]) -> None:
    """Make every process read these people's assignments again; inside the transaction."""
    pending = _pending.get()
    if pending is not None:
        pending.users.update(user_ids)
        return
    AccessStamp.objects.bulk_create(
        [AccessStamp(user_id=pk, token=random_token()) for pk in sorted(set(user_ids))],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["token"],
    )


def deletes_people(origin: Any) -> bool:
    """Tell whether a deletion began with people, whose stamps go with them: no stamp is made."""
    return (
        getattr(origin, "model", type(origin)) is AccessStamp._meta.get_field("user").related_model
    )


def lock_policy() -> None:
    """Let one administrative change happen at a time, until the open transaction ends.

    Roles change rarely and in ways that depend on each other (cycles, the last Owner), so one
    lock for all is both enough and easy to reason about.
    """
    PolicyVersion.objects.bulk_create([PolicyVersion()], ignore_conflicts=True)
    PolicyVersion.objects.select_for_update().get(pk=ONLY_ROW)


class PolicyRow(models.Model):
    """A row that decides: it and the new version that its signal brings are stored together."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save in a transaction, so that no row stands without its version."""
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)


class PolicyQuerySet(models.QuerySet):
    """Rows that decide: writes that send no signal bump the policy version too."""

    def update(self, **kwargs: Any) -> int:
        """Update and bump; Django sends no signal for it."""
        with transaction.atomic(using=self.db, savepoint=False):
            changed = super().update(**kwargs)
            bump_policy()
        return changed

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Create and bump; Django sends no signal for it."""
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, *args, **kwargs)
            bump_policy()
        return made


class GrantQuerySet(PolicyQuerySet):
    """Rows that nothing refers to: deleted by one statement, which no signal has to follow."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete and bump."""
        with transaction.atomic(using=self.db, savepoint=False):
            count = self._chain()._raw_delete(self.db)
            bump_policy()
        return count, {self.model._meta.label: count}

    # As on Django's own: not offered on the manager, where it would empty the table.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
