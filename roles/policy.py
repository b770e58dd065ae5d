"""The one place that decides (the PDP): every door asks here, and nothing else decides.

Questions come in three forms: may this person do it (`check`), on which records
(`accessible`), and who may (`holders`).
"""

from collections.abc import Container, Iterable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from . import snapshots
from .core import clock
from .core.access import NO_ACCESS, Access, WaitingAccess
from .core.compile import CompiledRole
from .core.decisions import Decision, allow, deny
from .core.errors import Refused
from .core.names import normalise
from .core.specs import Module
from .core.vocabulary import ALL, OWNER_CODE, WAITING_PERMISSIONS, FieldLevel, Standing
from .directory import get_directory
from .models import RoleAssignment
from .models.versions import HELD_ATTRIBUTE, VERSION_ATTRIBUTE
from .registry import registry
from .scopes import NOBODY, owners_beyond, reach_q

NEEDS_VIEW = frozenset({"edit", "delete", "export"})
"""Actions that R14 allows only on records that the user may also view."""

_OUT = "Nobody who is signed in, active and let in asks (R1)."

FORBIDS_UNTIL_DELEGATION = frozenset({"create", "edit", "delete", "import", "invite"})
"""Actions on people and roles that only an Owner has while section 6 is not built."""


def access_for(user: Any) -> Access:
    """Give what `user` may do right now, compiled; no query for a warm request (R1, R2).

    Someone who was fetched by the backend carries the version numbers and is asked about for
    the length of their request; anyone else is looked up at each call and so never stale.
    """
    held: snapshots.Held | None = getattr(user, HELD_ATTRIBUTE, None)
    if held is not None and user.is_active and (held.lasts or held.is_current()):
        return held.access
    return _load(user).access


def _load(user: Any) -> snapshots.Held:
    if not getattr(user, "is_active", False):
        return snapshots.Held(NO_ACCESS)
    standing = get_directory().standing_of(user)
    if standing is not Standing.ACTIVE:
        return snapshots.Held(_without_roles(standing))
    held = _as_owner() if user.is_superuser else snapshots.load_held(user)
    if hasattr(user, VERSION_ATTRIBUTE):
        setattr(user, HELD_ATTRIBUTE, held)
    return held


async def aaccess_for(user: Any) -> Access:
    """Give `access_for` without blocking the event loop where it has to ask the database."""
    held = getattr(user, HELD_ATTRIBUTE, None)
    if held is not None and held.is_current():
        return access_for(user)
    return await sync_to_async(access_for)(user)


def _without_roles(standing: Standing) -> Access:
    return WaitingAccess(registry.catalogue) if standing is Standing.WAITING else NO_ACCESS


def _as_owner() -> snapshots.Held:
    """Answer for a superuser as for an Owner, in every door but `has_perm` itself (R3)."""
    policy = snapshots.load_policy()
    return snapshots.Held(policy.access_of_codes([OWNER_CODE]))


def check(user: Any, name: str, record: Model | None = None) -> Decision:
    """Decide whether `user` may do `name`, on `record` where one is given (R12, R14, R20)."""
    access = access_for(user)
    code = resolve(name)
    if code is None:
        return deny(f"{name} is no permission and no privilege that anyone holds (R21).")
    if record is not None:
        return _check_record(user, access, code, record)
    return deny(_OUT) if access is NO_ACCESS else access.explain(code)


def check_many(user: Any, names: Iterable[str]) -> dict[str, Decision]:
    """Decide on several names at once, without a record."""
    return {name: check(user, name) for name in names}


def resolve(name: Any) -> str | None:
    """Give the code that `name` stands for: system code, Django's name, or privilege (R11).

    System codes and Django's names are compared as they are written. Whatever else it is can
    only be a privilege, and never one whose name turns into theirs: the system wins.
    """
    if not isinstance(name, str):
        return None
    catalogue = registry.catalogue
    if is_governed(name):
        return catalogue.aliases.get(name, name)
    folded = normalise(name)
    return None if is_governed(folded) else folded


def is_governed(name: str) -> bool:
    """Tell whether the catalogue's answer on `name` is final (interfaces, section 2)."""
    return name in registry.governed


def accessible(queryset: QuerySet[Any], user: Any, action: str = "view") -> QuerySet[Any]:
    """Keep the records on which `check` says yes for `action` (R14, R22)."""
    module = governing(queryset.model)
    return queryset.filter(_reach(user, access_for(user), module, action))


def governing(model: type[Model]) -> Module:
    """Give the module that governs `model`; asking about another model is an error (R21)."""
    module = registry.module_of(model)
    if module is None:
        raise LookupError(
            f"No module governs {model._meta.label}: name it in a Module's `model` or `also`."
        )
    return module


def actions_for(user: Any, module: str) -> tuple[str, ...]:
    """Give the actions of `module` that are the user's on some records (R12)."""
    access = access_for(user)
    return tuple(a for a in registry.module(module).actions if access.can(f"{module}.{a}"))


def certain_fields(user: Any, module: Module, action: str, level: FieldLevel) -> Container[str]:
    """Give the fields that every role of the user which gives the action has at `level` or above.

    For a page that shows many records at once this never shows too much: what one of the roles
    hides on some row is left out on all (R15, R16).
    """
    giving = access_for(user).roles_giving(f"{module.code}.{action}")
    return _Fields(module.code, giving, level)


class _Fields:
    """The fields of a module on which all of the roles agree."""

    def __init__(self, module: str, roles: tuple[CompiledRole, ...], level: FieldLevel) -> None:
        self._module, self._roles, self._level = module, roles, level

    def __contains__(self, field: object) -> bool:
        levels = (role.level_of_field(self._module, str(field)) for role in self._roles)
        return bool(self._roles) and all(level >= self._level for level in levels)


def possible_owners(user: Any, module: Module, action: str) -> QuerySet[Any]:
    """Give the people whose records lie in the user's scopes for the action (R18)."""
    people = active_people()
    scopes = access_for(user).scopes_for(module.code, action)
    if not scopes:
        return people.none()
    if ALL in scopes:
        return people
    others = owners_beyond(user, scopes)
    return people.filter(Q(pk=user.pk) if others is None else Q(pk=user.pk) | Q(pk__in=others))


def holders(name: str) -> QuerySet[Any]:
    """Give the active people, superusers apart, to whom `check(name)` says yes."""
    people = get_user_model()._default_manager.all()
    code = resolve(name)
    policy = snapshots.load_policy()
    giving = [
        pk
        for pk, role in policy.codes_by_id.items()
        if code in policy.role(role).permissions or code in policy.role(role).privileges
    ]
    directory = get_directory()
    condition = NOBODY
    if giving:
        condition = directory.active_people() & Q(pk__in=_holding(giving))
    if code in WAITING_PERMISSIONS:
        condition |= directory.waiting_people()
    return people.filter(condition)


def active_people() -> QuerySet[Any]:
    """Give the people whom R1 does not shut out."""
    return get_user_model()._default_manager.filter(get_directory().active_people())


def why_not_administer(user: Any) -> str:
    """Say why `user` may not change roles and who holds them, or give "" where they may.

    Until the rules of section 6 are built, only an Owner may, whatever `roles.*` anyone holds.
    """
    if access_for(user).is_owner:
        return ""
    return _("Only an Owner can change roles and who holds them. Ask an Owner.")


def require_owner(user: Any) -> None:
    """Raise `Refused` where `why_not_administer` gives a reason."""
    if reason := why_not_administer(user):
        raise Refused(reason)


def require_owner_now(user: Any) -> None:
    """Ask as `require_owner`, of the person as they are stored at this moment.

    Under the policy's lock nobody can take the actor's role back between the question and the
    change, so what was remembered of them does not count.
    """
    require_owner(get_user_model()._default_manager.filter(pk=user.pk).first() or AnonymousUser())


def affected_people(code: str) -> int:
    """Count the people whom a change of the role reaches: its holders and its heirs' (D6)."""
    policy = snapshots.load_policy()
    heirs = [
        pk
        for pk, heir in policy.codes_by_id.items()
        if any(layer.code == code for layer in policy.role(heir).chain)
    ]
    held = current_assignments().filter(role_id__in=heirs)
    return held.values("user_id").distinct().count()


def current_assignments() -> QuerySet[Any]:
    """Give the assignments that count now (R2)."""
    return RoleAssignment.objects.current(clock.now())


def _holding(role_ids: list[int]) -> QuerySet[Any]:
    return current_assignments().filter(role_id__in=role_ids).values("user_id")


def _check_record(user: Any, access: Access, code: str, record: Model) -> Decision:
    if not isinstance(record, Model):
        return deny(f"{record!r} is no record (R14).")
    permission = registry.catalogue.permissions.get(code)
    module = registry.module_of(type(record))
    if permission is None or module is None or permission.module != module.code:
        return deny(f"{code} says nothing about {record._meta.verbose_name} records (R14).")
    if code not in access.codes:
        return deny(f"No current role gives {code} (R12).")
    if record.pk is None:
        return deny("The record is not stored yet; nobody reaches it (R13).")
    condition = _reach(user, access, module, permission.action or "view")
    if type(record)._base_manager.filter(condition, pk=record.pk).exists():
        return allow(f"A role that gives {code} reaches the record (R14).")
    return deny(f"No role that gives {code} reaches the record (R13).")


def _reach(user: Any, access: Access, module: Module, action: str) -> Q:
    """Give the condition of R14: reach for the action and, where it asks for it, for view."""
    if f"{module.code}.{action}" not in access.codes:
        return NOBODY
    if _is_administration(module) and action in FORBIDS_UNTIL_DELEGATION and not access.is_owner:
        return NOBODY
    condition = reach_q(user, module, access.scopes_for(module.code, action))
    if action in NEEDS_VIEW:
        condition &= reach_q(user, module, access.scopes_for(module.code, "view"))
    if module.deleted_field:
        condition &= Q(**{module.deleted_field: None})
    return condition


def _is_administration(module: Module) -> bool:
    return module.code in {"users", "roles"}
