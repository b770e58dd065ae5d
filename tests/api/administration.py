"""The addresses of administration, what each answers to, and what can be sent there."""

from dataclasses import dataclass, field
from typing import Any

from roles.models import AuditEntry
from roles.services.tokens import create_token
from tests.accounts.joining import invite
from tests.factories import fetch, make_department, make_role, make_team, make_user

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LATER = "2126-01-01T00:00:00Z"


@dataclass(frozen=True)
class Address:
    """One address; `{user}` and its like stand for what `things` made, and for what never was.

    `bodies` holds, by method, one that would be taken; a method without one takes no body.
    """

    path: str
    methods: str
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.path


USER = {"username": "eva", "first_name": "E", "last_name": "V", "email": "e@x.org"}
USER |= {"department": "sales", "manager": "ann", "teams": ["alpha"]}
ROLE = {"name": "New", "description": "x", "level": 5, "base": "user", "privileges": ["a.b"]}
ROLE |= {"permissions": ["deals.view"], "records": {"deals": "team"}}
ROLE |= {"fields": {"deals": {"name": "read_only"}}}
GIVEN = {"role": "user", "valid_from": None, "valid_until": LATER, "reason": "x"}
TICKS = {"grant": ["deals.view"], "revoke": []}
TEAM = {"code": "beta", "name": "Beta", "members": ["ann"]}
PART = {"code": "emea", "name": "EMEA", "parent": "sales"}
TOKEN = {"name": "CI", "permissions": ["users.view"], "privileges": [], "expires_at": LATER}


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


ADDRESSES = [
    Address("users/", "GET POST", {"POST": USER}),
    Address("users/trash/", "GET"),
    Address("users/{user}/", "GET PATCH DELETE", {"PATCH": USER}),
    Address("users/{user}/roles/", "GET POST", {"POST": GIVEN}),
    Address("users/{user}/roles/rep/", "PATCH DELETE", {"PATCH": _without(GIVEN, "role")}),
    Address("users/{user}/access/", "GET"),
    Address("users/{user}/second-factor/", "DELETE"),
    Address("users/{user}/history/", "GET"),
    *(Address(f"users/{{user}}/{act}/", "POST") for act in ("suspend", "restore", "undelete")),
    Address("users/{user}/approve/", "POST", {"POST": {"roles": ["user"]}}),
    Address("users/{user}/reject/", "POST"),
    Address("invitations/", "GET POST", {"POST": {"email": "new@x.org", "role": "user"}}),
    Address("invitations/{invitation}/", "DELETE"),
    Address("invitations/{invitation}/resend/", "POST"),
    Address("teams/", "GET POST", {"POST": TEAM}),
    Address("teams/{team}/", "GET PATCH DELETE", {"PATCH": _without(TEAM, "code")}),
    Address("departments/", "GET POST", {"POST": PART}),
    Address("departments/{department}/", "GET PATCH DELETE", {"PATCH": _without(PART, "code")}),
    Address("roles/", "GET POST", {"POST": ROLE}),
    Address("roles/{role}/", "GET PUT PATCH DELETE", {"PUT": ROLE, "PATCH": ROLE}),
    Address("roles/{role}/matrix/", "GET PATCH", {"PATCH": TICKS}),
    Address("roles/{role}/clone/", "GET POST", {"POST": ROLE}),
    Address("roles/{role}/impact/", "POST", {"POST": ROLE}),
    Address("roles/{role}/history/", "GET"),
    Address("tokens/", "GET POST", {"POST": TOKEN}),
    Address("tokens/{token}/", "DELETE"),
    Address("activities/", "GET"),
    Address("activities/{activity}/", "GET"),
    Address("activities/{activity}/undo/", "POST"),
    Address("me/", "GET"),
    Address("modules/", "GET"),
    Address("permissions/", "GET"),
]
OF_ONE = [address for address in ADDRESSES if "{" in address.path]
WITH_BODY = [(one, method) for one in ADDRESSES for method in one.bodies]
NOBODY = {
    "user": "none",
    "role": "none",
    "team": "none",
    "department": "none",
    "invitation": "999999",
    "token": "999999",
    "activity": "999999",
}


def things(owner: Any) -> dict[str, Any]:
    """Store one of each kind that an address names, and give by what it is addressed."""
    make_role("rep")
    ann = make_user("ann", "rep", email="ann@x.org")
    make_department("sales"), make_team("alpha", ann)
    token, _secret = create_token(acting_user=fetch(owner), name="CI", limit=None)
    sent = invite(owner, "guest@x.org", "user").invitation
    return {
        "user": "ann",
        "role": "rep",
        "team": "alpha",
        "department": "sales",
        "invitation": sent.pk,
        "token": token.pk,
        "activity": AuditEntry.objects.latest("pk").pk,
    }
