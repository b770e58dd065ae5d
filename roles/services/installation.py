"""What happens before anyone can act: the mirror of the catalogue, the first Owner, set-up.

These take no actor because there is none. Nothing that serves a request calls them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from .. import policy
from ..core.changes import difference
from ..core.errors import Refused
from ..core.specs import RoleSpec
from ..core.vocabulary import OWNER_CODE, SHARED_ACTIONS
from ..models import Module, Permission, Role, RoleAssignment
from ..models.versions import bump_policy, lock_policy, one_bump
from ..registry import BuiltinRole, registry
from . import audit
from .assignment import store_assignment
from .sharing import kind_of, shares_of
from .storing import store_checked_role, store_role


def mirror_catalogue() -> None:
    """Bring the rows in line with what the code declares; repeatable, on any number of servers.

    New modules and actions arrive ungranted. What vanished from code is marked and kept with
    its grants. Built-in roles are made once, with their shipped grants, and never touched
    again, so nothing that an administrator changed is undone.
    """
    with transaction.atomic(), one_bump():
        lock_policy()
        _mirror_modules()
        _mirror_permissions()
        existing = set(Role.objects.values_list("code", flat=True))
        for builtin in registry.builtin_roles.values():
            if builtin.code not in existing:
                _install(builtin)


def _mirror_modules() -> None:
    declared = registry.catalogue.modules.keys()
    Module.objects.bulk_create((Module(code=code) for code in declared), ignore_conflicts=True)
    _mark(Module, set(declared))


def _mirror_permissions() -> None:
    declared = registry.catalogue.permissions
    Permission.objects.bulk_create(
        (
            Permission(code=p.code, module_id=p.module, action=p.action or "", kind=p.kind)
            for p in declared.values()
        ),
        ignore_conflicts=True,
    )
    _mark(Permission, set(declared))


def _mark(model: Any, declared: set[str]) -> None:
    gone = model.objects.filter(is_declared=True).exclude(pk__in=declared)
    back = model.objects.filter(is_declared=False, pk__in=declared)
    for rows, state in ((gone, False), (back, True)):
        if rows.exists():
            rows.update(is_declared=state)


def _install(builtin: BuiltinRole) -> None:
    store_role(builtin_spec(builtin))


def builtin_spec(builtin: BuiltinRole) -> RoleSpec:
    """Give a built-in role with its shipped grants, as a role of its own."""
    return RoleSpec(
        code=builtin.code,
        name=str(builtin.name),
        description=str(builtin.description),
        level=builtin.level,
        permissions=frozenset(builtin.permissions),
        records={module: {"*": scopes} for module, scopes in builtin.records.items()},
        is_system=True,
    )


def is_as_shipped(spec: RoleSpec) -> bool:
    """Tell whether a built-in role still has exactly its shipped grants."""
    builtin = registry.builtin_roles.get(spec.code)
    return builtin is not None and not difference(builtin_spec(builtin), spec)


def make_first_owner(user: Any) -> RoleAssignment:
    """Make `user` the first Owner; refused as soon as anybody holds the role (D1)."""
    with transaction.atomic(), one_bump():
        lock_policy()
        holders = RoleAssignment.objects.filter(role__code=OWNER_CODE)
        if first := holders.select_related("user").first():
            raise Refused(
                _("%(owner)s is Owner already. Ask an Owner to give the role.")
                % {"owner": first.user.get_username()}
            )
        if not policy.active_people().filter(pk=user.pk).exists():
            raise Refused(
                _("%(user)s is not active and could not act as Owner (R1).")
                % {"user": user.get_username()}
            )
        return install_assignment(user=user, role=Role.objects.get(code=OWNER_CODE))


def install_role(spec: RoleSpec) -> Role:
    """Make a role of a demonstration or of a policy test."""
    with transaction.atomic(), one_bump():
        lock_policy()
        role = store_role(spec)
        bump_policy()
    return role


def load_role(spec: RoleSpec) -> Role:
    """Store a role as the reader of a policy test has checked it, shadowed privileges too (R11)."""
    with transaction.atomic(), one_bump():
        lock_policy()
        return store_checked_role(spec)


def install_assignment(
    *,
    user: Any,
    role: Role,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> RoleAssignment:
    """Give a role where nobody acts yet; logged as done by the system."""
    with transaction.atomic():
        made = store_assignment(
            user=user, role=role, valid_from=valid_from, valid_until=valid_until
        )
        audit.record(
            acting_user=None,
            action="role.assigned",
            subject=role,
            beside=user,
            changes=[{"field": "role", "old": None, "new": role.code}],
        )
    return made


def install_share(*, record: Model, receiver: Any, give: str) -> None:
    """Open a record where nobody acts yet; what another share with the receiver gives stays."""
    shares = shares_of(record)
    named = {"record": record, kind_of(receiver): receiver}
    share = shares._default_manager.filter(**named).first() or shares(**named, give=give)
    share.give = max(share.give, give, key=lambda given: len(SHARED_ACTIONS[given]))
    share.save()


def switch_modules(codes: Iterable[str], *, enabled: bool) -> None:
    """Turn modules on or off in a demonstration or a policy test (R7)."""
    fixed = [c for c in codes if not enabled and not registry.module(c).can_disable]
    if fixed:
        raise Refused(_("%s cannot be disabled (R7).") % ", ".join(fixed))
    Module.objects.filter(code__in=list(codes)).update(is_enabled=enabled)
