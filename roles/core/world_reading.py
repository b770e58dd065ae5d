"""Read the world of a policy test: who is there, how they are organised, what they own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from .forests import find_cycle
from .reading import Part, Switch
from .specs import Catalogue
from .world_specs import Give, State, WorldAssignment, WorldRecord, WorldShare, WorldUser

WORLD_KEYS = ("departments", "teams", "users", "records", "shares")
USER_KEYS = (
    *("roles", "department", "teams", "manager"),
    *("state", "active", "superuser", "second_factor"),
)
ASSIGNMENT_KEYS = ("role", "from", "until")
RECORD_KEYS = ("module", "owner", "values", "deleted")
SHARE_KEYS = ("record", "user", "team", "give")
KEY_MAX = 100


@dataclass(frozen=True, slots=True)
class World:
    """The `world` of a policy test, its keys held against each other."""

    departments: Mapping[str, str | None]
    teams: tuple[str, ...]
    users: Mapping[str, WorldUser]
    records: Mapping[str, WorldRecord]
    shares: tuple[WorldShare, ...]


def read_world(part: Part, *, catalogue: Catalogue, roles: frozenset[str]) -> World:
    """Read a world; `roles` are the codes that its users may hold."""
    parts = part.mapping(WORLD_KEYS)
    departments = _departments(parts.get("departments", Part({})))
    listed_teams = parts.get("teams", Part(()))
    teams = listed_teams.distinct(team.line(KEY_MAX) for team in listed_teams.items())
    users = _users(parts.get("users", Part({})), roles, departments, teams)
    records = _records(parts.get("records", Part({})), users, catalogue)
    shares = tuple(
        _share(share, records, users, teams) for share in parts.get("shares", Part(())).items()
    )
    return World(departments, teams, users, records, shares)


def optional_key(part: Part | None, known: Collection[str], what: str) -> str | None:
    """Read one of `known`, or `None` where the key is left out or null."""
    return None if part is None or part.value is None else part.one_of(known, what)


def _keyed(part: Part) -> dict[str, Part]:
    """Read a mapping whose keys name people or things of the world."""
    parts = part.entries()
    for key, entry in parts.items():
        if Part(key, entry.place).line(KEY_MAX) != key:
            entry.refuse(f"The key {key!r} begins or ends with a space; remove it.")
    return parts


def _departments(part: Part) -> dict[str, str | None]:
    parts = _keyed(part)
    parents = {code: optional_key(at, parts, "department") for code, at in parts.items()}
    _refuse_cycle(parents, parts, "departments")
    return parents


def _users(
    part: Part, roles: frozenset[str], departments: Collection[str], teams: Collection[str]
) -> dict[str, WorldUser]:
    parts = _keyed(part)
    users = {}
    manager_parts = {}
    for key, at in parts.items():
        given = at.mapping(USER_KEYS)
        manager_parts[key] = given.get("manager", at)
        users[key] = WorldUser(
            key=key,
            roles=_assignments(given.get("roles", Part(())), roles),
            department=optional_key(given.get("department"), departments, "department"),
            teams=given.get("teams", Part(())).each_of(teams, "team"),
            manager=_manager(given.get("manager"), key, parts),
            state=cast(State, given.get("state", Part("active")).one_of(get_args(State), "state")),
            active=given.get("active", Part(True)).flag(),
            superuser=given.get("superuser", Part(False)).flag(),
            second_factor=given.get("second_factor", Part(False)).flag(),
        )
    _refuse_cycle({key: user.manager for key, user in users.items()}, manager_parts, "managers")
    return users


def _manager(part: Part | None, key: str, users: Collection[str]) -> str | None:
    if part is not None and part.value == key:
        part.refuse(f"{key!r} cannot be their own manager (R9); name another user or null.")
    return optional_key(part, users, "user")


def _assignments(part: Part, roles: frozenset[str]) -> tuple[WorldAssignment, ...]:
    items = part.items()
    found = tuple(_assignment(item, roles) for item in items)
    part.distinct(assignment.role for assignment in found)
    return found


def _assignment(part: Part, roles: frozenset[str]) -> WorldAssignment:
    if isinstance(part.value, str):
        return WorldAssignment(part.one_of(roles, "role"))
    if not isinstance(part.value, Mapping):
        part.refuse("This must be a role's code, or a mapping of role, from and until.")
    given = part.mapping(ASSIGNMENT_KEYS, required=("role",))
    begin, end = (
        None if at is None or at.value is None else at.moment()
        for at in (given.get("from"), given.get("until"))
    )
    if begin is not None and end is not None and begin >= end:
        given["until"].refuse("The end is not after the beginning (R2); choose a later `until`.")
    return WorldAssignment(given["role"].one_of(roles, "role"), begin, end)


def _records(part: Part, users: Collection[str], catalogue: Catalogue) -> dict[str, WorldRecord]:
    found = {}
    for key, at in _keyed(part).items():
        given = at.mapping(RECORD_KEYS, required=("module",))
        found[key] = WorldRecord(
            key=key,
            module=given["module"].one_of(catalogue.modules, "module"),
            owner=optional_key(given.get("owner"), users, "user"),
            values=read_values(given.get("values", Part({}))),
            deleted=given.get("deleted", Part(False)).flag(),
        )
    return found


def read_values(part: Part) -> dict[str, object]:
    """Read values by the names of their fields, which need not exist.

    Nothing here knows what a field holds, so a bare `yes` or `off` is the bool of YAML 1.1.
    """
    values = {name: at.value for name, at in part.entries().items()}
    return {n: v.is_on if isinstance(v, Switch) else v for n, v in values.items()}


def _share(
    part: Part, records: Collection[str], users: Collection[str], teams: Collection[str]
) -> WorldShare:
    given = part.mapping(SHARE_KEYS, required=("record", "give"))
    user = optional_key(given.get("user"), users, "user")
    team = optional_key(given.get("team"), teams, "team")
    if (user is None) == (team is None):
        part.refuse("A share is to one user or to one team (R19); give either `user` or `team`.")
    return WorldShare(
        record=given["record"].one_of(records, "record"),
        user=user,
        team=team,
        give=cast(Give, given["give"].one_of(get_args(Give), "right to share")),
    )


def _refuse_cycle(parents: Mapping[str, str | None], parts: Mapping[str, Part], what: str) -> None:
    cycle = find_cycle(parents)
    if cycle:
        parts[cycle[0]].refuse(
            f"The {what} form a cycle, {' -> '.join((*cycle, cycle[0]))} (R9); "
            "give one of them another one or null."
        )
