"""The port through which roles asks about people: their standing and their organisation."""

from functools import lru_cache
from typing import Any, Protocol

from django.core.signals import setting_changed
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils.module_loading import import_string

from .conf import settings
from .core.vocabulary import Standing


class Directory(Protocol):
    """What a project tells roles about its people; `accounts` brings the CRM's."""

    def standing_of(self, user: Any) -> Standing:
        """Tell how far the account may come in at all (R1); asks no database."""

    def active_people(self) -> Q:
        """Give the condition on the user model that `standing_of` answers `ACTIVE` (R1)."""

    def waiting_people(self) -> Q:
        """Give the condition that `standing_of` answers `WAITING` (R1)."""

    def teams_of(self, user_key: Any) -> QuerySet[Any] | None:
        """Give the keys of the teams that the person of this key is in now, unevaluated (R19).

        `None` without teams. The key may be an expression that stands for one, for a query that
        is written once and asked about everybody: filter by it and do nothing else with it.
        """

    def secured_people(self) -> QuerySet[Any] | None:
        """Give the keys of the people who have a second factor, unevaluated `values` of one field.

        `None` where the project knows of none: then no role can ask for one. What sets one up or
        takes it off calls `roles.models.versions.bump_people` in the same transaction (R28).
        """

    def build_world(self, world: Any) -> Any:
        """Make the departments, teams and people of a policy test; give the people by key."""


class NullDirectory:
    """A project without an organisation: people are active or not; `own` and `all` exist."""

    def standing_of(self, user: Any) -> Standing:
        """Let in whoever is active."""
        return Standing.ACTIVE if user.is_active else Standing.DENIED

    def active_people(self) -> Q:
        """Give Django's own condition."""
        return Q(is_active=True)

    def waiting_people(self) -> Q:
        """Give nobody: without moderation no one waits."""
        return Q(pk__in=[])

    def teams_of(self, user_key: Any) -> QuerySet[Any] | None:
        """Give none: there are no teams."""
        return None

    def secured_people(self) -> QuerySet[Any] | None:
        """Give none: who signs in, and how, is the project's."""
        return None

    def build_world(self, world: Any) -> Any:
        """Refuse: without a directory nobody knows how people are made."""
        raise NotImplementedError("Set ROLES_DIRECTORY to a class that can build test worlds.")


@lru_cache(maxsize=1)
def get_directory() -> Directory:
    """Give the project's directory, made once a process."""
    return import_string(settings.directory)()


@receiver(setting_changed, dispatch_uid="roles.directory")
def _forget_directory(*, setting: str, **kwargs: Any) -> None:
    if setting == "ROLES_DIRECTORY":
        get_directory.cache_clear()
