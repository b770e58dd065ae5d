"""Rows, their constraints, and the version numbers that make every process see a change."""

from .access import FieldPermission, RecordAccess
from .assignment import RoleAssignment
from .audit import AuditEntry, AuditField
from .catalogue import Module, Permission
from .role import CustomPrivilege, Role, RoleGrant, RolePrivilege
from .sharing import Share
from .token import ApiToken
from .versions import AccessStamp, PolicyVersion

__all__ = [
    "AccessStamp",
    "ApiToken",
    "AuditEntry",
    "AuditField",
    "CustomPrivilege",
    "FieldPermission",
    "Module",
    "Permission",
    "PolicyVersion",
    "RecordAccess",
    "Role",
    "RoleAssignment",
    "RoleGrant",
    "RolePrivilege",
    "Share",
]
