"""Checks of settings and declarations; they ask no database."""

from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.module_loading import import_string

from ..backends import RoleBackend
from ..conf import settings
from ..registry import registry


@register(Tags.security)
def check_backends(**kwargs: Any) -> list[CheckMessage]:
    """Ask that the backend is there, and that no other hands out permissions beside it."""
    paths = django_settings.AUTHENTICATION_BACKENDS
    classes = {path: import_string(path) for path in paths}
    if not any(issubclass(backend, RoleBackend) for backend in classes.values()):
        return [
            Error(
                "No authentication backend asks roles for permissions.",
                hint="Add 'roles.backends.RoleBackend' to AUTHENTICATION_BACKENDS.",
                id="roles.E001",
            )
        ]
    return [
        Warning(
            f"{path} gives permissions beside roles.",
            hint="Compose it with RoleBackend in one class, so that every session's user fetch "
            "carries the policy version and no other backend says yes.",
            id="roles.W001",
        )
        for path, backend in classes.items()
        if not issubclass(backend, RoleBackend) and hasattr(backend, "user_can_authenticate")
    ]


@register()
def check_directory(**kwargs: Any) -> list[CheckMessage]:
    """Ask that `ROLES_DIRECTORY` names a class."""
    try:
        import_string(settings.directory)
    except ImportError as error:
        return [
            Error(
                f"ROLES_DIRECTORY cannot be imported: {error}",
                hint="Name a class with the methods of roles.directory.Directory.",
                id="roles.E002",
            )
        ]
    return []


@register()
def check_cache_size(**kwargs: Any) -> list[CheckMessage]:
    """Ask that `ROLES_CACHE_SIZE` is a number of people."""
    if isinstance(settings.cache_size, int) and settings.cache_size > 0:
        return []
    return [
        Error(
            f"ROLES_CACHE_SIZE is {settings.cache_size!r}.",
            hint="Give the number of people whose access one process keeps, at least 1.",
            id="roles.E003",
        )
    ]


@register()
def check_implications(**kwargs: Any) -> list[CheckMessage]:
    """Warn of implied permissions that nothing declares: they would be denied (R5, R21)."""
    catalogue = registry.catalogue
    return [
        Warning(
            f"{code} implies {implied!r}, which no installed app declares.",
            hint="Correct the code in the module's `implies`, or install the app.",
            id="roles.W002",
        )
        for code, codes in catalogue.implied.items()
        for implied in codes
        if implied not in catalogue.permissions
    ]
