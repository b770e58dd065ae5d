"""Invalidate on every write that sends a signal, and mirror the catalogue; no rules here."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Permission as AuthPermission
from django.db import connections
from django.db.models.signals import post_delete, post_migrate, post_save

from .models import (
    CustomPrivilege,
    FieldPermission,
    Module,
    Permission,
    PolicyVersion,
    RecordAccess,
    Role,
    RoleAssignment,
    RoleGrant,
    RolePrivilege,
)
from .models.versions import bump_people, bump_policy, deletes_people
from .services.installation import mirror_catalogue

# Django's own permissions are among them because a new one can shadow a privilege (R11).
_POLICY_MODELS = (
    AuthPermission,
    CustomPrivilege,
    FieldPermission,
    Module,
    Permission,
    RecordAccess,
    Role,
    RoleGrant,
    RolePrivilege,
)


def policy_row_written(**kwargs: Any) -> None:
    """Make every process read the policy again."""
    bump_policy()


def assignment_loaded(*, instance: RoleAssignment, raw: bool, **kwargs: Any) -> None:
    """Stamp the person of a row that a fixture brings: that goes past `save`."""
    if raw:
        bump_people([instance.user_id])


def assignment_deleted(*, instance: RoleAssignment, origin: Any = None, **kwargs: Any) -> None:
    """Stamp the person too, unless they themselves are being deleted with their stamp."""
    if not deletes_people(origin):
        bump_people([instance.user_id])


def mirror_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Mirror the catalogue, if the tables stand and this is the database that roles uses."""
    if not _stands(using):
        return
    mirror_catalogue()
    # Connected this late, so that it comes after Django's own, which makes the permissions.
    post_migrate.connect(permissions_made, sender=_last_app(), dispatch_uid="roles.last")


def permissions_made(*, using: str, **kwargs: Any) -> None:
    """Make every process read again: new Django permissions, made in bulk, can shadow (R11)."""
    if _stands(using):
        bump_policy()


def _stands(using: str) -> bool:
    """Tell whether this is the database that roles uses, with all its tables."""
    tables = set(connections[using].introspection.table_names())
    models = (*_POLICY_MODELS, PolicyVersion)
    return using == "default" and all(model._meta.db_table in tables for model in models)


def _last_app() -> AppConfig:
    """Give the app for which `migrate` announces last that it is done."""
    return [config for config in apps.get_app_configs() if config.models_module][-1]


for _model in _POLICY_MODELS:
    _uid = f"roles.{_model._meta.label_lower}"
    post_save.connect(policy_row_written, sender=_model, dispatch_uid=f"{_uid}.saved")
    post_delete.connect(policy_row_written, sender=_model, dispatch_uid=f"{_uid}.deleted")
post_save.connect(assignment_loaded, sender=RoleAssignment, dispatch_uid="roles.loaded")
post_delete.connect(assignment_deleted, sender=RoleAssignment, dispatch_uid="roles.unassigned")
