"""Django's door: `has_perm` and its family answered by the policy, sync and async.

The backend authorises and fetches people; how they prove who they are is another backend's
business, which a project composes with this one into a single class.
"""

from functools import lru_cache
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import Permission as AuthPermission
from django.core.exceptions import PermissionDenied
from django.core.signals import setting_changed
from django.db.models import Model, Q, QuerySet
from django.dispatch import receiver
from django.utils.module_loading import import_string

from . import policy, snapshots
from .core.access import Access
from .core.vocabulary import Standing
from .directory import get_directory
from .models.versions import HELD_ATTRIBUTE
from .registry import registry


class RoleBackend(BaseBackend):
    """Answer for every code and model that the catalogue governs, finally; else abstain.

    A final no is a `PermissionDenied` where backends come after this one: Django's
    `user.has_perm` turns it into False without asking them. Asked last, a plain False is as final.
    """

    # People

    def user_can_authenticate(self, user: Any) -> bool:
        """Let in whoever is active or waiting for approval (R1)."""
        return user.is_active and get_directory().standing_of(user) is not Standing.DENIED

    def get_user(self, user_id: Any) -> Any:
        """Fetch the person of a session together with the version numbers, in one query."""
        try:
            user = self._people().get(pk=user_id)
        except get_user_model().DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None

    async def aget_user(self, user_id: Any) -> Any:
        """Fetch as `get_user` does, without blocking the event loop."""
        try:
            user = await self._people().aget(pk=user_id)
        except get_user_model().DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None

    def _people(self) -> QuerySet:
        return snapshots.annotated(get_user_model()._default_manager.all())

    # Checks

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        """Tell whether a role of the user gives `perm`, on `obj` where given (R12, R14, R20)."""
        if obj is not None:
            return self._final(user_obj, perm, obj, bool(policy.check(user_obj, perm, obj)))
        # `access_for` in short, for whoever was asked about before: most of all checks.
        held = getattr(user_obj, HELD_ATTRIBUTE, None)
        if held is not None and held.lasts and user_obj.is_active:
            access = held.access
        else:
            access = policy.access_for(user_obj)
        return perm in access.names or self._no(perm, access)

    async def ahas_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        """Answer as `has_perm` does, without blocking the event loop."""
        if obj is not None:
            decision = await sync_to_async(policy.check)(user_obj, perm, obj)
            return self._final(user_obj, perm, obj, bool(decision))
        access = await policy.aaccess_for(user_obj)
        return perm in access.names or self._no(perm, access)

    def _no(self, perm: str, access: Access) -> bool:
        """Say a final no, unless the name is another spelling of a privilege (R11).

        To whom a token limits every no is final: no other backend knows of the limit (R20a).
        """
        if perm in registry.governed:
            return self._deny()
        if policy.resolve(perm) in access.privileges:
            return True
        return self._deny() if access.is_limited else False

    def _final(self, user_obj: Any, perm: str, obj: Model, allowed: bool) -> bool:
        governed = policy.is_governed(perm) or registry.module_of(type(obj)) is not None
        final = governed or policy.limit_of(user_obj) is not None
        return self._deny() if final and not allowed else allowed

    def _deny(self) -> bool:
        """Say no so that no backend after this one is asked; an exception costs, so only then."""
        if not _asked_last(type(self)):
            raise PermissionDenied
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether anything in an app, or else the module of that code, may be viewed."""
        return _has_module(policy.access_for(user_obj), app_label)

    async def ahas_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Answer as `has_module_perms` does, without blocking the event loop."""
        return _has_module(await policy.aaccess_for(user_obj), app_label)

    # Lists

    def get_user_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Give nothing: people hold roles, and permissions only through them."""
        return set()

    async def aget_user_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Give nothing, as `get_user_permissions`."""
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Give every name that the user's roles give."""
        return self.get_all_permissions(user_obj, obj)

    async def aget_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Give every name that the user's roles give."""
        return await self.aget_all_permissions(user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Give every name for which `has_perm` says yes, Django's names included."""
        access = policy.access_for(user_obj)
        if obj is not None:
            return {name for name in access.names if policy.check(user_obj, name, obj)}
        return set(access.names) | _beyond_roles(user_obj)

    async def aget_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """Answer as `get_all_permissions` does, without blocking the event loop."""
        return await sync_to_async(self.get_all_permissions)(user_obj, obj)

    def with_perm(
        self,
        perm: str | AuthPermission,
        is_active: bool | None = True,
        include_superusers: bool = True,
        obj: Model | None = None,
    ) -> QuerySet:
        """Give the people for whom `has_perm(perm, obj)` says yes, in one query without `obj`.

        Nobody who is deactivated holds anything (R1), so `is_active=False` finds only
        superusers, as `has_perm` says of them no longer: nobody.
        """
        if isinstance(perm, AuthPermission):
            perm = f"{perm.content_type.app_label}.{perm.codename}"
        people = get_user_model()._default_manager.all()
        if is_active is False:
            return people.none()
        ordinary = policy.holders(perm).filter(is_superuser=False)
        if obj is not None:
            able = [user.pk for user in ordinary if policy.check(user, perm, obj)]
            ordinary = people.filter(pk__in=able)
        found = Q(pk__in=ordinary.values("pk"))
        if include_superusers:
            found |= Q(is_superuser=True) & get_directory().active_people()
        return people.filter(found, is_active=True)


def fetch_person(user_id: Any) -> Any:
    """Fetch a person as a session of theirs does; `None` for whom R1 shuts out, as for nobody."""
    ours = (backend for backend in get_backends() if isinstance(backend, RoleBackend))
    backend = next(ours, None)
    return backend.get_user(user_id) if backend else None


@lru_cache(maxsize=8)
def _asked_last(backend: type) -> bool:
    return import_string(settings.AUTHENTICATION_BACKENDS[-1]) is backend


@receiver(setting_changed, dispatch_uid="roles.backends")
def _forget_order(*, setting: str, **kwargs: Any) -> None:
    if setting == "AUTHENTICATION_BACKENDS":
        _asked_last.cache_clear()


def _has_module(access: Access, label: str) -> bool:
    return any(access.can(f"{module.code}.view") for module in registry.modules_under(label))


def _beyond_roles(user: Any) -> set[str]:
    """Give a superuser the Django permissions that exist: `has_perm` says yes to them (R3).

    A limited token leaves them no more than it names (R20a).
    """
    if not (user.is_active and user.is_superuser) or policy.limit_of(user) is not None:
        return set()
    rows = AuthPermission.objects.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rows}
