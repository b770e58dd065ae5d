"""Write small policy-test documents by hand, and ask the oracle about them."""

from .oracle import answer

NOW = "2026-03-01T12:00:00Z"


def document(*roles, users, records=None, **rest):
    """Build a policy-test document; what is left out is left out there too."""
    world = {"users": users, "records": records or {}}
    for part in ("departments", "teams", "shares"):
        world |= {part: rest.pop(part)} if part in rest else {}
    return {"version": 1, "now": NOW, "roles": list(roles), "world": world, **rest}


def role(code, permissions="", **rest):
    """Build a role of a policy file from permissions as words in one text."""
    return {"code": code, "name": code, "permissions": permissions.split(), **rest}


def person(*roles, **rest):
    """Build a user of a world."""
    return {"roles": list(roles), **rest}


def contact(owner, **rest):
    """Build a record of contacts."""
    return {"module": "contacts", "owner": owner, **rest}


def ask(doc, user, permission=None, **check):
    """Ask the oracle one check."""
    check |= {"permission": permission} if permission else {}
    return answer(doc, {"user": user, **check})
