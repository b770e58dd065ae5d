"""The people of the demonstration account: their roles and their place in the organisation."""

from dataclasses import dataclass

from accounts.models.user import State

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
    """Somebody of the demonstration account; department, manager and teams by code or username."""

    username: str
    first_name: str
    last_name: str
    holds: tuple[Held, ...]
    department: str | None = None
    manager: str | None = None
    teams: tuple[str, ...] = ()
    state: State = State.ACTIVE
    is_active: bool = True

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
        return self.is_active and self.state in (State.ACTIVE, State.WAITING)


def _named(
    username: str,
    name: str,
    holds: str | tuple[Held, ...],
    department: str | None = None,
    manager: str | None = None,
    teams: str = "",
    state: State = State.ACTIVE,
    is_active: bool = True,
) -> Person:
    """Make a person; roles and teams as words in one text."""
    first_name, _space, last_name = name.partition(" ")
    held = tuple(Held(role) for role in holds.split()) if isinstance(holds, str) else holds
    belongs = (department, manager, tuple(teams.split()))
    return Person(username, first_name, last_name, held, *belongs, state, is_active)


def _colleague(name: str, *values: object, **more: bool) -> Person:
    """Make a person whose username is `first.last`."""
    return _named(name.lower().replace(" ", "."), name, *values, **more)  # type: ignore[arg-type]


NAMED = (
    _named("owner", "Helena Brandt", "owner", "head-office"),
    _named("admin", "Tomás Ferreira", "administrator", "operations", "owner", "second-line"),
    _named("manager", "Priya Raman", "manager", "sales-north", "director", "key-accounts"),
    _named("user", "Daniel Okafor", "user", "sales-north", "manager", "uk-ireland"),
    _named("guest", "Lucy Whitfield", "guest", "finance", "david.stein"),
    _named("rep", "Marcus Lindqvist", "sales-rep", "sales-north", "senior", "nordics spring-fair"),
    _named("senior", "Aiko Tanaka", "senior-sales-rep", "sales-north", "regional", "nordics"),
    _named("salesperson", "Jonas Weber", "salesperson", "sales-north", "regional", "dach"),
    _named("regional", "Camille Laurent", "regional-salesperson", "sales-north", "manager", "dach"),
    _named(
        "marketing",
        "Sofia Rossi",
        "marketing-coordinator",
        "campaigns",
        "henrik.olsen",
        "newsletter spring-fair",
    ),
    _named("support", "Ewan MacLeod", "support-agent", "help-desk", "ruth.adler", "second-line"),
    _named("director", "Nadia Haddad", "director", "sales", "owner", "key-accounts price-list"),
    _named("waiting", "Peter Novak", "guest", state=State.WAITING),
    _named(
        "suspended",
        "Grace Mbeki",
        "user",
        "sales-north",
        "regional",
        "benelux",
        State.SUSPENDED,
    ),
)
"""Whose usernames a visitor types: one person for each role, and two who are kept out."""

COLLEAGUES = (
    _colleague("Astrid Holm", "user", "head-office", "owner", "price-list"),
    # Operations
    _colleague("Amelia Hart", "administrator", "operations", "admin", "second-line"),
    _colleague("Yuki Mori", "user", "operations", "admin"),
    _colleague("Noor Aziz", "user", "operations", "amelia.hart", "second-line"),
    _colleague(
        "David Stein", (Held("user"), Held("manager", ends=45)), "finance", "owner", "price-list"
    ),
    _colleague("Petra Vogel", "user", "finance", "david.stein", "price-list"),
    _colleague("Kofi Mensah", "user", "finance", "david.stein"),
    # Sales
    _colleague("Emily Sutton", "user", "sales", "director", "price-list"),
    _colleague("Leila Farouk", "sales-rep", "sales-north", "senior", "nordics"),
    _colleague("Oscar Nyberg", "sales-rep", "sales-north", "senior", "nordics key-accounts"),
    _colleague("Hannah Fischer", "sales-rep", "sales-north", "salesperson", "dach"),
    _colleague("Mei Zhang", "salesperson", "sales-north", "regional", "benelux"),
    _colleague("Noah Bennett", "user", "sales-north", "suspended", "benelux"),
    _colleague(
        "Ingrid Solberg", "salesperson", "sales-north", "senior", "nordics", is_active=False
    ),
    _colleague("Callum Byrne", "salesperson", "sales-north", "manager", "uk-ireland"),
    _colleague("Viktor Petrov", "manager", "sales-south", "director", "key-accounts"),
    _colleague("Arjun Mehta", "regional-salesperson", "sales-south", "viktor.petrov", "iberia"),
    _colleague("Kwame Asante", "senior-sales-rep", "sales-south", "arjun.mehta", "iberia"),
    _colleague("Beatriz Alves", "salesperson", "sales-south", "kwame.asante", "iberia"),
    _colleague("Liam Gallagher", "salesperson", "sales-south", "arjun.mehta", "uk-ireland"),
    _colleague("Lucia Romano", "sales-rep", "sales-south", "kwame.asante", "france"),
    _colleague("Andrei Popescu", "sales-rep", "sales-south", "viktor.petrov", "france"),
    _colleague("Marta Nowak", "salesperson", "sales-south", "arjun.mehta", "france spring-fair"),
    _colleague("Joao Pinto", "user", "sales-south", "kwame.asante", "iberia"),
    _colleague("Rosa Delgado", "manager", "sales-overseas", "director", "key-accounts"),
    _colleague(
        "Ines Moreau",
        "regional-salesperson marketing-coordinator",
        "sales-overseas",
        "rosa.delgado",
        "north-america newsletter",
    ),
    _colleague("Hiro Nakata", "senior-sales-rep", "sales-overseas", "rosa.delgado", "asia-pacific"),
    _colleague("Susan Park", "sales-rep", "sales-overseas", "hiro.nakata", "asia-pacific"),
    _colleague("Tariq Hassan", "salesperson", "sales-overseas", "ines.moreau", "north-america"),
    _colleague("Olivia Reed", "sales-rep", "sales-overseas", "ines.moreau", "north-america"),
    _colleague("Diego Fuentes", "salesperson", "sales-overseas", "tariq.hassan", "north-america"),
    _colleague(
        "Freya Jensen",
        (Held("user"), Held("salesperson", starts=21)),
        "sales-overseas",
        "hiro.nakata",
        "asia-pacific",
    ),
    # Marketing
    _colleague("Henrik Olsen", "director", "marketing", "owner", "newsletter price-list"),
    _colleague("Claire Dubois", "marketing-coordinator", "campaigns", "marketing", "newsletter"),
    _colleague("Nina Keller", "marketing-coordinator", "campaigns", "marketing", "newsletter"),
    _colleague("Ben Carver", "user", "campaigns", "marketing", "newsletter"),
    _colleague("Paolo Greco", "manager", "marketing", "henrik.olsen", "spring-fair"),
    _colleague("Isla Murray", "user", "marketing", "paolo.greco", "spring-fair"),
    _colleague("Jakub Zielinski", "user", "marketing", "paolo.greco", "spring-fair"),
    # Customer Service
    _colleague("Ruth Adler", "manager", "service", "owner", "key-accounts"),
    _colleague("Samuel Osei", "support-agent", "help-desk", "support", "second-line"),
    _colleague("Julia Kowalska", "support-agent sales-rep", "help-desk", "support", "dach"),
    _colleague("Fatou Diallo", "support-agent", "help-desk", "ruth.adler", "second-line"),
    _colleague("Anders Lund", "support-agent", "help-desk", "support"),
    _colleague("Mona Saleh", "manager", "onboarding", "ruth.adler", "new-customers"),
    _colleague("Gareth Lloyd", "support-agent", "onboarding", "mona.saleh", "new-customers"),
    _colleague("Priscilla Ong", "user", "onboarding", "mona.saleh", "new-customers"),
)

PEOPLE = (*NAMED, *COLLEAGUES)
