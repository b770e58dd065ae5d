"""People who ask the API, and how they ask it."""

from typing import Any

from django.test import Client

from accounts.models import User
from crm.models import Account, Contact, Deal, Lead, Opportunity, Project, Task
from tests.factories import make_role, make_user

MODELS = {
    "contacts": Contact,
    "accounts": Account,
    "leads": Lead,
    "opportunities": Opportunity,
    "deals": Deal,
    "tasks": Task,
    "projects": Project,
}


class Asker(Client):
    """A session that speaks JSON, as a program would; what is not foreseen becomes a 500."""

    def __init__(self, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(raise_request_exception=False, **kwargs)
        self.user = user
        if user is not None:
            self.force_login(user)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request to an address below /api/v1/."""
        sent = {"data": "" if body is None else body, "content_type": "application/json"}
        if method in ("GET", "HEAD"):
            sent = {}
        return getattr(self, method.lower())(f"/api/v1/{path}", headers=headers, **sent)

    def read(self, path: str, **query: Any) -> Any:
        """Send a GET and give what came, which must be a success."""
        answer = self.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def names(self, path: str, **query: Any) -> list[str]:
        """Give the names of the records of a list, in its order."""
        return [name_in(row) for row in self.read(path, **query)["results"]]


def name_in(row: dict[str, Any]) -> str:
    """Give the name of a record as an answer has it."""
    return next(row[key] for key in ("last_name", "name", "title") if row.get(key))


def person(username: str, *roles: Any, **values: Any) -> Asker:
    """Store a person with these roles and give their session."""
    return Asker(make_user(username, *roles, **values))


def with_role(username: str, permissions: str, **values: Any) -> Asker:
    """Store a person with one role of just these permissions and give their session."""
    return person(username, make_role(permissions=permissions, **values))


def make(module: str, name: str, owner: User | None = None, **values: Any) -> Any:
    """Store a record."""
    model = MODELS[module]
    return model.objects.create(**{model.named_by[-1]: name}, owner=owner, **values)


def named(module: str, name: str, **values: Any) -> dict[str, Any]:
    """Give what a program would send for a new record."""
    return {MODELS[module].named_by[-1]: name, **values}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """Give an error's members, which must be what RFC 9457 asks for."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert {"type", "title", "detail"} <= found.keys()
    return found


def errors(answer: Any) -> dict[str, Any]:
    """Give what an answer of 400 says by field."""
    return problem(answer, 400)["errors"]
