"""Read people, their standing and the organisation out of a policy-test document."""

from datetime import UTC, date, datetime, time

from . import catalogue
from .catalogue import OWNER


def climb(start, parent):
    """List `start` and all above it; a cycle is an error of the file (R4, R9)."""
    path = []
    while start is not None:
        if start in path:
            raise ValueError(f"a cycle through {start!r}")
        path.append(start)
        start = parent(start)
    return path


def world(document, part, empty=None):
    """Take a part of the document's world, empty where it is left out."""
    return (document.get("world") or {}).get(part) or ({} if empty is None else empty)


def person(document, user):
    """Take what the document says of a user; an unknown one is an error of the file."""
    return world(document, "users")[user] or {}


def standing(document, user):
    """R1: "nobody" (denied everything), "waiting" or "active"; what is not known is nobody."""
    if user is None or not person(document, user).get("active", True):
        return "nobody"
    state = person(document, user).get("state") or "active"
    return state if state in ("waiting", "active") else "nobody"


def current_roles(document, user):
    """R2, R3: codes of the roles that count now; a superuser's include Owner.

    A role that asks for a second factor counts for whoever has one.
    """
    if standing(document, user) != "active":
        return []
    now = moment(document.get("now")) or datetime.now(UTC)
    rows = person(document, user).get("roles") or ()
    rows = [row if isinstance(row, dict) else {"role": row} for row in rows]
    roles = [row["role"] for row in rows if _is_current(row, now)]
    if not person(document, user).get("second_factor"):
        roles = [role for role in roles if not asks_for_more(document, role)]
    return [OWNER, *roles] if person(document, user).get("superuser") else roles


def asks_for_more(document, role):
    """R4: the role or a layer below it asks for a second factor; none above takes that away."""
    rows = {row["code"]: row for row in document.get("roles") or ()}
    layers = climb(role, lambda code: rows.get(code, {}).get("base"))
    return any(rows.get(code, {}).get("second_factor") for code in layers)


def _is_current(row, now):
    """R2: valid_from <= now < valid_until, an empty end being open."""
    start, end = moment(row.get("from")), moment(row.get("until"))
    return (start is None or start <= now) and (end is None or now < end)


def moment(value):
    """Read a YAML or ISO time as an aware moment, UTC where no zone is written."""
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) and isinstance(value, date):
        value = datetime.combine(value, time())
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def in_scope(document, user, scope, owner):
    """R9: every scope includes own; only `all` reaches the ownerless; R21: no other scope."""
    if scope not in catalogue.SCOPES or (owner is None and scope != "all"):
        return False
    if scope == "all" or owner == user:
        return True
    mine, theirs = person(document, user), person(document, owner)
    if scope == "team":
        return bool(set(mine.get("teams") or ()) & set(theirs.get("teams") or ()))
    if scope == "department":
        parents = world(document, "departments")
        return mine.get("department") in climb(theirs.get("department"), parents.__getitem__)
    managers = climb(owner, lambda name: person(document, name).get("manager"))[1:]
    return scope == "reporting_line" and user in managers
