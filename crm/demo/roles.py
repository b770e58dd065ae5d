"""The seven sample roles; each shows another thing that a role can do.

They are made without an actor by `install_role`, as a policy file would make them.
"""

from roles.core.specs import RoleSpec
from roles.core.vocabulary import ALL, EVERY_ACTION, EVERY_FIELD, OWN, FieldLevel

USERS_FEATURES = frozenset({"profile.view", "dashboard.view", "tasks.comment"})
"""What the role User has beside its cells; given directly to a role that is based on none."""

MODULES_1_TO_9 = (
    "contacts",
    "accounts",
    "leads",
    "opportunities",
    "deals",
    "tasks",
    "projects",
    "reports",
    "targets",
)


def _cells(**actions: str) -> frozenset[str]:
    """Give the codes of `contacts="view edit"`, module by module."""
    return frozenset(
        f"{module}.{action}" for module in actions for action in actions[module].split()
    )


def _everywhere(scope: str) -> dict[str, frozenset[str]]:
    """Give `scope` for every action of a module."""
    return {EVERY_ACTION: frozenset({scope})}


SALES_REP = RoleSpec(
    code="sales-rep",
    name="Sales Rep",
    level=10,
    description="Sells to their team's contacts and works on their own leads and opportunities.",
    permissions=USERS_FEATURES
    | _cells(
        contacts="view create edit export",
        accounts="view",
        leads="view create edit export import",
        opportunities="view create edit",
        tasks="view create edit delete",
        reports="view",
        users="view",
        gamification="view",
        notifications="view edit",
        email="view create edit",
    ),
    records={"contacts": _everywhere("team"), "accounts": _everywhere(ALL)},
)

SENIOR_SALES_REP = SALES_REP.with_changes(
    code="senior-sales-rep",
    name="Senior Sales Rep",
    level=20,
    description="Does what a Sales Rep does, and may take opportunities out as a file.",
    permissions=SALES_REP.permissions | {"opportunities.export"},
)
"""A clone: a copy of what Sales Rep stores, which later changes of Sales Rep do not reach."""

SALESPERSON = RoleSpec(
    code="salesperson",
    name="Salesperson",
    level=20,
    base="user",
    description="Does what a User does, builds reports and sees the targets.",
    permissions=_cells(reports="view create", targets="view"),
)

REGIONAL_SALESPERSON = RoleSpec(
    code="regional-salesperson",
    name="Regional Salesperson",
    level=30,
    base="salesperson",
    description="A Salesperson who also works on the contacts and deals of everyone below them.",
    records={
        "contacts": _everywhere("reporting_line"),
        "deals": _everywhere("reporting_line"),
    },
)

MARKETING_COORDINATOR = RoleSpec(
    code="marketing-coordinator",
    name="Marketing Coordinator",
    level=20,
    description="Builds forms, looks after every lead and sends the newsletter.",
    permissions=frozenset({"profile.view", "dashboard.view"})
    | _cells(
        forms="view create edit delete export",
        leads="view create edit export import",
        email="view create edit",
        contacts="view",
    ),
    privileges=frozenset({"app.newsletter", "report.export"}),
    records={"leads": _everywhere(ALL), "contacts": _everywhere(ALL)},
)

SUPPORT_AGENT = RoleSpec(
    code="support-agent",
    name="Support Agent",
    level=10,
    description="Helps every customer, without their notes, and works on the department's tasks.",
    permissions=USERS_FEATURES
    | _cells(contacts="view edit", accounts="view", tasks="view create edit delete"),
    records={
        "contacts": _everywhere(ALL),
        "accounts": _everywhere(ALL),
        "tasks": {**_everywhere("department"), "delete": frozenset({OWN})},
    },
    fields={
        "contacts": {"phone": FieldLevel.READ_ONLY, "notes": FieldLevel.HIDDEN},
        # An allow-list: a field that accounts gain later is hidden too (R10).
        "accounts": {
            EVERY_FIELD: FieldLevel.HIDDEN,
            "name": FieldLevel.READ_ONLY,
            "website": FieldLevel.READ_ONLY,
            "phone": FieldLevel.READ_ONLY,
        },
    },
)

DIRECTOR = RoleSpec(
    code="director",
    name="Director",
    level=70,
    base="manager",
    description="Does what a Manager does, deletes and exports too, and sees every deal.",
    permissions=_cells(**dict.fromkeys(MODULES_1_TO_9, "view create edit delete export")),
    records={"deals": _everywhere(ALL)},
)

SAMPLE_ROLES = (
    SALES_REP,
    SENIOR_SALES_REP,
    SALESPERSON,
    REGIONAL_SALESPERSON,
    MARKETING_COORDINATOR,
    SUPPORT_AGENT,
    DIRECTOR,
)
"""In an order in which each base comes before the roles based on it."""
