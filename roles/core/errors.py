"""Errors of the engine: each names the offender, the rule and the way out."""

from collections.abc import Mapping, Sequence
from typing import Any


class RolesError(Exception):
    """The root of all errors that this package raises on purpose."""


class RegistrationError(RolesError):
    """A declaration that is double, too late or not of the right form."""


class UnknownName(RolesError, LookupError):
    """A module, action, permission, scope or field that nothing declares (R21)."""


class Refused(RolesError):
    """What the actor may not do, whatever they type; `str()` says what, why and what now."""


class Blocked(Refused):
    """What nobody may do as things stand, whatever they type: the last Owner, a role in use."""


class Paused(Refused):
    """What has been asked for too often, and may be again in `wait` seconds."""

    def __init__(self, message: Any, *, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Invalid(RolesError):
    """Input that can be mended: messages by the field they belong to, `""` for the whole."""

    def __init__(self, errors: Mapping[str, Sequence[Any]]) -> None:
        self.errors = {name: list(messages) for name, messages in errors.items()}
        super().__init__(self.errors)

    def __str__(self) -> str:
        return " ".join(str(m) for messages in self.errors.values() for m in messages)


class Conflict(RolesError):
    """The role is no longer as the actor saw it; `changes` is what came between."""

    def __init__(self, message: Any, changes: Any, current: Any) -> None:
        super().__init__(message)
        self.changes = changes
        self.current = current


class DocumentError(RolesError):
    """A policy file or policy test that cannot be read: the place, and what is wrong there."""

    def __init__(self, place: str, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(f"{place}: {message}" if place else message)
