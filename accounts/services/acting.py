"""What every service here begins and ends with: lock and questions, log and signal."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from roles import policy
from roles.core.errors import Blocked, Invalid
from roles.models.versions import lock_policy, one_bump
from roles.services import audit
from roles.services.delegation import require, require_other

from ..models import User
from ..signals import organisation_changed

Changes = Iterable[Mapping[str, Any]]


_many: ContextVar[tuple[Any, Any] | None] = ContextVar("accounts_administering_many", default=None)


@contextmanager
def administering_many(acting_user: Any) -> Iterator[None]:
    """Open one change of many people: the lock is taken once, and the actor is read once.

    Nothing that they do to others changes what they may themselves, and nobody changes
    themselves (D2): so who they are at its beginning they are until it ends.
    """
    with transaction.atomic(), one_bump():
        lock_policy()
        token = _many.set((acting_user, policy.as_of_now(acting_user)))
        try:
            yield
        finally:
            _many.reset(token)


@contextmanager
def administering(acting_user: Any, code: str) -> Iterator[Any]:
    """Open the change's transaction under the policy's lock; give the actor as they are stored.

    Ranks, states and the last Owner depend on each other, so nobody changes them in between.
    """
    many = _many.get()
    if many is not None and many[0] is acting_user:
        require(many[1], code)
        yield many[1]
        return
    require(acting_user, code)
    with transaction.atomic(), one_bump():
        lock_policy()
        actor = policy.as_stored(acting_user)
        require(actor, code)
        yield actor


def read(person: User, actor: Any, code: str, *, not_oneself: str = "") -> User:
    """Give the person as they are stored, if the actor manages them (D3); locked for the change.

    With `not_oneself`, which says why, nobody does it to themselves, an Owner neither (D2).
    """
    if not_oneself:
        require_other(actor, person, not_oneself)
    stored = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    require(actor, code, stored)
    if stored.deleted_at is not None:
        raise Blocked(_("%s is in the trash. Take them out of it first (R26).") % stored)
    return stored


@contextmanager
def in_words() -> Iterator[None]:
    """Give what the model refuses as what can be mended at its field."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(_by_field(error)) from error


def _by_field(error: ValidationError) -> dict[str, list[Any]]:
    """Give the messages by field; a constraint over an expression says its field as its code."""
    found: dict[str, list[Any]] = {}
    for name, errors in error.update_error_dict({}).items():
        for one in errors:
            at = one.code if name == NON_FIELD_ERRORS and one.code in _CONSTRAINED else name
            found.setdefault("" if at == NON_FIELD_ERRORS else at, []).extend(one.messages)
    return found


_CONSTRAINED = frozenset({"username", "email"})


def changed(name: str, old: Any, new: Any) -> dict[str, Any]:
    """Give one row of the log's changes; what is referred to, by its key, as in records' rows.

    The log's readers name it, each as far as they may view it (R24).
    """
    return {"field": name, "old": _plain(old), "new": _plain(new)}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, models.Model):
        return value.pk
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def log_organisation(acting_user: Any, action: str, part: models.Model, changes: Changes) -> None:
    """Write the entry about a team or department, and announce it when it is committed."""
    kind, code = part._meta.model_name or "", part.code  # type: ignore[attr-defined]
    audit.record(acting_user=acting_user, action=f"{kind}.{action}", subject=part, changes=changes)
    transaction.on_commit(
        lambda: organisation_changed.send(
            sender=type(part),
            kind=kind,
            code=code,
            action=f"{kind}.{action}",
            acting_user=acting_user,
        )
    )
