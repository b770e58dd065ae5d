"""Goals c, c2 and d: the first page of a list in reach, by scope, reader and size of the table.

Every side makes 50 contacts of what it reads, in the same order: that is checked first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from crm.models import Contact
from rbac_site.backends import SiteBackend
from roles import policy
from roles.models import Role, RoleAssignment
from roles.services.installation import install_assignment

from . import by_hand, company, guardian, world
from .company import PROFILES, SCOPES, Profile
from .plan import Plan
from .rows import Cell, Row, digits, ratio
from .timing import all_turns, cpu_seconds_of, seconds_of

ROWS = 50
FEW, SLOW = 3, 0.1
"""So often is measured what is only compared with, and once if it took more seconds than this."""

PATIENCE = 2
"""A statement that takes more seconds is given up."""

GUARDIAN_MAX = 100_000
AT_ONCE = ("own", "all")
GOALS = {"floor": 15, "hand": 1.2, "best": 5, "p95": 2.5, "growth": 3.5, "at once": 1.2}


@dataclass(slots=True)
class Page:
    """One reader with one set of scopes, and what each side took on tables of each size."""

    profile: Profile
    scopes: str
    user: Any
    took: dict[int, dict[str, float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the line is called."""
        return f"{self.profile.name}, {self.scopes}"

    def times(self, size: int, side: str, other: str = "floor") -> float | None:
        """Give how many times as long one side took as another, if it was measured at all."""
        took = self.took[size]
        return took[side] / took[other] if {side, other} <= took.keys() else None


Read = Callable[[], list[Contact]]


def measure(plan: Plan) -> list[Row]:
    """Measure every reader and scope on tables of each size."""
    company.build()
    pages = [_page(profile, scopes) for profile in PROFILES for scopes in SCOPES]
    for size in plan.sizes:
        company.load_contacts(size)
        if size <= GUARDIAN_MAX:
            guardian.grant()
        for page in pages:
            page.took[size] = _measured(page, size, plan.rounds)
    company.clear_contacts()
    plan.cells.extend(_cell(page, plan.sizes) for page in pages)
    return list(_summary(pages, plan.sizes))


def _page(profile: Profile, scopes: str) -> Page:
    person = world.person(profile.username)
    RoleAssignment.objects.filter(user=person).delete()
    install_assignment(user=person, role=Role.objects.get(code=company.role_code(scopes)))
    user = SiteBackend().get_user(person.pk)
    policy.access_for(user)
    return Page(profile, scopes, user)


def _measured(page: Page, size: int, rounds: int) -> dict[str, float]:
    """Time all sides, the slow ones apart, and give medians with the 95th percentile of ours."""
    sides, others = dict(_sides(page)), dict(_others(page, size))
    rows = sides["ours"]()
    if len(rows) != ROWS:
        raise AssertionError(f"{page.name}: {len(rows)} rows of {size}.")
    once = {name: _once(read, rows, f"{page.name}, {name}") for name, read in others.items()}
    hand = {
        name: took for name, took in once.items() if name in by_hand.POSTGRESQL | by_hand.SQLITE
    }
    same = by_hand.same_form(connection.vendor, page.profile.owners(page.scopes))
    if hand:
        sides |= {"hand": others[same], "best": others[min(hand, key=lambda name: hand[name])]}
    took = all_turns({name: partial(_seconds, read) for name, read in sides.items()}, rounds)
    found = {name: median(values) for name, values in took.items()}
    ordered = sorted(took["ours"])
    found |= {"p50": found["ours"], "p95": ordered[int(len(ordered) * 0.95)]}
    return found | {name: once[name] for name in ("naive", "guardian") if name in once}


def _seconds(read: Read) -> float:
    """Take the processor's time where the database works in this process, else the clock's."""
    return (cpu_seconds_of if connection.vendor == "sqlite" else seconds_of)(read)


def _once(read: Read, expected: list[Contact], what: str) -> float:
    """Check the rows and time it, a slow one only once; infinity where patience ran out."""
    found: list[list[Contact]] = []
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}s'")
            first = _seconds(lambda: found.append(read()))
            if found[0] != expected:
                raise AssertionError(f"{what} gives other rows.")
            return first if first > SLOW else median(_seconds(read) for _number in range(FEW))
    except OperationalError:
        return float("inf")


def _sides(page: Page) -> Iterator[tuple[str, Read]]:
    """Give what is measured in turns: the floor, ours, and our statement without the ORM."""
    everything = Contact.objects.filter(deleted_at=None)
    yield "floor", lambda: list(everything.all()[:ROWS])

    def ours() -> Any:
        return policy.planned(policy.accessible(Contact.objects.all(), page.user)[:ROWS])

    sql, parameters = ours().query.sql_with_params()
    yield "ours", lambda: list(ours())
    yield "statement", lambda: list(Contact.objects.raw(sql, parameters))


def _others(page: Page, size: int) -> Iterator[tuple[str, Read]]:
    """Give what is compared with: as Django's ORM writes it, by hand, and guardian's."""
    if page.scopes == "all":
        return
    yield "naive", partial(_naive, page)
    statements = by_hand.statements(connection.vendor, page.user.pk, SCOPES[page.scopes])
    for name, sql in statements.items():
        yield name, lambda sql=sql: list(Contact.objects.raw(sql))
    if page.scopes == guardian.SCOPES and size <= GUARDIAN_MAX:
        yield "guardian", lambda: list(guardian.contacts(page.user)[:ROWS])


def _naive(page: Page) -> list[Contact]:
    """Read the list by the conditions as one writes them who has not met profile V."""
    shared = company.shared_with(page.user)
    mine = Q(owner=page.user.pk) | Q(pk__in=shared)
    for owners in company.owners_of(page.user, SCOPES[page.scopes]):
        mine |= Q(owner__in=owners)
    return list(Contact.objects.filter(mine, deleted_at=None)[:ROWS])


# What stands in the tables


def _cell(page: Page, sizes: tuple[int, ...]) -> Cell:
    last = sizes[-1]
    some = max(size for size in sizes if size <= GUARDIAN_MAX)
    return Cell(
        page.name,
        {
            "ours, × floor": _figure(page.times(last, "ours")),
            "naive, × floor": _figure(page.times(last, "naive")),
            "ours, × hand SQL": _figure(page.times(last, "ours", "hand")),
            "its statement, × hand SQL": _figure(page.times(last, "statement", "hand")),
            "ours, × best SQL": _figure(page.times(last, "ours", "best")),
            "p95 × p50": _figure(page.times(last, "p95", "p50")),
            f"{sizes[0]:,} → {last:,}": _figure(_growth(page, sizes)),
            f"at {some:,}: ours, × floor": _figure(page.times(some, "ours")),
            "guardian, × floor": _figure(page.times(some, "guardian")),
        },
    )


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return "gave up" if value == float("inf") else digits(value)


def _growth(page: Page, sizes: tuple[int, ...]) -> float:
    """Give by how much ours grew beside the floor, whose 50 rows cost the same in any table."""
    return _times(page, sizes[-1], "ours") / _times(page, sizes[0], "ours")


def _times(page: Page, size: int, side: str, other: str = "floor") -> float:
    return page.times(size, side, other) or 0


def _summary(pages: list[Page], sizes: tuple[int, ...]) -> Iterator[Row]:
    """Give the worst of all readers and scopes for each goal; beside it the naive form's worst."""
    last = sizes[-1]
    what = f"first page of 50 of {last:,} contacts"
    for scopes in AT_ONCE:
        chosen = [page for page in pages if page.scopes == scopes]
        worst = max(_times(page, last, "ours") for page in chosen)
        naive = max(_times(page, last, "naive") for page in chosen) or None
        limit = GOALS["at once"]
        yield ratio("c", f"{what}, {scopes}: × floor", worst, naive, limit=limit)
    others = [page for page in pages if page.scopes not in AT_ONCE]

    def worst_of(side: str, other: str) -> float:
        return max(_times(page, last, side, other) for page in others)

    what = f"{what}, worst of 12"
    yield ratio(
        "c2",
        f"{what}: × floor",
        worst_of("ours", "floor"),
        worst_of("naive", "floor"),
        limit=GOALS["floor"],
    )
    yield ratio("c2", f"{what}: × hand SQL", worst_of("ours", "hand"), limit=GOALS["hand"])
    yield ratio(
        "c2",
        f"{what}: the statement without the ORM, × hand SQL",
        worst_of("statement", "hand"),
        limit=GOALS["hand"],
    )
    yield ratio("c2", f"{what}: × the best SQL", worst_of("ours", "best"), limit=GOALS["best"])
    yield ratio("c2", f"{what}: p95 × p50", worst_of("p95", "p50"), limit=GOALS["p95"])
    growth = max(_growth(page, sizes) for page in pages)
    yield ratio("d", f"{sizes[0]:,} → {last:,}, worst of 18", growth, limit=GOALS["growth"])
