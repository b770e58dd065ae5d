"""Hold the words that generated worlds and questions draw from: names, moments, values."""

from datetime import UTC, datetime, timedelta

from . import catalogue, effects

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = ("ann", "bob", "cat", "dan")
TEAMS = ("alpha", "beta", "gamma")
DEPARTMENTS = ("north", "south", "east", "west")
BASES = ("user", "manager", "guest", "administrator")  # R3: nothing is based on Owner
DISABLABLE = tuple(m for m in catalogue.MODULES if m not in catalogue.ALWAYS_ENABLED)

# R11: plain, cased, wide, of another script, without a dot, near misses of codes, shadowed.
PRIVILEGES = (
    "app.crm",
    "report.export",
    "App.CRM",
    "ａｐｐ．ｃｒｍ",  # full-width: the same as app.crm
    "ﬁle.open",
    "straße",
    "λόγος",
    "kiosk",
    "reports.exports",
    "crm.view_nothing",
    "contacts.view",
    "Contacts.Export",
    "ｌｅａｄｓ．ｖｉｅｗ",
    "contacts.invite",
    "billing.view",
    "crm.view_contact",
    "auth.add_group",
)
SPELLINGS = ("APP.CRM", "ａｐｐ．crm", " report.export ", "file.open", "STRASSE", "ΛΌΓΟΣ", "Kiosk")
UNKNOWN = (
    "nothing.view",
    "contacts.fly",
    "contacts",
    "Contacts.View",
    "contacts.view ",
    "ｃｏｎｔａｃｔｓ．view",
    "contacts.views",
    "contact.view",
    "Profile.View",
    "crm.fly_contact",
    "CRM.view_contact",
    "crm.view_contacts",
    "auth.view_group",
    "sessions.delete_session",
)
INAPPLICABLE = tuple(
    code for code in catalogue.RESERVED_CODES if code not in catalogue.SYSTEM_PERMISSIONS
)
DJANGO_NAMES = tuple(sorted(effects.django_names(*effects.MODELS)))

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WINDOWS = (  # R2: from, until; the simplest first, for shrinking
    {"from": NOW - DAY},
    {"until": NOW + DAY},
    {"from": NOW},
    {"until": NOW},
    {"from": NOW + SECOND},
    {"until": NOW + SECOND},
    {"until": NOW - DAY},
    {"from": NOW - DAY, "until": NOW + DAY},
    {"from": NOW - DAY, "until": NOW},
    {"from": NOW, "until": NOW + DAY},
    {"from": NOW + DAY, "until": NOW + 2 * DAY},
)
STANDINGS = (
    *({},) * 12,
    {"state": "waiting"},
    {"state": "rejected"},
    {"state": "suspended"},
    {"active": False},
    {"superuser": True},
)

# Modules that worlds with records dwell on, so that grants, records and questions meet.
FOCUS = ("contacts", "leads", "accounts", "tasks")
FOCUS_PERMISSIONS = tuple(
    code for code in catalogue.MODULE_PERMISSIONS if code.split(".")[0] in FOCUS
)
FOCUS_FIELDS = ("phone", "notes", "owner")
TEXTS = {  # values that any field of the name should take
    "first_name": "Kim",
    "last_name": "Lee",
    "company": "Acme",
    "name": "Acme",
    "title": "Call back",
    "phone": "555 0100",
    "notes": "A note.",
    "description": "Some words.",
}
