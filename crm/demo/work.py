"""The demonstration's work: projects, and tasks of them, about somebody, or of neither."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from accounts.models import User
from crm.models import Contact, Project, Task
from crm.models.project import ProjectStatus
from crm.models.task import TaskPriority, TaskStatus

from . import work_names as names
from .chances import Choices, perhaps
from .frames import SELLING, SERVING, WITHOUT_RECORDS, Frame, make_certain_frames, store

TASKS = 900
EACH_HAS = {Project: 1, Task: 6}
TRADES = {
    Project: {"marketing": 5, "operations": 5, "finance": 3},
    Task: SELLING | SERVING,
}


def load_work(
    people: Mapping[str, User],
    contacts: Sequence[Contact],
    rng: random.Random,
    now: datetime,
) -> dict[str, int]:
    """Make projects and tasks; tell how many of each."""
    frames = {
        model: make_certain_frames(rng, people, count, EACH_HAS[model], now, TRADES[model])
        for model, count in ((Project, len(names.PROJECTS)), (Task, TASKS))
    }
    projects = _projects(rng, frames[Project], people, now)
    plans, known = Choices(projects), Choices(contacts)
    tasks = [_task(rng, f, plans, known, now) for f in frames[Task]]
    store(frames[Task], tasks)
    return {"projects": len(projects), "tasks": len(tasks)}


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
    projects: Choices[Project],
    contacts: Choices[Contact],
    now: datetime,
) -> Task:
    """Make a task of a project, about somebody, or of neither."""
    kind = rng.random()
    project = projects.one_of(rng, frame.owner, strangers=0.2) if kind < 0.4 else None
    contact = contacts.one_of(rng, frame.owner, strangers=0) if kind > 0.5 else None
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
