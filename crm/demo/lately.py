"""What the people of the demonstration did with their records these last weeks.

Everything goes through the services, by the people themselves and within what they may do, so
that the log, the histories and the shares of records tell of work that was done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Team, User
from crm.models import Account, Contact, Deal, Lead, Opportunity, Project, Task
from crm.models.lead import LeadRating, LeadStatus
from crm.models.project import ProjectStatus
from crm.models.record import Record
from crm.models.task import TaskPriority
from roles.core import clock
from roles.services.records import change_record, delete_record
from roles.services.sharing import share_record, shares_of, unshare_record

from .organisation import TEAMS

Act = Callable[[User, Record, Mapping[str, User]], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, so many days ago, with one of their records or of those of `of`.

    `number` counts the records that were there by then, the newest first.
    """

    days_ago: float
    who: str
    model: type[Record]
    act: Act
    number: int = 0
    of: str = ""


def _set(**values: Any) -> Act:
    """Change fields."""

    def act(who: User, record: Record, people: Mapping[str, User]) -> None:
        for name, value in values.items():
            setattr(record, name, value)
        change_record(acting_user=who, record=record)

    return act


def _hand_to(username: str) -> Act:
    """Give the record to another owner."""
    return lambda who, record, people: _set(owner=people[username])(who, record, people)


def _share(receiver: str, give: str = "view") -> Act:
    """Open the record to a person or a team, by username or code."""
    return lambda who, record, people: share_record(
        acting_user=who, record=record, receiver=_named(receiver, people), give=give
    )


def _take_back(who: User, record: Record, people: Mapping[str, User]) -> None:
    """Close again what they opened first."""
    theirs = shares_of(record)._default_manager.filter(given_by=who)
    if (first := theirs.order_by("pk").first()) is not None:
        unshare_record(acting_user=who, share=first)


def _delete(who: User, record: Record, people: Mapping[str, User]) -> None:
    delete_record(acting_user=who, record=record)


def _named(receiver: str, people: Mapping[str, User]) -> Any:
    return Team.objects.get(code=receiver) if receiver in TEAMS else people[receiver]


LATELY = (
    Done(41, "rep", Contact, _share("salesperson"), number=1),
    Done(38, "director", Lead, _set(status=LeadStatus.LOST), number=1),
    Done(37, "director", Lead, _delete, number=1),
    Done(33, "owner", Contact, _share("key-accounts", "edit")),
    Done(31, "salesperson", Opportunity, _share("dach")),
    Done(29, "support", Contact, _set(title="Head of Purchasing"), of="user"),
    Done(28, "manager", Lead, _hand_to("rep"), of="user"),
    Done(26, "marketing", Lead, _share("newsletter", "edit")),
    Done(24, "senior", Opportunity, _share("rep", "edit")),
    Done(23, "rep", Contact, _take_back, number=1),
    Done(21, "director", Deal, _share("manager", "edit")),
    Done(20, "user", Opportunity, _share("uk-ireland", "edit")),
    Done(19, "owner", Contact, _share("support")),
    Done(17, "user", Contact, _share("rep")),
    Done(16, "rep", Contact, _share("user")),
    Done(15, "admin", Account, _set(employees=240)),
    Done(13, "manager", Account, _share("nordics")),
    Done(12, "regional", Contact, _set(title="Managing Director"), of="salesperson"),
    Done(11, "director", Project, _set(status=ProjectStatus.ACTIVE)),
    Done(10, "director", Project, _share("price-list")),
    Done(9, "marketing", Lead, _set(rating=LeadRating.HOT, notes="Read every newsletter.")),
    Done(8, "owner", Contact, _share("guest")),  # to no purpose: a Guest views no contacts
    Done(7, "support", Task, _share("rep", "edit")),
    Done(6, "senior", Opportunity, _set(amount=Decimal(41_800))),
    Done(5, "rep", Lead, _set(rating=LeadRating.WARM, notes="Asked for an offer.")),
    Done(4, "user", Contact, _set(phone="+44 20 7946 0155")),
    Done(3, "rep", Lead, _share("user", "edit")),
    Done(2, "user", Task, _set(priority=TaskPriority.HIGH)),
    Done(1, "salesperson", Opportunity, _set(notes="They ask for a longer guarantee.")),
    Done(0.9, "owner", Contact, _set(title="Chief Operating Officer")),
    Done(0.2, "rep", Opportunity, _set(notes="They decide next month.")),
)
"""The oldest first."""


def load_lately(people: Mapping[str, User], now: datetime) -> None:
    """Let everybody do it, each step at its moment."""
    for number, done in enumerate(LATELY):
        at = _moment(now, done.days_ago, number)
        record = _record_of(done, people[done.of or done.who], at)
        if record is None:
            continue  # by another seed they had none by then
        with clock.moment(at):
            done.act(people[done.who], record, people)
        # Django dates a change by its own clock.
        done.model._default_manager.filter(pk=record.pk).update(changed_at=at)


def _moment(now: datetime, days_ago: float, number: int) -> datetime:
    """Give an hour of the office on a working day; of today, so long ago."""
    if days_ago < 1:
        return now - timedelta(days=days_ago)
    day = now - timedelta(days=days_ago)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return day.replace(hour=8 + number % 10, minute=7 * number % 60, second=0, microsecond=0)


def _record_of(done: Done, owner: User, at: datetime) -> Record | None:
    there = done.model._default_manager.filter(owner=owner, deleted_at=None, created_at__lt=at)
    newest = there.order_by("-created_at", "-pk")
    return newest[done.number : done.number + 1].first()
