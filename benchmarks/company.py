"""A company of 10,000 people, 200 departments and 1,000 teams, and its contacts.

Three people read the list. U leads 400 whose records are spread evenly in time. V leads 400 as
well, whose records all lie in the oldest tenth: a plan that walks the newest rows until it has
found 50 reads nine tenths of the table. W leads 2,000, who own a fifth of everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Department, DepartmentLink, Membership, ReportingLink, Team
from accounts.models.closure import store_tree
from crm.models import Contact, ContactShare
from roles.core.specs import RoleSpec
from roles.services.installation import install_role

from . import world
from .copies import copy_row, numbers
from .peers.models import ContactUserObjectPermission

PEOPLE = 10_000
TEAMS = 1_000
ROOTS, BELOW = 25, 7
"""So many departments lie below none, and each has so many below it: 200 in all."""

MIDDLE = 20
"""So many report to a leader directly; all others of theirs report to one of these."""

SCOPES = {
    "own": ("own",),
    "team": ("team",),
    "department": ("department",),
    "reporting line": ("reporting_line",),
    "all three": ("team", "department", "reporting_line"),
    "all": ("all",),
}
SHARED = 20
"""So many contacts are shared with each reader, half of them by way of a team."""

DELETED = 47
"""One record in so many lies in the trash."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A reader: the numbers of the people below them, and how many share teams and department.

    A team's members and a department's people are among those below the reader.
    """

    name: str
    first: int
    last: int
    teams: tuple[int, ...]
    in_team: int
    root: int
    in_department: int

    def owners(self, scopes: str) -> int:
        """Count whose records they reach, themselves among them."""
        found = {
            "team": len(self.teams) * self.in_team,
            "department": self.in_department,
            "reporting_line": self.last - self.first + 1,
        }
        return 1 + max(found.get(scope, 0) for scope in SCOPES[scopes])

    @property
    def username(self) -> str:
        """The name under which they are stored."""
        return f"bench-{self.name.lower()}"


PROFILES = (
    Profile("U", 1, 400, (0, 1), 6, 0, 312),
    Profile("V", 401, 800, (2, 3), 6, 1, 312),
    Profile("W", 801, 2_800, (4, 5, 6), 50, 2, 1_600),
)
OLD = PROFILES[1]
OWN = 100
"""So many contacts each reader owns, in the time in which those of their people lie."""

REST = 2_801
"""From this number on people belong to no reader."""


def build() -> None:
    """Make the people, their organisation, and a role for each set of scopes."""
    for name, scopes in SCOPES.items():
        records = {"contacts": {"*": frozenset(scopes)}}
        spec = RoleSpec(
            role_code(name),
            f"Bench {name}",
            permissions=frozenset({world.VIEWED}),
            records=records,
        )
        install_role(spec)
    zero = _people()
    _memberships(zero)
    _lines(zero)


def role_code(scopes: str) -> str:
    """Give the code of the role that views contacts within these scopes."""
    return f"bench-sees-{scopes.replace(' ', '-')}"


def owners_of(user: Any, scopes: Iterable[str]) -> list[QuerySet]:
    """Give the owners in each of the scopes, as a project without roles would ask for them."""
    departments = DepartmentLink.objects.filter(ancestor=user.department_id)
    found = {
        "team": Membership.objects.filter(team__memberships__user=user.pk).values("user"),
        "department": get_user_model()
        .objects.order_by()
        .filter(department__in=departments.values("descendant"))
        .values("pk"),
        "reporting_line": ReportingLink.objects.filter(ancestor=user.pk).values("descendant"),
    }
    return [found[scope] for scope in scopes if scope in found]


def shared_with(user: Any) -> QuerySet:
    """Give the contacts that are shared with the person or a team of theirs."""
    theirs = Q(user=user.pk) | Q(team__memberships__user=user.pk)
    return ContactShare.objects.order_by().filter(theirs).values("record")


def _people() -> int:
    """Make everybody, and give the key of number 0: that of number p lies p above it."""
    departments = store_tree(_tree(), lambda code, up: Department(code=code, name=code, parent=up))
    first = min(department.pk for department in departments.values())
    number_zero = world.make_person("bench-person-0")
    below = f"{first} + CASE WHEN i % 8 = 0 THEN %s ELSE {ROOTS} + %s * {BELOW} + i % 8 - 1 END"
    cases = [
        f"WHEN i BETWEEN {p.first} AND {p.first + p.in_department - 1} "
        f"THEN {below.replace('%s', str(p.root))}"
        for p in PROFILES
    ]
    others = below.replace("%s", f"({len(PROFILES)} + i % {ROOTS - len(PROFILES)})")
    cases.append(f"WHEN i >= {REST} THEN {others}")
    name = "'bench-person-' || i"
    replaced = {
        "username": name,
        "email": f"{name} || '@example.com'",
        "department_id": f"CASE {' '.join(cases)} END",
    }
    copy_row(number_zero, numbers(1, PEOPLE), replaced)
    for profile in PROFILES:
        person = world.make_person(profile.username)
        person.department = departments[f"bench-root-{profile.root}"]
        person.save(update_fields=["department"])
    return number_zero.pk


def _tree() -> dict[str, str | None]:
    roots: dict[str, str | None] = {f"bench-root-{root}": None for root in range(ROOTS)}
    return roots | {
        f"bench-{root}-{k}": f"bench-root-{root}" for root in range(ROOTS) for k in range(BELOW)
    }


def _memberships(zero: int) -> None:
    teams = Team.objects.bulk_create(
        Team(code=f"bench-{number}", name=f"Bench {number}") for number in range(TEAMS)
    )
    rows = []
    for profile in PROFILES:
        for place, number in enumerate(profile.teams):
            start = zero + profile.first + place * profile.in_team
            members = [world.person(profile.username).pk, *range(start, start + profile.in_team)]
            rows += [Membership(team=teams[number], user_id=pk) for pk in members]
    free = TEAMS - sum(len(profile.teams) for profile in PROFILES)
    rows += [
        Membership(team=teams[TEAMS - 1 - p % free], user_id=zero + p)
        for p in range(REST, PEOPLE + 1)
    ]
    Membership.objects.bulk_create(rows, batch_size=500)


def _lines(zero: int) -> None:
    """Let people report to a leader, most through somebody in the middle."""
    links = []
    for profile in PROFILES:
        leader = world.person(profile.username).pk
        for p in range(profile.first, profile.last + 1):
            middle = profile.first + p % MIDDLE
            direct = p < profile.first + MIDDLE
            links.append(_link(leader, zero + p, 1 if direct else 2))
            if not direct:
                links.append(_link(zero + middle, zero + p, 1))
    links += [_link(zero + REST + p % 60, zero + p, 1) for p in range(REST + 60, PEOPLE + 1)]
    ReportingLink.objects.bulk_create(links, batch_size=500)
    table, links_table = (m._meta.db_table for m in (get_user_model(), ReportingLink))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET manager_id = (SELECT ancestor_id FROM {links_table} "
            f"WHERE descendant_id = {table}.id AND depth = 1)"
        )


def _link(above: int, below: int, depth: int) -> ReportingLink:
    return ReportingLink(ancestor_id=above, descendant_id=below, depth=depth)


def clear_contacts() -> None:
    """Take all contacts away, and what hangs on them."""
    table = Contact._meta.db_table
    with connection.cursor() as cursor:
        if _on_postgres():
            cursor.execute(f"TRUNCATE {table} CASCADE")
        else:
            for hanging in (ContactShare, ContactUserObjectPermission):
                cursor.execute(f"DELETE FROM {hanging._meta.db_table}")
            cursor.execute(f"DELETE FROM {table}")


def load_contacts(how_many: int) -> None:
    """Make so many contacts instead of those that are there, two of each second."""
    clear_contacts()
    zero = world.person("bench-person-0").pk
    original = Contact.objects.create(last_name="0")
    moment = (
        "TIMESTAMPTZ '2020-01-01 00:00:00Z' + (i / 2) * INTERVAL '1 second'"
        if _on_postgres()
        else "datetime('2020-01-01', '+' || (i / 2) || ' seconds')"
    )
    replaced = {
        "last_name": "'Contact ' || i",
        "owner_id": f"{zero} + {_owner(how_many, zero)}",
        "created_at": moment,
        "deleted_at": f"CASE WHEN i % {DELETED} = 0 THEN {moment} END",
    }
    copy_row(original, numbers(1, how_many), replaced)
    Contact.objects.filter(pk=original.pk)._raw_delete(Contact.objects.db)
    _share(original.pk, how_many)
    analyze()


def _share(first: int, how_many: int) -> None:
    """Share some with each reader and with a team of theirs, and one in a hundred with anybody."""
    rows = {}
    for place, profile in enumerate(PROFILES):
        reader = world.person(profile.username)
        span = how_many // 10 if profile is OLD else how_many
        team = reader.memberships.order_by("pk")[0].team_id
        for number in range(SHARED):
            record = first + 1 + place + number * (span // SHARED)
            rows[record] = {"team_id": team} if number % 2 else {"user_id": reader.pk}
    zero = world.person("bench-person-0").pk
    for number in range(how_many // 100):
        record = first + 50 + number * 100 % how_many
        rows.setdefault(record, {"user_id": zero + 1 + number % PEOPLE})
    ContactShare.objects.bulk_create(
        (ContactShare(record_id=pk, **to) for pk, to in rows.items() if pk <= first + how_many),
        batch_size=1000,
    )


def _owner(how_many: int, zero: int) -> str:
    """Give a record's owner by its number: V's people own none but the oldest tenth's."""
    hidden, others = OLD.last - OLD.first + 1, PEOPLE - (OLD.last - OLD.first + 1)
    any_other = f"((i * 7919 + i / {others}) % {others})"
    readers = [
        f"WHEN i % {(how_many // 10 if p is OLD else how_many) // OWN} = {7 + place} "
        f"AND i <= {how_many // 10 if p is OLD else how_many} "
        f"THEN {world.person(p.username).pk} - {zero}"
        for place, p in enumerate(PROFILES)
    ]
    return (
        f"CASE {' '.join(readers)} WHEN i <= {how_many // 10} AND i % 10 < 4 "
        f"THEN {OLD.first} + (i / 10 * 4 + i % 10) % {hidden} "
        f"WHEN {any_other} < {OLD.first - 1} THEN {any_other} + 1 "
        f"ELSE {any_other} + {hidden + 1} END"
    )


def analyze() -> None:
    """Let the planner know what was loaded: stale statistics are worth any ratio."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _on_postgres() -> bool:
    return connection.vendor == "postgresql"
