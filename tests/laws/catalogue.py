"""State the catalogue (modules, actions, features, built-in roles) as plain data, from its text.

The oracle decides from this copy, so that a slip in the product's own declarations shows as a
disagreement. Nothing here may import the product.
"""

ACTIONS = ("view", "create", "edit", "delete", "export", "import", "invite")
SCOPES = ("own", "team", "department", "reporting_line", "all")
FIELD_LEVELS = ("hidden", "read_only", "editable")  # from the narrowest to the widest
OWNER = "owner"

# module -> (group, actions that apply), in the grid's order
_MODULES = {
    "contacts": ("Sales", "view create edit delete export import"),
    "accounts": ("Sales", "view create edit delete export import"),
    "leads": ("Sales", "view create edit delete export import"),
    "opportunities": ("Sales", "view create edit delete export import"),
    "deals": ("Sales", "view create edit delete export import"),
    "tasks": ("Work", "view create edit delete export import"),
    "projects": ("Work", "view create edit delete export import"),
    "reports": ("Insight", "view create edit delete export"),
    "targets": ("Insight", "view create edit delete export import"),
    "gamification": ("Personal", "view create edit delete"),
    "notifications": ("Personal", "view edit"),
    "forms": ("Engagement", "view create edit delete export"),
    "email": ("Engagement", "view create edit delete export"),
    "activities": ("Administration", "view export"),
    "users": ("Administration", "view create edit delete export import invite"),
    "roles": ("Administration", "view create edit delete export import"),
    "settings": ("Administration", "view edit"),
    "admin": ("Administration", "view"),
}
MODULES = {
    code: {"group": group, "actions": tuple(actions.split())}
    for code, (group, actions) in _MODULES.items()
}

RECORD_MODULES = (*list(MODULES)[:9], "forms", "email")  # records with an owner: 1-9, 12, 13
OPEN_MODULES = ("users", "roles", "settings", "gamification")  # R9: every record in reach
ALWAYS_ENABLED = ("users", "roles", "settings", "admin")  # R7
IMPLIES = {"admin.view": ("activities.view", "users.view", "roles.view", "settings.view")}  # R5

# Only what the catalogue names; `owner` alone where it lists no fields.
FIELDS = {
    module: tuple(names.split())
    for module, names in {
        "contacts": "owner first_name last_name email phone title birth_date account notes",
        "accounts": "owner name website industry phone annual_revenue employees billing_address"
        " notes",
        "leads": "owner first_name last_name company email phone source status rating notes",
        "opportunities": "owner name account contact stage amount probability close_date notes",
        "deals": "owner name account opportunity amount margin won closed_on notes",
        "tasks": "owner title description due_date priority status project related_to",
        "projects": "owner name description start_date end_date status members",
        "reports": "owner",
        "targets": "owner period_start period_end metric amount",
        "forms": "owner",
        "email": "owner",
    }.items()
}

# Fields that point at one record of a record module, named by its key in a policy test.
REFERENCES = {
    "contacts": ("account",),
    "opportunities": ("account", "contact"),
    "deals": ("account", "opportunity"),
    "tasks": ("project", "related_to"),
}

# feature -> (group, module or None, the built-in roles that hold it beside Owner)
_FEATURES = {
    "profile.view": ("Personal", None, "administrator manager user guest"),
    "dashboard.view": ("Personal", None, "administrator manager user"),
    "tasks.comment": ("Work", "tasks", "administrator manager user"),
    "comments.moderate": ("Work", "tasks", "administrator"),
    "leave.approve": ("Work", None, "administrator"),
    "activities.undo": ("Administration", "activities", "administrator"),
    "users.approve": ("Administration", "users", "administrator"),
    "groups.manage": ("Administration", "users", "administrator"),
    "passwords.manage": ("Administration", "users", ""),
    "privileges.define": ("Administration", "roles", "administrator"),
    "domains.manage": ("Account", "settings", "administrator"),
    "billing.view": ("Account", "settings", "administrator"),
    "api_tokens.manage": ("Account", "settings", "administrator"),
    "webhooks.manage": ("Account", "settings", "administrator"),
    "webchat.manage": ("Account", "settings", ""),
    "mailboxes.manage": ("Engagement", "email", "administrator"),
    "mailboxes.private": ("Engagement", "email", ""),
}
FEATURES = {
    code: {"group": group, "module": module, "roles": (OWNER, *holders.split())}
    for code, (group, module, holders) in _FEATURES.items()
}

MODULE_PERMISSIONS = tuple(
    f"{module}.{action}" for module in MODULES for action in MODULES[module]["actions"]
)
SYSTEM_PERMISSIONS = (*MODULE_PERMISSIONS, *FEATURES)
# R11: any module with any action, whether it applies or not, and every feature.
RESERVED_CODES = (*(f"{module}.{action}" for module in MODULES for action in ACTIONS), *FEATURES)


def _grants(*rows):
    """List the permissions of rows of (modules, actions), both as words in one text."""
    return [
        f"{module}.{action}"
        for modules, actions in rows
        for module in modules.split()
        for action in actions.split()
    ]


def _built_in(code, level, permissions, scopes):
    """Give a built-in role the shape that a role has in a policy file."""
    return {
        "code": code,
        "name": code.capitalize(),
        "level": level,
        "base": None,
        "permissions": permissions + [f for f, row in FEATURES.items() if code in row["roles"]],
        "privileges": [],
        "records": {module: list(scopes) for module in RECORD_MODULES},
        "fields": {},
    }


_ONE_TO_SEVEN = " ".join(RECORD_MODULES[:7])
_ONE_TO_NINE = " ".join(RECORD_MODULES[:9])
BUILT_IN_ROLES = {
    OWNER: _built_in(OWNER, 100, list(MODULE_PERMISSIONS), ["all"]),
    "administrator": _built_in("administrator", 100, list(MODULE_PERMISSIONS), ["all"]),
    "manager": _built_in(
        "manager",
        50,
        _grants(
            (_ONE_TO_NINE + " forms email", "view create edit"),
            ("gamification activities users", "view"),
            ("notifications", "view edit"),
        ),
        ["team", "department"],
    ),
    "user": _built_in(
        "user",
        10,
        _grants(
            (_ONE_TO_SEVEN + " email", "view create edit"),
            ("gamification forms activities", "view"),
            ("notifications", "view edit"),
        ),
        ["own"],
    ),
    "guest": _built_in("guest", 0, [], ["own"]),
}
