"""The records of the demonstration account, made up from the word lists by a seed."""

import random
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from math import log

from accounts.models import User
from crm.models import Account, Contact, Lead
from crm.models.lead import LeadRating, LeadSource, LeadStatus

from . import names
from .chances import Choices, perhaps
from .frames import SELLING, SERVING, Frame, make_frames, store
from .pipeline import load_pipeline
from .work import load_work

ACCOUNTS, CONTACTS, LEADS = 420, 1500, 800
EACH_HAS = {Account: 3, Contact: 10, Lead: 5}
"""How many records nobody but guest and waiting can have fewer of, none of them deleted."""

TRADES = {
    Account: SELLING,
    Contact: SELLING | SERVING,
    Lead: SELLING | {"marketing": 9, "campaigns": 9},
}


def load_records(people: Mapping[str, User], rng: random.Random, now: datetime) -> dict[str, int]:
    """Make every kind of record; tell how many of each."""
    companies = _companies(rng)
    names_of_companies, others = companies[:ACCOUNTS], [name for name, _ in companies[ACCOUNTS:]]
    frames = {
        model: make_frames(rng, people, count, EACH_HAS[model], now, TRADES[model])
        for model, count in ((Account, ACCOUNTS), (Contact, CONTACTS), (Lead, LEADS))
    }
    accounts = store(
        frames[Account],
        [_account(rng, f, *c) for f, c in zip(frames[Account], names_of_companies, strict=True)],
    )
    known = Choices(accounts)
    contacts = [_contact(rng, f, n, known) for f, n in _with_names(rng, frames[Contact])]
    leads = [_lead(rng, f, n, rng.choice(others)) for f, n in _with_names(rng, frames[Lead])]
    store(frames[Contact], contacts)
    store(frames[Lead], leads)
    counts = {"accounts": len(accounts), "contacts": len(contacts), "leads": len(leads)}
    counts |= load_pipeline(people, accounts, contacts, rng, now)
    return counts | load_work(people, contacts, rng, now)


def _companies(rng: random.Random) -> list[tuple[str, str]]:
    """Give every possible company, name and industry, in the seed's order."""
    pairs = list(product(names.COMPANY_STEMS, names.COMPANY_KINDS))
    rng.shuffle(pairs)
    return [(f"{stem} {kind}", industry) for stem, (kind, industry) in pairs]


def _with_names(rng: random.Random, frames: list[Frame]) -> Iterable[tuple[Frame, tuple[str, str]]]:
    """Give each frame a full name that no other record of its kind has."""
    pairs = list(product(names.FIRST_NAMES, names.LAST_NAMES))
    return zip(frames, rng.sample(pairs, len(frames)), strict=True)


def _account(rng: random.Random, frame: Frame, name: str, industry: str) -> Account:
    town, country, number = rng.choice(names.PLACES)
    revenue = min(round(rng.lognormvariate(log(9_000_000), 1.3), -4), 4_000_000_000)
    employees = max(3, int(revenue / rng.uniform(90_000, 260_000)))
    return Account(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        name=name,
        website=f"https://www.{_domain(name)}",
        industry=industry,
        phone=_telephone(rng, number),
        annual_revenue=Decimal(int(revenue)) if rng.random() < 0.9 else None,
        employees=employees if rng.random() < 0.9 else None,
        billing_address=f"{rng.randint(1, 240)} {rng.choice(names.STREETS)}\n{town}\n{country}",
        notes=perhaps(rng, 0.4, names.ACCOUNT_NOTES),
    )


def _contact(
    rng: random.Random, frame: Frame, name: tuple[str, str], accounts: Choices[Account]
) -> Contact:
    account = _account_for(rng, frame.owner, accounts)
    domain = _domain(account.name) if account else "mail.example"
    return Contact(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        first_name=name[0],
        last_name=name[1],
        email=_address(name, domain),
        phone=_telephone(rng, rng.choice(names.PLACES)[2]),
        title=perhaps(rng, 0.9, names.TITLES),
        birth_date=_birth_date(rng) if rng.random() < 0.5 else None,
        account=account,
        notes=perhaps(rng, 0.35, names.CONTACT_NOTES),
    )


def _account_for(
    rng: random.Random, owner: User | None, accounts: Choices[Account]
) -> Account | None:
    """Choose an account, mostly one of the same owner; now and then none."""
    if rng.random() < 0.08:
        return None
    account = accounts.one_of(rng, owner, strangers=0.3)
    return account or accounts.one_of(rng, owner, strangers=1)


def _lead(rng: random.Random, frame: Frame, name: tuple[str, str], company: str) -> Lead:
    return Lead(
        owner=frame.owner,
        deleted_at=frame.deleted_at,
        first_name=name[0],
        last_name=name[1],
        company=company,
        email=_address(name, _domain(company)),
        phone=_telephone(rng, rng.choice(names.PLACES)[2]) if rng.random() < 0.8 else "",
        source=rng.choices(LeadSource.values, weights=(40, 20, 15, 20, 5))[0],
        status=rng.choices(LeadStatus.values, weights=(35, 30, 20, 15))[0],
        rating=rng.choices(LeadRating.values, weights=(20, 45, 35))[0],
        notes=perhaps(rng, 0.45, names.LEAD_NOTES),
    )


def _telephone(rng: random.Random, pattern: str) -> str:
    return "".join(str(rng.randint(0, 9)) if sign == "#" else sign for sign in pattern)


def _birth_date(rng: random.Random) -> date:
    return date(1958, 1, 1) + timedelta(days=rng.randrange(44 * 365))


def _domain(company: str) -> str:
    return f"{_plain(company)}.example"


def _address(name: tuple[str, str], domain: str) -> str:
    return f"{_plain(name[0])}.{_plain(name[1])}@{domain}"


def _plain(text: str) -> str:
    """Keep the ASCII letters, in small, as addresses do."""
    letters = unicodedata.normalize("NFKD", text.replace("ø", "o"))
    return "".join(sign for sign in letters if sign.isascii() and sign.isalpha()).lower()
