"""The demonstration's pipeline: opportunities, and the deals that some of them became."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import log

from accounts.models import User
from crm.models import Account, Contact, Deal, Opportunity
from crm.models.opportunity import OpportunityStage as Stage

from . import work_names as names
from .chances import Choices, perhaps
from .frames import SELLING, Frame, make_certain_frames, store

OPPORTUNITIES, DEALS = 480, 360
EACH_HAS = {Opportunity: 3, Deal: 2}

PROBABILITIES = {
    Stage.PROSPECTING: 10,
    Stage.QUALIFICATION: 25,
    Stage.PROPOSAL: 50,
    Stage.NEGOTIATION: 75,
    Stage.WON: 100,
    Stage.LOST: 0,
}
OPEN_STAGES = [Stage.PROSPECTING, Stage.QUALIFICATION, Stage.PROPOSAL, Stage.NEGOTIATION]


def load_pipeline(
    people: Mapping[str, User],
    accounts: Sequence[Account],
    contacts: Sequence[Contact],
    rng: random.Random,
    now: datetime,
) -> dict[str, int]:
    """Make opportunities and deals; tell how many of each."""
    frames = {
        model: make_certain_frames(rng, people, count, EACH_HAS[model], now, SELLING)
        for model, count in ((Opportunity, OPPORTUNITIES), (Deal, DEALS))
    }
    companies, by_account = Choices(accounts), _by_account(contacts)
    pipeline = [_opportunity(rng, f, companies, by_account, now) for f in frames[Opportunity]]
    store(frames[Opportunity], pipeline)
    closed = _closed(pipeline)
    deals = store(frames[Deal], [_deal(rng, f, companies, closed) for f in frames[Deal]])
    return {"opportunities": len(pipeline), "deals": len(deals)}


def _by_account(contacts: Sequence[Contact]) -> dict[int, Choices[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    for contact in contacts:
        if contact.account_id:
            found[contact.account_id].append(contact)
    return {account: Choices(people) for account, people in found.items()}


def _closed(pipeline: Sequence[Opportunity]) -> dict[int | None, list[Opportunity]]:
    """Give what was won or lost by owner, for a deal each."""
    found: dict[int | None, list[Opportunity]] = defaultdict(list)
    for made in pipeline:
        if made.stage in (Stage.WON, Stage.LOST) and not made.deleted_at:
            found[made.owner_id].append(made)
    return found


def _opportunity(
    rng: random.Random,
    frame: Frame,
    accounts: Choices[Account],
    contacts: Mapping[int, Choices[Contact]],
    now: datetime,
) -> Opportunity:
    account = accounts.one_of(rng, frame.owner, strangers=0.15)
    people = contacts.get(account.pk) if account else None
    expected = frame.created_at.date() + timedelta(days=rng.randint(25, 190))
    stage = _stage(rng, frame, expected, now)
    return Opportunity(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        name=_business(rng),
        account=account,
        contact=people.one_of(rng, frame.owner, strangers=0.3) if people else None,
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
    rng: random.Random,
    frame: Frame,
    accounts: Choices[Account],
    closed: dict[int | None, list[Opportunity]],
) -> Deal:
    """Make a deal of a closed opportunity of its owner that has none yet, where there is one."""
    day = frame.created_at.date()
    theirs = closed[frame.owner.pk if frame.owner else None]
    before = [number for number, o in enumerate(theirs) if o.close_date <= day]
    origin = theirs.pop(rng.choice(before)) if before else None
    account = origin.account if origin else accounts.one_of(rng, frame.owner, strangers=0.1)
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
        closed_on=origin.close_date if origin else day,
        notes=perhaps(rng, 0.5, names.WON_NOTES if won else names.LOST_NOTES),
    )


def _business(rng: random.Random) -> str:
    """Name the business, not the company, which not everybody who sees the one may see (R24)."""
    return f"{rng.choice(names.OFFERS)}, {rng.choice(names.PARTS)}"


def _amount(rng: random.Random) -> Decimal:
    return Decimal(max(800, round(rng.lognormvariate(log(24_000), 1.0), -2)))
