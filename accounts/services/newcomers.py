"""Store a person who comes in, as sound as any other; the callers have asked whether they may."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from roles.core.errors import Invalid
from roles.models import Role
from roles.services import audit

from ..models import User
from ..signals import person_changed

GUEST = "guest"
"""What whoever nobody vouches for becomes (D12)."""


def store_newcomer(
    *,
    email: str,
    username: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    state: str,
    proven: bool,
) -> User:
    """Store the account with all that makes it sound; raise `Invalid` by field.

    `proven` says that they read the mail that was sent to the address.
    """
    person = User(
        email=email, username=username, first_name=first_name, last_name=last_name, state=state
    )
    _require_sound(person, password)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Invalid(_taken(person) or {"username": [_in_use()]}) from None
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=proven)
    return person


def first_role() -> Role:
    """Give the role of whoever nobody vouches for."""
    return Role.objects.get(code=GUEST)


def log_person(
    acting_user: Any, action: str, person: User, changes: Iterable[dict[str, Any]], **more: bool
) -> None:
    """Log what happened to a person (D13), and announce it when it is committed."""
    audit.record(acting_user=acting_user, action=action, subject=person, changes=changes, **more)
    pk = person.pk
    transaction.on_commit(
        lambda: person_changed.send(sender=User, user_id=pk, action=action, acting_user=acting_user)
    )


def came_in(person: User) -> list[dict[str, Any]]:
    """Write what a new account holds, as the log keeps it; never the password."""
    kept = ("username", "email", "first_name", "last_name", "state")
    held = {name: getattr(person, name) for name in kept}
    return [{"field": name, "old": None, "new": str(v)} for name, v in held.items() if v]


def _require_sound(person: User, password: str) -> None:
    errors: dict[str, list[Any]] = _taken(person)
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as problem:
        errors = {**problem.message_dict, **errors}
    try:
        validate_password(password, person)
    except ValidationError as problem:
        errors["password"] = list(problem.messages)
    if errors:
        raise Invalid(errors)


def _taken(person: User) -> dict[str, list[Any]]:
    if User.objects.filter(username__iexact=person.username).exists():
        return {"username": [_in_use()]}
    return {}


def _in_use() -> str:
    return _("Somebody has this username already. Choose another one.")
