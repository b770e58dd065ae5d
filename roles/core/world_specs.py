"""A policy test as frozen values: a small world and the decisions expected in it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .specs import NOTHING, RoleSpec

State = Literal["active", "waiting", "rejected", "suspended"]
Kind = Literal["permission", "record", "read", "write", "create", "list"]
Give = Literal["view", "edit"]
Expected = bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class WorldAssignment:
    """A role that a user holds while `valid_from <= now < valid_until`; `None` is open (R2)."""

    role: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorldUser:
    """A person of the world; `active` false is a deactivated account, whatever its state."""

    key: str
    roles: tuple[WorldAssignment, ...] = ()
    department: str | None = None
    teams: tuple[str, ...] = ()
    manager: str | None = None
    state: State = "active"
    active: bool = True
    superuser: bool = False
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class WorldRecord:
    """A record of the world; what `values` leaves out is made up, a reference is a key."""

    key: str
    module: str
    owner: str | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=lambda: NOTHING)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class WorldShare:
    """A record opened to one user or one team; `edit` gives `view` too (R19)."""

    record: str
    user: str | None
    team: str | None
    give: Give


@dataclass(frozen=True, slots=True)
class Check:
    """One question, and the answer expected; `user` is `None` for an anonymous one.

    | kind | asks with |
    | --- | --- |
    | permission | `permission` (R12, R20) |
    | record | `permission`, `record` (R14) |
    | read, write | `field`, `record` (R16, R17) |
    | create | `module`, `values` (R17, R18) |
    | list | `module`, `action` (R22) |

    `expect` is `None` where it was left out; `raw` is the check as the file has it.
    """

    kind: Kind
    user: str | None
    permission: str | None = None
    record: str | None = None
    field: str | None = None
    module: str | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=lambda: NOTHING)
    action: str | None = None
    expect: Expected = None
    raw: Mapping[str, Any] = dataclasses.field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """A whole policy test; every mapping and tuple is in the order of the file."""

    now: datetime | None = None
    roles: tuple[RoleSpec, ...] = ()
    disabled_modules: tuple[str, ...] = ()
    departments: Mapping[str, str | None] = dataclasses.field(default_factory=lambda: NOTHING)
    teams: tuple[str, ...] = ()
    users: Mapping[str, WorldUser] = dataclasses.field(default_factory=lambda: NOTHING)
    records: Mapping[str, WorldRecord] = dataclasses.field(default_factory=lambda: NOTHING)
    shares: tuple[WorldShare, ...] = ()
    checks: tuple[Check, ...] = ()
