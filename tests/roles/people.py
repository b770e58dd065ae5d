"""Everybody whom a matrix has to ask, and every kind of name that it asks about."""

from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from roles import snapshots
from roles.core.specs import RoleSpec
from roles.services.installation import load_role
from tests.factories import make_user

SHUT_OUT = ("anonymous", "deactivated", "rejected", "suspended")

# A shadowed privilege cannot be entered, only be left over from before (R11).
SHADOWED = frozenset(
    {"contacts.invite", "contacts.delete", "crm.delete_contact", "leave.approve", "auth.view_group"}
)


def make_people() -> dict[str, Any]:
    """Give one person of each kind, as a session would have them; those out hold Owner (R1)."""
    load_role(
        RoleSpec(code="tester", name="Tester", privileges=frozenset({"report.export"}) | SHADOWED)
    )
    make_user("deactivated", "owner", is_active=False)
    make_user("rejected", "owner", state="rejected")
    make_user("suspended", "owner", state="suspended")
    make_user("waiting", "owner", state="waiting")
    make_user("roleless")
    make_user("user", "user", "tester")
    make_user("manager", "manager")
    make_user("owner", "owner")
    make_user("superuser", is_superuser=True)
    people = {user.username: user for user in snapshots.annotated(User.objects.all())}
    return {"anonymous": AnonymousUser(), **people}


# A name, and who has it. What is no permission at all only a superuser has (R3, R21).
MATRIX = MappingProxyType(
    {
        # system codes: grid cells and features
        "contacts.view": "user manager owner superuser",
        "reports.view": "manager owner superuser",
        "contacts.delete": "owner superuser",
        "passwords.manage": "owner superuser",
        "tasks.comment": "user manager owner superuser",
        "profile.view": "waiting owner user manager superuser",  # R1: what waiting leaves
        # cells that do not apply, and what nothing declares
        "contacts.invite": "superuser",
        "activities.delete": "superuser",
        "contacts.frobnicate": "superuser",
        "galaxies.view": "superuser",
        "contacts": "superuser",
        "view": "superuser",
        ".": "superuser",
        "": "superuser",
        "contacts.view.": "superuser",
        "*": "superuser",
        "contacts.*": "superuser",
        # Django's names of the same, and of what nothing governs
        "crm.view_contact": "user manager owner superuser",
        "crm.add_contact": "user manager owner superuser",
        "crm.change_lead": "user manager owner superuser",
        "crm.delete_contact": "owner superuser",
        "accounts.view_user": "manager owner superuser",
        "roles.view_role": "owner superuser",
        "crm.frobnicate_contact": "superuser",
        "auth.view_group": "superuser",
        "sessions.view_session": "superuser",
        # a custom privilege, in any spelling
        "report.export": "user owner superuser",
        "Report.EXPORT": "user owner superuser",
        " report.export\t": "user owner superuser",
        "\uff52eport\uff0eexport": "user owner superuser",
        # a near miss of it
        "report.exports": "superuser",
        "reportexport": "superuser",
        # shadowed privileges and system codes in a spelling that is not theirs
        "leave.approve": "owner superuser",
        "Contacts.View": "superuser",
        "CONTACTS.DELETE": "superuser",
        " contacts.delete": "superuser",
        "contacts.delete\u00a0": "superuser",
        "\uff43ontacts.delete": "superuser",
        "Leave.Approve": "superuser",
        "CRM.delete_contact": "superuser",
        "\u0441ontacts.view": "superuser",  # begins with a Cyrillic s
    }
)
