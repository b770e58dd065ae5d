"""What an Owner did since the demonstration's company began: its roles and who holds them.

Everything goes through the services, each step at its own moment in the past, so that the log
and the pages that read it tell a story that happened.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.models.user import State
from roles.core import clock
from roles.core.changes import difference
from roles.core.specs import RoleSpec
from roles.core.vocabulary import EVERY_ACTION, OWN, FieldLevel
from roles.models import Role
from roles.services.assignment import assign_role, unassign_role
from roles.services.installation import install_assignment, make_first_owner
from roles.services.role import change_role, create_role

from .people import PEOPLE, Held
from .roles import (
    DIRECTOR,
    MARKETING_COORDINATOR,
    REGIONAL_SALESPERSON,
    SALES_REP,
    SALESPERSON,
    SENIOR_SALES_REP,
    SUPPORT_AGENT,
)

BEGAN = 545
"""So many days ago somebody became the first Owner."""

EARLIER = {"rep": ("user", 520, 330), "senior": ("sales-rep", 505, 196)}
"""Who held another role before: its code, since when and until when, in days ago."""

Step = tuple[int, Callable[[User], Any]]


def load_history(people: Mapping[str, User], rng: random.Random, now: datetime) -> None:
    """Make the first Owner, and let them do the rest; the oldest step first."""
    owner, began = people["owner"], now - timedelta(days=BEGAN)
    Role.objects.update(created_at=began)  # the built-in ones, which are as old as the company
    with clock.moment(began):
        make_first_owner(owner)
    steps = [*_steps_of_roles(), *_steps_of_people(people, rng, now)]
    for days_ago, act in sorted(steps, key=lambda step: -step[0]):
        hour, minute = rng.randint(8, 17), rng.randrange(60)
        day = now - timedelta(days=days_ago)
        with clock.moment(day.replace(hour=hour, minute=minute) if days_ago else now):
            act(owner)


def _steps_of_roles() -> Iterator[Step]:
    for role, made, versions in _versions():
        first, *later = [*versions, (0, role)]
        source = SALES_REP.code if role is SENIOR_SALES_REP else ""
        yield made, _creating(first[1], source)
        before = first[1]
        for (days_ago, _spec), (_days, after) in zip(versions, later, strict=True):
            yield days_ago, _changing(before, after)
            before = after


def _versions() -> Iterator[tuple[RoleSpec, int, list[tuple[int, RoleSpec]]]]:
    """Give each role, how many days ago it was made, and what it was until how many days ago."""
    reps_alone = SALES_REP.with_changes(
        permissions=SALES_REP.permissions - {"leads.import"},
        records={**SALES_REP.records, "contacts": {EVERY_ACTION: frozenset({OWN})}},
    )
    without_import = reps_alone.with_changes(records=SALES_REP.records)
    yield SALES_REP, 540, [(410, reps_alone), (260, without_import)]
    exporting = SENIOR_SALES_REP.permissions - {"opportunities.export"}
    yield SENIOR_SALES_REP, 200, [(198, SENIOR_SALES_REP.with_changes(permissions=exporting))]
    no_targets = SALESPERSON.permissions - {"targets.view"}
    yield SALESPERSON, 538, [(150, SALESPERSON.with_changes(permissions=no_targets))]
    contacts_only = {"contacts": REGIONAL_SALESPERSON.records["contacts"]}
    yield (
        REGIONAL_SALESPERSON,
        500,
        [(90, REGIONAL_SALESPERSON.with_changes(records=contacts_only))],
    )
    no_report = MARKETING_COORDINATOR.privileges - {"report.export"}
    yield (
        MARKETING_COORDINATOR,
        480,
        [(45, MARKETING_COORDINATOR.with_changes(privileges=no_report))],
    )
    open_notes = {**SUPPORT_AGENT.fields, "contacts": {"phone": FieldLevel.READ_ONLY}}
    yield SUPPORT_AGENT, 470, [(21, SUPPORT_AGENT.with_changes(fields=open_notes))]
    yield DIRECTOR, 530, [(12, DIRECTOR.with_changes(records={}))]


def _creating(spec: RoleSpec, source: str) -> Callable[[User], Any]:
    return lambda owner: create_role(acting_user=owner, wanted=spec, cloned_from=source)


def _changing(before: RoleSpec, after: RoleSpec) -> Callable[[User], Any]:
    return lambda owner: change_role(
        acting_user=owner,
        role=Role.objects.get(code=before.code),
        changes=difference(before, after),
    )


def _steps_of_people(
    people: Mapping[str, User], rng: random.Random, now: datetime
) -> Iterator[Step]:
    made = {role.code: days_ago for role, days_ago, _versions_ in _versions()}
    for username, (code, since, until) in EARLIER.items():
        yield since, _giving(people[username], Held(code), now)
        yield until, _taking(people[username], code)
    for person in PEOPLE:
        for held in person.holds:
            user, since = people[person.username], made.get(held.role, BEGAN)
            if person.username in EARLIER:
                yield EARLIER[person.username][2], _giving(user, held, now)
            elif person.state == State.WAITING:
                yield 0, _registering(user, held)
            elif person.username != "owner":
                yield rng.randint(5, since - 5), _giving(user, held, now)


def _giving(user: User, held: Held, now: datetime) -> Callable[[User], Any]:
    return lambda owner: assign_role(
        acting_user=owner,
        user=user,
        role=Role.objects.get(code=held.role),
        valid_from=_in_days(now, held.starts),
        valid_until=_in_days(now, held.ends),
    )


def _taking(user: User, code: str) -> Callable[[User], Any]:
    return lambda owner: unassign_role(
        acting_user=owner, user=user, role=Role.objects.get(code=code)
    )


def _registering(user: User, held: Held) -> Callable[[User], Any]:
    """Let who registered alone have the role that nobody gave them (D12)."""
    return lambda owner: install_assignment(user=user, role=Role.objects.get(code=held.role))


def _in_days(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)
