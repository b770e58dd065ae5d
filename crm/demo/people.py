"""The people of the demonstration account, and the roles that they hold."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.models.user import State
from roles.models import Role
from roles.services.installation import install_assignment

PASSWORD = "demo"  # noqa: S105 - everybody is meant to know it
MAIL_DOMAIN = "example.com"


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds; `starts` and `ends` count days from the loading."""

    role: str
    starts: int | None = None
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration account."""

    username: str
    first_name: str
    last_name: str
    holds: tuple[Held, ...]
    state: State = State.ACTIVE

    @property
    def email(self) -> str:
        """The address, which is the username at a domain that nobody owns."""
        return f"{self.username}@{MAIL_DOMAIN}"

    @property
    def full_name(self) -> str:
        """The name as pages show it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def may_sign_in(self) -> bool:
        """Whether the account may come in, if only to the waiting page (R1)."""
        return self.state in (State.ACTIVE, State.WAITING)


def _named(username: str, name: str, role: str, state: State = State.ACTIVE) -> Person:
    first_name, _space, last_name = name.partition(" ")
    return Person(username, first_name, last_name, (Held(role),), state)


def _colleague(name: str, *holds: str | Held) -> Person:
    """Make a person whose username is `first.last`."""
    first_name, _space, last_name = name.partition(" ")
    roles = tuple(held if isinstance(held, Held) else Held(held) for held in holds)
    return Person(f"{first_name}.{last_name}".lower(), first_name, last_name, roles)


NAMED = (
    _named("owner", "Helena Brandt", "owner"),
    _named("admin", "Tomás Ferreira", "administrator"),
    _named("manager", "Priya Raman", "manager"),
    _named("user", "Daniel Okafor", "user"),
    _named("guest", "Lucy Whitfield", "guest"),
    _named("rep", "Marcus Lindqvist", "sales-rep"),
    _named("senior", "Aiko Tanaka", "senior-sales-rep"),
    _named("salesperson", "Jonas Weber", "salesperson"),
    _named("regional", "Camille Laurent", "regional-salesperson"),
    _named("marketing", "Sofia Rossi", "marketing-coordinator"),
    _named("support", "Ewan MacLeod", "support-agent"),
    _named("director", "Nadia Haddad", "director"),
    _named("waiting", "Peter Novak", "guest", State.WAITING),
    _named("suspended", "Grace Mbeki", "user", State.SUSPENDED),
)
"""Whose usernames a visitor types: one person for each role, and two who are kept out."""

COLLEAGUES = (
    _colleague("Amelia Hart", "administrator"),
    _colleague("Viktor Petrov", "manager"),
    _colleague("Rosa Delgado", "manager"),
    _colleague("Henrik Olsen", "director"),
    _colleague("Leila Farouk", "sales-rep"),
    _colleague("Oscar Nyberg", "sales-rep"),
    _colleague("Hannah Fischer", "sales-rep"),
    _colleague("Kwame Asante", "senior-sales-rep"),
    _colleague("Beatriz Alves", "salesperson"),
    _colleague("Liam Gallagher", "salesperson"),
    _colleague("Mei Zhang", "salesperson"),
    _colleague("Arjun Mehta", "regional-salesperson"),
    _colleague("Ines Moreau", "regional-salesperson", "marketing-coordinator"),
    _colleague("Claire Dubois", "marketing-coordinator"),
    _colleague("Samuel Osei", "support-agent"),
    _colleague("Julia Kowalska", "support-agent", "sales-rep"),
    _colleague("David Stein", "user", Held("manager", ends=45)),
    _colleague("Freya Jensen", "user", Held("salesperson", starts=21)),
    _colleague("Noah Bennett", "user"),
    _colleague("Yuki Mori", "user"),
)

PEOPLE = (*NAMED, *COLLEAGUES)


def load_people(rng: random.Random, now: datetime) -> dict[str, User]:
    """Make everybody and give them their roles; usernames to people, in the order of `PEOPLE`."""
    password = make_password(PASSWORD)  # once for all: hashing is slow, and meant to be
    made = User.objects.bulk_create(_user(person, password, rng, now) for person in PEOPLE)
    people = {user.username: user for user in made}
    roles = {role.code: role for role in Role.objects.all()}
    for person in PEOPLE:
        for held in person.holds:
            install_assignment(
                user=people[person.username],
                role=roles[held.role],
                valid_from=_in_days(now, held.starts),
                valid_until=_in_days(now, held.ends),
            )
    return people


def _user(person: Person, password: str, rng: random.Random, now: datetime) -> User:
    return User(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        password=password,
        state=person.state,
        date_joined=now - timedelta(days=_days_here(person, rng)),
    )


def _days_here(person: Person, rng: random.Random) -> int:
    """Let who waits have come this week, and the others before the first record."""
    return rng.randint(1, 5) if person.state == State.WAITING else rng.randint(550, 1800)


def _in_days(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)
