"""The list in reach as somebody would write it in SQL who knows the plans, for this CRM alone.

Each gives the newest 50 contacts that a person may view, shared ones among them.
"""

_OWNERS = {
    "team": "SELECT other.user_id FROM accounts_membership mine JOIN accounts_membership other "
    "ON other.team_id = mine.team_id WHERE mine.user_id = {me}",
    "department": "SELECT person.id FROM accounts_user me JOIN accounts_departmentlink link "
    "ON link.ancestor_id = me.department_id JOIN accounts_user person "
    "ON person.department_id = link.descendant_id WHERE me.id = {me}",
    "reporting_line": "SELECT descendant_id FROM accounts_reportinglink WHERE ancestor_id = {me}",
}
_SHARED = (
    "SELECT record_id FROM crm_contactshare WHERE user_id = {me} UNION "
    "SELECT share.record_id FROM accounts_membership mine JOIN crm_contactshare share "
    "ON share.team_id = mine.team_id WHERE mine.user_id = {me}"
)
_NEWEST = "ORDER BY created_at DESC, id DESC LIMIT 50"
_ALIVE = "SELECT * FROM crm_contact WHERE deleted_at IS NULL"
_OLDEST = "(SELECT min(created_at) FROM crm_contact)"
_UPPER = f"""SELECT upper.id FROM owners, LATERAL (
    SELECT id, created_at FROM crm_contact
    WHERE owner_id = owners.id AND deleted_at IS NULL AND created_at >= {{bound}}
    {_NEWEST}) AS upper"""
_BOUND = f"""COALESCE((
    SELECT (SELECT created_at FROM crm_contact WHERE owner_id = owners.id AND deleted_at IS NULL
            {_NEWEST.replace("50", "1")}) AS newest
    FROM owners ORDER BY newest DESC NULLS LAST OFFSET 49 LIMIT 1), {_OLDEST})"""
_WALKED = f"""SELECT id FROM (
    SELECT id, owner_id, created_at FROM crm_contact WHERE deleted_at IS NULL
    {_NEWEST.replace("50", "2000")}) AS newest
WHERE (owner_id IN (SELECT id FROM owners)) IS TRUE {_NEWEST}"""
_SET = "owners AS MATERIALIZED (SELECT unnest(ARRAY({owners})) AS id)"
_BY_SHARE = f"""UNION ALL (SELECT id FROM crm_contact
    WHERE id = ANY (ARRAY({{shared}})) AND deleted_at IS NULL {_NEWEST})"""

POSTGRESQL = {
    "threshold": f"""{_ALIVE} AND id = ANY (ARRAY(
        WITH {_SET} ({_UPPER.format(bound=_BOUND)}
        ORDER BY upper.created_at DESC, upper.id DESC LIMIT 50) {_BY_SHARE})) {_NEWEST}""",
    "walk": f"""{_ALIVE} AND id = ANY (ARRAY(
        WITH {_SET}, walk AS MATERIALIZED ({_WALKED})
        SELECT id FROM walk UNION ALL ({_UPPER.format(bound=_BOUND)}
        WHERE (SELECT count(*) FROM walk) < 50
        ORDER BY upper.created_at DESC, upper.id DESC LIMIT 50) {_BY_SHARE})) {_NEWEST}""",
    "50 of each": f"""{_ALIVE} AND id = ANY (ARRAY(
        WITH {_SET} {_UPPER.format(bound=_OLDEST)} {_BY_SHARE})) {_NEWEST}""",
    "any": f"""{_ALIVE} AND (owner_id = ANY (ARRAY({{owners}}))
        OR id = ANY (ARRAY({{shared}}))) {_NEWEST}""",
}
SQLITE = {
    "in": f"""{_ALIVE} AND id IN (
        SELECT id FROM (SELECT id FROM crm_contact
            WHERE owner_id IN ({{owners}}) AND deleted_at IS NULL {_NEWEST})
        UNION ALL SELECT id FROM (SELECT id FROM crm_contact
            WHERE id IN ({{shared}}) AND deleted_at IS NULL {_NEWEST})) {_NEWEST}""",
    "or": f"{_ALIVE} AND (owner_id IN ({{owners}}) OR id IN ({{shared}})) {_NEWEST}",
}


def statements(vendor: str, me: int, scopes: tuple[str, ...]) -> dict[str, str]:
    """Give every way of writing the list of the person with the key `me`."""
    parts = [f"SELECT {me}", *(_OWNERS[s].format(me=me) for s in scopes if s in _OWNERS)]
    owners, shared = " UNION ".join(parts), _SHARED.format(me=me)
    ways = POSTGRESQL if vendor == "postgresql" else SQLITE
    return {name: text.format(owners=owners, shared=shared) for name, text in ways.items()}


def same_form(vendor: str, owners: int) -> str:
    """Name the way in which ours reads the list of so many owners."""
    if vendor != "postgresql":
        return "in"
    return "threshold" if owners <= 500 else "walk"
