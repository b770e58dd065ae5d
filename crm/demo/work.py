"""The demonstration's pipeline and work: opportunities, deals, projects and their tasks."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import log

from accounts.models import User
from crm.models import Account, Contact, Deal, Opportunity, Project, Task
from crm.models.opportunity import OpportunityStage as Stage
from crm.models.project import ProjectStatus
from crm.models.task import TaskPriority, TaskStatus

from . import work_names as names
from .chances import one_of, perhaps
from .frames import WITHOUT_RECORDS, Frame, make_frame, make_frames, store

OPPORTUNITIES, DEALS, TASKS = 120, 90, 250
EACH_HAS = {Opportunity: 3, Deal: 2, Task: 6, Project: 1}

PROBABILITIES = {
    Stage.PROSPECTING: 10,
    Stage.QUALIFICATION: 25,
    Stage.PROPOSAL: 50,
    Stage.NEGOTIATION: 75,
    Stage.WON: 100,
    Stage.LOST: 0,
}
OPEN_STAGES = [Stage.PROSPECTING, Stage.QUALIFICATION, Stage.PROPOSAL, Stage.NEGOTIATION]


def load_work(
    people: Mapping[str, User],
    accounts: Sequence[Account],
    contacts: Sequence[Contact],
    rng: random.Random,
    now: datetime,
) -> dict[str, int]:
    """Make opportunities, deals, projects and tasks; tell how many of each."""
    frames = {
        model: _frames(rng, people, count, EACH_HAS[model], now)
        for model, count in (
            (Opportunity, OPPORTUNITIES),
            (Deal, DEALS),
            (Project, len(names.PROJECTS)),
            (Task, TASKS),
        )
    }
    pipeline = [_opportunity(rng, f, accounts, contacts, now) for f in frames[Opportunity]]
    store(frames[Opportunity], pipeline)
    free = {made.pk: made for made in pipeline if made.stage in (Stage.WON, Stage.LOST)}
    deals = store(frames[Deal], [_deal(rng, f, accounts, free) for f in frames[Deal]])
    projects = _projects(rng, frames[Project], people, now)
    tasks = [_task(rng, f, projects, contacts, now) for f in frames[Task]]
    store(frames[Task], tasks)
    return {
        "opportunities": len(pipeline),
        "deals": len(deals),
        "projects": len(projects),
        "tasks": len(tasks),
    }


def _frames(
    rng: random.Random, people: Mapping[str, User], count: int, minimum: int, now: datetime
) -> list[Frame]:
    """Share records out; one without an owner and one in the trash are there for certain."""
    frames = make_frames(rng, people, count - 2, minimum, now)
    nobodys = make_frame(rng, None, now, may_be_deleted=False)
    deleted = make_frame(rng, people["user"], now, may_be_deleted=False)
    frames += [nobodys, replace(deleted, deleted_at=deleted.changed_at)]
    return sorted(frames, key=lambda frame: frame.created_at)


def _opportunity(
    rng: random.Random,
    frame: Frame,
    accounts: Sequence[Account],
    contacts: Sequence[Contact],
    now: datetime,
) -> Opportunity:
    account = one_of(rng, accounts, frame.owner, strangers=0.15)
    expected = frame.created_at.date() + timedelta(days=rng.randint(25, 190))
    stage = _stage(rng, frame, expected, now)
    people = [contact for contact in contacts if account and contact.account_id == account.pk]
    return Opportunity(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        name=_business(rng),
        account=account,
        contact=one_of(rng, people, frame.owner, strangers=0.3),
        stage=stage,
        amount=_amount(rng) if rng.random() < 0.94 else None,
        probability=_probability(rng, stage),
        close_date=expected,
        notes=perhaps(rng, 0.4, names.OPPORTUNITY_NOTES),
    )


def _stage(rng: random.Random, frame: Frame, expected: date, now: datetime) -> Stage:
    """Close what was expected by now, but for some that slipped; the others by their age."""
    if expected < now.date() and rng.random() < 0.88:
        return rng.choices([Stage.WON, Stage.LOST], weights=(55, 45))[0]
    age = (now - frame.created_at).days
    return rng.choices(OPEN_STAGES, weights=(max(5, 60 - age), 30, 30, min(age, 40)))[0]


def _probability(rng: random.Random, stage: Stage) -> int:
    usual = PROBABILITIES[stage]
    return usual if usual in (0, 100) else usual + rng.choice((-5, 0, 0, 0, 5, 10))


def _deal(
    rng: random.Random, frame: Frame, accounts: Sequence[Account], free: dict[int, Opportunity]
) -> Deal:
    """Make a deal of a closed opportunity of its owner that has none yet, where there is one."""
    closed = frame.created_at.date()
    theirs = [o for o in free.values() if o.owner == frame.owner and not o.deleted_at]
    before = [o for o in theirs if o.close_date <= closed]
    origin = free.pop(rng.choice(before).pk) if before else None
    account = origin.account if origin else one_of(rng, accounts, frame.owner, strangers=0.1)
    won = origin.stage == Stage.WON if origin else rng.random() < 0.6
    amount = (origin.amount if origin else None) or _amount(rng)
    return Deal(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        name=origin.name if origin else _business(rng),
        account=account,
        opportunity=origin,
        amount=amount,
        margin=round(amount * rng.randint(-4, 48) / 100, 2) if won else None,
        won=won,
        closed_on=origin.close_date if origin else closed,
        notes=perhaps(rng, 0.5, names.WON_NOTES if won else names.LOST_NOTES),
    )


def _projects(
    rng: random.Random, frames: Sequence[Frame], people: Mapping[str, User], now: datetime
) -> list[Project]:
    able = [user for name, user in people.items() if name not in WITHOUT_RECORDS]
    chosen = rng.sample(names.PROJECTS, len(frames))
    projects = store(
        frames, [_project(rng, f, *c, now) for f, c in zip(frames, chosen, strict=True)]
    )
    members = Project.members.through
    members.objects.bulk_create(
        members(project_id=project.pk, user_id=user.pk)
        for project in projects
        for user in _team(rng, project.owner, able)
    )
    return projects


def _team(rng: random.Random, owner: User | None, able: Sequence[User]) -> list[User]:
    """Give a few people, the owner first."""
    others = [user for user in able if user != owner]
    return [owner] * bool(owner) + rng.sample(others, rng.randint(1, 6))


def _project(
    rng: random.Random, frame: Frame, name: str, description: str, now: datetime
) -> Project:
    start = frame.created_at.date() + timedelta(days=rng.randint(-10, 60))
    end = start + timedelta(days=rng.randint(40, 300))
    return Project(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        name=name,
        description=description,
        start_date=start,
        end_date=end if rng.random() < 0.9 else None,
        status=_project_status(rng, start, end, now.date()),
    )


def _project_status(rng: random.Random, start: date, end: date, today: date) -> str:
    if today < start:
        return ProjectStatus.PLANNED
    likely = ProjectStatus.ACTIVE if today <= end else ProjectStatus.COMPLETED
    return rng.choices([likely, ProjectStatus.ON_HOLD, ProjectStatus.CANCELLED], (84, 10, 6))[0]


def _task(
    rng: random.Random,
    frame: Frame,
    projects: Sequence[Project],
    contacts: Sequence[Contact],
    now: datetime,
) -> Task:
    """Make a task of a project, about somebody, or of neither."""
    kind = rng.random()
    project = one_of(rng, projects, frame.owner, strangers=0.2) if kind < 0.4 else None
    contact = one_of(rng, contacts, frame.owner, strangers=0) if kind > 0.5 else None
    due = _due(rng, frame, now)
    return Task(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        title=_title(rng, project, contact),
        description=perhaps(rng, 0.3, names.DESCRIPTIONS),
        due_date=due if rng.random() < 0.92 else None,
        priority=rng.choices(TaskPriority.values, weights=(20, 60, 20))[0],
        status=_task_status(rng, due, now.date()),
        project=project,
        related_to=contact,
    )


def _due(rng: random.Random, frame: Frame, now: datetime) -> date:
    """Let a third be due about now, however long ago they were made."""
    if rng.random() < 0.35:
        return max(frame.created_at.date(), now.date() + timedelta(days=rng.randint(-10, 45)))
    return frame.created_at.date() + timedelta(days=rng.randint(2, 45))


def _title(rng: random.Random, project: Project | None, contact: Contact | None) -> str:
    if contact:
        return rng.choice(names.TASKS_WITH_SOMEBODY).format(contact)
    return rng.choice(names.TASKS_OF_PROJECTS if project else names.TASKS)


def _task_status(rng: random.Random, due: date, today: date) -> str:
    """Let what was due be done, mostly, and some of the rest be begun."""
    done = 0.92 if due < today else 0.15
    if rng.random() < done:
        return TaskStatus.DONE
    unfinished = [TaskStatus.OPEN, TaskStatus.IN_PROGRESS, TaskStatus.WAITING]
    return rng.choices(unfinished, weights=(55, 30, 15))[0]


def _business(rng: random.Random) -> str:
    """Name the business, not the company, which not everybody who sees the one may see (R24)."""
    return f"{rng.choice(names.OFFERS)}, {rng.choice(names.PARTS)}"


def _amount(rng: random.Random) -> Decimal:
    return Decimal(max(800, round(rng.lognormvariate(log(24_000), 1.0), -2)))
