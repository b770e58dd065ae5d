"""Whatever the description allows, and what it does not, is answered as the description says."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_site.openapi import Generator

from .administration import things
from .people import MODELS, make

schemathesis = pytest.importorskip("schemathesis")
pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EXAMPLES = 12
BY_KIND = {"users": "user", "roles": "role", "teams": "team", "departments": "department"}
BY_KIND |= {"invitations": "invitation", "tokens": "token", "activities": "activity"}


def operations() -> list[Any]:
    """Give every operation of the description, which is made without a database."""
    with override("en"):
        described = json.loads(json.dumps(Generator().get_schema(), default=str))
    schema = schemathesis.openapi.from_dict(described)
    return [found.ok() for found in schema.get_all_operations()]


OPERATIONS = operations()


@pytest.fixture
def stored(olga):
    """Give by what each kind of thing is addressed, one of each stored."""
    names = things(olga.user)
    return names | {module: make(module, "One", olga.user).pk for module in MODELS}


def address_of(case: Any, stored: dict[str, Any], of_stored: bool) -> str:
    """Give the path of a case, of something that there is or of what the case makes up."""
    if not of_stored:
        return case.formatted_path.removeprefix("/api/v1/")
    path = case.path.removeprefix("/api/v1/")
    kind = path.partition("/")[0]
    for name in ("id", "username", "code"):
        path = path.replace(f"{{{name}}}", str(stored.get(BY_KIND.get(kind, kind))))
    return path.replace("{role}", "rep").replace("{share}", "1")


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.label for one in OPERATIONS])
def test_every_answer_is_one_that_the_description_names(olga, stored, operation, mode):
    """No 500, no status that is not described; a refusal is a problem (RFC 9457)."""
    answers = operation.definition.raw["responses"]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=HealthCheck
    )
    @given(
        case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)),
        of_stored=st.booleans(),
    )
    def ask(case, of_stored):
        path = address_of(case, stored, of_stored)
        body = json.dumps(case.body) if isinstance(case.body, dict | list | str | int) else None
        with transaction.atomic():
            url = f"/api/v1/{path}"
            answer = olga.generic(
                case.method,
                url,
                body or "",
                content_type="application/json",
                query_params=case.query or {},
            )
            transaction.set_rollback(True)
        said = str(answer.status_code)
        assert said in answers or (said == "404" and not of_stored), (
            case.method,
            url,
            case.query,
            body,
            answer.content,
        )
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    ask()
