"""Where the people of the demonstration account belong: departments, teams, managers."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Membership, Team, User
from accounts.models.closure import store_tree
from accounts.models.user import State

from .people import PASSWORD, PEOPLE, Person

DEPARTMENTS = {
    "head-office": ("Head Office", None),
    "sales": ("Sales", "head-office"),
    "sales-north": ("Sales North", "sales"),
    "sales-south": ("Sales South", "sales"),
    "sales-overseas": ("Sales Overseas", "sales"),
    "marketing": ("Marketing", "head-office"),
    "campaigns": ("Campaigns", "marketing"),
    "service": ("Customer Service", "head-office"),
    "help-desk": ("Help Desk", "service"),
    "onboarding": ("Onboarding", "service"),
    "operations": ("Operations", "head-office"),
    "finance": ("Finance", "operations"),
}
"""Code to name and the code of the one above."""

TEAMS = {
    "nordics": "Nordics",
    "dach": "Germany, Austria, Switzerland",
    "benelux": "Benelux",
    "uk-ireland": "United Kingdom and Ireland",
    "france": "France",
    "iberia": "Iberia",
    "north-america": "North America",
    "asia-pacific": "Asia and Pacific",
    "key-accounts": "Key accounts",
    "spring-fair": "Spring fair",
    "newsletter": "Newsletter",
    "second-line": "Second line",
    "new-customers": "New customers",
    "price-list": "Price list",
}


def load_organisation(rng: random.Random, now: datetime) -> dict[str, User]:
    """Make departments, teams and everybody; give usernames to people, in the order of `PEOPLE`."""
    departments = store_tree(
        {code: parent for code, (_name, parent) in DEPARTMENTS.items()},
        lambda code, above: Department(code=code, name=DEPARTMENTS[code][0], parent=above),
    )
    people = _load_people(departments, rng, now)
    teams = Team.objects.bulk_create(Team(code=code, name=name) for code, name in TEAMS.items())
    by_code = {team.code: team for team in teams}
    Membership.objects.bulk_create(
        Membership(team=by_code[code], user=people[person.username])
        for person in PEOPLE
        for code in person.teams
    )
    return people


def _load_people(
    departments: dict[str, Department], rng: random.Random, now: datetime
) -> dict[str, User]:
    password = make_password(PASSWORD)  # once for all: hashing is slow, and meant to be
    joined = {person.username: now - timedelta(days=_days_here(person, rng)) for person in PEOPLE}
    by_name = {person.username: person for person in PEOPLE}

    def make(username: str, manager: Any) -> User:
        person = by_name[username]
        return User(
            username=username,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            password=password,
            state=person.state,
            is_active=person.is_active,
            date_joined=joined[username],
            department=departments.get(person.department or ""),
            manager=manager,
        )

    return store_tree({person.username: person.manager for person in PEOPLE}, make)


def _days_here(person: Person, rng: random.Random) -> int:
    """Let who waits have come this week, and the others before the first record."""
    return rng.randint(1, 5) if person.state == State.WAITING else rng.randint(560, 1800)
