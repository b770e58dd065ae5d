"""What the catalogue's text says that five people of the demonstration see of two modules.

Written from the text, and counted over the rows of the demonstration's own database file:
nothing here asks the product, whose answers the tests hold against this.
"""

import sqlite3
from dataclasses import dataclass

CONTACTS = "owner first_name last_name email phone title birth_date account notes"
ACCOUNTS = "owner name website industry phone annual_revenue employees billing_address notes"
FIELDS = {"contact": frozenset(CONTACTS.split()), "account": frozenset(ACCOUNTS.split())}
COLUMNS = {
    "contact": ["Name", "Account", "E-mail", "Phone", "Owner"],
    "account": ["Name", "Industry", "Website", "Phone", "Owner"],
}


@dataclass(frozen=True)
class Sees:
    """Scopes, actions and fields of one role in one module; fields left out are hidden."""

    scopes: str
    actions: str
    hidden: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()

    def writable(self, kind: str) -> frozenset[str]:
        """Give the fields that may be written where the record is in reach."""
        return (
            FIELDS[kind] - self.hidden - self.read_only if "edit" in self.actions else frozenset()
        )


MANAGED = "team department"
SHOWN_TO_SUPPORT = frozenset({"name", "website", "phone"})
EXPECTED = {
    "director": dict.fromkeys(FIELDS, Sees(MANAGED, "view create edit delete export")),
    "manager": dict.fromkeys(FIELDS, Sees(MANAGED, "view create edit")),
    "salesperson": dict.fromkeys(FIELDS, Sees("own", "view create edit")),
    "support": {
        "contact": Sees("all", "view edit", frozenset({"notes"}), frozenset({"phone"})),
        "account": Sees("all", "view", FIELDS["account"] - SHOWN_TO_SUPPORT, SHOWN_TO_SUPPORT),
    },
    "rep": {
        "contact": Sees("team", "view create edit export"),
        "account": Sees("all", "view"),
    },
}


class Demonstration:
    """The rows, read past everything."""

    def __init__(self, database_url: str) -> None:
        self._file = sqlite3.connect(
            f"file:{database_url.removeprefix('sqlite:///')}?mode=ro", uri=True
        )

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def count(self, username: str, kind: str, scopes: str) -> int:
        """Count the records that are not deleted and whose owner lies in a scope, or are shared."""
        owners = set().union(*(getattr(self, f"_{scope}")(username) for scope in scopes.split()))
        shared = self._shared_with(username, kind)
        rows = self._rows(f"SELECT id, owner_id FROM crm_{kind} WHERE deleted_at IS NULL")
        return sum("all" in scopes or owner in owners or pk in shared for pk, owner in rows)

    def _rows(self, query: str, *values: object) -> list[tuple]:
        return self._file.execute(query, values).fetchall()

    def _column(self, query: str, *values: object) -> set:
        return {row[0] for row in self._rows(query, *values)}

    def _own(self, username: str) -> set:
        return self._column("SELECT id FROM accounts_user WHERE username = ?", username)

    def _all(self, username: str) -> set:
        return self._column("SELECT id FROM accounts_user")

    def _teams(self, username: str) -> set:
        (me,) = self._own(username)
        return self._column("SELECT team_id FROM accounts_membership WHERE user_id = ?", me)

    def _team(self, username: str) -> set:
        rows = self._rows("SELECT team_id, user_id FROM accounts_membership")
        return {user for team, user in rows if team in self._teams(username)} | self._own(username)

    def _department(self, username: str) -> set:
        parents = dict(self._rows("SELECT id, parent_id FROM accounts_department"))
        places = dict(self._rows("SELECT id, department_id FROM accounts_user"))
        (me,) = self._own(username)

        def above(place: object) -> list:
            return [] if place is None else [place, *above(parents[place])]

        return {user for user, place in places.items() if places[me] in above(place)} | {me}

    def _shared_with(self, username: str, kind: str) -> set:
        (me,) = self._own(username)
        rows = self._rows(f"SELECT record_id, user_id, team_id FROM crm_{kind}share")
        return {pk for pk, user, team in rows if user == me or team in self._teams(username)}
