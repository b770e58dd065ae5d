"""Checks of settings and declarations; they ask no database."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.contrib.auth.backends import BaseBackend
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from ..backends import RoleBackend
from ..conf import settings
from ..registry import registry

_ASKED = (
    "has_perm",
    "has_module_perms",
    "get_all_permissions",
    "get_user_permissions",
    "get_group_permissions",
)
_DECIDES = (
    "get_user",
    "aget_user",
    "has_perm",
    "ahas_perm",
    "has_module_perms",
    "ahas_module_perms",
    "get_all_permissions",
    "aget_all_permissions",
    "with_perm",
)


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
    return [*_composed_wrongly(classes), *_asked_first(classes), *_beside(classes)]


def _composed_wrongly(classes: dict[str, Any]) -> list[CheckMessage]:
    """Refuse a class in which another backend's answers stand before ours."""
    wrong = {
        path: [name for name in _DECIDES if not _is_ours(backend, name)]
        for path, backend in classes.items()
        if issubclass(backend, RoleBackend)
    }
    return [
        Error(
            f"In {path} the methods {', '.join(names)} are another backend's.",
            hint="Name RoleBackend first among the bases of the class.",
            id="roles.E005",
        )
        for path, names in wrong.items()
        if names
    ]


def _is_ours(backend: Any, name: str) -> bool:
    owner = next((base for base in backend.__mro__ if name in vars(base)), None)
    return owner is not None and issubclass(owner, RoleBackend)


def _asked_first(classes: dict[str, Any]) -> list[CheckMessage]:
    """Refuse a backend before ours that gives permissions: its yes would overturn our no."""
    return [
        Error(
            f"{path} gives permissions and is asked before roles: its yes overturns our no.",
            hint="Name the backend of roles first in AUTHENTICATION_BACKENDS.",
            id="roles.E006",
        )
        for path in _before_ours(classes)
        if _gives_permissions(classes[path])
    ]


def _before_ours(classes: dict[str, Any]) -> list[str]:
    paths = list(classes)
    ours = next(path for path in paths if issubclass(classes[path], RoleBackend))
    return paths[: paths.index(ours)]


def _gives_permissions(backend: Any) -> bool:
    """Tell whether a backend answers any question that Django's base leaves at no."""
    return any(
        getattr(backend, name, None) not in (None, getattr(BaseBackend, name, None))
        for name in _ASKED
    )


def _beside(classes: dict[str, Any]) -> list[CheckMessage]:
    return [
        Warning(
            f"{path} gives permissions beside roles.",
            hint="Compose it with RoleBackend in one class, so that every session's user fetch "
            "carries the policy version and no other backend says yes.",
            id="roles.W001",
        )
        for path, backend in classes.items()
        if not issubclass(backend, RoleBackend) and _gives_permissions(backend)
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
def check_time_zones(**kwargs: Any) -> list[CheckMessage]:
    """Ask for moments with a zone: an assignment begins and ends everywhere at once (R2)."""
    if django_settings.USE_TZ:
        return []
    hint = "Set USE_TZ = True; the moments of assignments carry a zone."
    return [Error("roles needs USE_TZ.", hint=hint, id="roles.E004")]


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
def check_people_search(**kwargs: Any) -> list[CheckMessage]:
    """Ask that `ROLES_PEOPLE_SEARCH` is an address of the project, if it is set."""
    search = settings.people_search
    if search == "" or (isinstance(search, str) and _is_address(urlsplit(search).path)):
        return []
    return [
        Error(
            f"ROLES_PEOPLE_SEARCH is {search!r}, which is no address of this project.",
            hint="Give the path of a list of people, such as '/api/v1/users/', or leave it out.",
            id="roles.E008",
        )
    ]


def _is_address(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


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
