"""Every address of administration by one table: methods, who may ask, and what is no input."""

import json
import re
from itertools import product

import pytest
from django.db import transaction

from accounts.models.user import State
from roles.models import AuditEntry

from .administration import ADDRESSES, METHODS, NOBODY, OF_ONE, WITH_BODY, things
from .people import Asker, errors, person, problem

pytestmark = pytest.mark.django_db
JSON = "application/vnd.oai.openapi+json"
KINDS = ("users", "roles", "invitations", "teams", "departments", "tokens", "activities")
OWN = ("me/",)
PAGED = {f"{kind}/" for kind in KINDS}
PAGED |= {"users/trash/", "users/{user}/history/", "roles/{role}/history/"}
CATALOGUE = ("me/", "modules/", "permissions/")
"""What everybody who is let in may read."""


@pytest.fixture
def named(olga):
    """What addresses name, stored."""
    return things(olga.user)


def at(address, named):
    return address.path.format(**named)


def test_the_table_holds_every_address_that_the_api_names(olga):
    """An address that is added is added here, and so held to all that follows."""
    schema = json.loads(olga.ask("GET", "schema/", None, accept=JSON).content)
    start = tuple(f"/api/v1/{kind}/" for kind in KINDS)
    known = {re.sub("{[a-z]+}", "{}", str(one).replace("/rep/", "/{}/")) for one in ADDRESSES}
    named = {re.sub("{[a-z]+}", "{}", path) for path in schema["paths"] if path.startswith(start)}
    assert {path.removeprefix("/api/v1/") for path in named} <= known


# Methods


def test_a_method_that_an_address_has_not_is_refused_and_the_others_are_named(olga, named):
    """PUT among them: a person is changed by PATCH alone."""
    for address in ADDRESSES:
        said = set(address.methods.split()) | {"OPTIONS"}
        said |= {"HEAD"} if "GET" in said else set()
        for method in METHODS:
            if method not in said:
                answer = olga.ask(method, at(address, named), {})
                problem(answer, 405)
                assert set(answer["Allow"].split(", ")) == said, method


def test_what_an_address_has_is_answered(olga, named):
    """The twin of all refusals below; what is read is read, and OPTIONS says no more."""
    for address in ADDRESSES:
        path = at(address, named)
        if "GET" in address.methods:
            assert olga.ask("GET", path).status_code == 200
            assert olga.ask("HEAD", path).content == b""
        assert olga.ask("OPTIONS", path).json().keys() == {"methods"}


# Who may ask


def test_a_stranger_is_told_to_sign_in(named):
    for address in ADDRESSES:
        for method in METHODS:
            answer = Asker().ask(method, at(address, named), {})
            problem(answer, 401)
            assert "WWW-Authenticate" in answer


OUT = {
    "deactivated": {"is_active": False},
    "suspended": {"state": State.SUSPENDED},
    "rejected": {"state": State.REJECTED},
    "deleted": {"deleted_at": "2026-01-01T00:00Z"},
}


@pytest.mark.parametrize("values", OUT.values(), ids=OUT)
def test_who_is_shut_out_is_a_stranger_everywhere(named, values):
    """R1: an Owner too, by the session that they had."""
    out = person("otto", "owner")
    assert out.ask("GET", "users/").status_code == 200
    type(out.user).objects.filter(pk=out.user.pk).update(**values)
    for address in ADDRESSES:
        for method in METHODS:
            problem(out.ask(method, at(address, named), {}), 401)


def test_who_waits_reads_who_they_are_and_nothing_else(named):
    """R1: whatever their roles."""
    waiting = person("wes", "owner", state=State.WAITING)
    for address in ADDRESSES:
        for method in address.methods.split():
            if address.path not in OWN:
                problem(waiting.ask(method, at(address, named), {}), 403)
    assert waiting.ask("GET", "me/").status_code == 200


def test_who_has_no_rights_is_refused_before_anything_is_looked_up(named):
    """R23: the same for what is there and what is not."""
    guest = person("gus", "guest")
    for address in ADDRESSES:
        for method in address.methods.split():
            if address.path in CATALOGUE:
                continue
            here, never = (guest.ask(method, at(address, n), {}) for n in (named, NOBODY))
            problem(here, 403)
            assert (never.status_code, never.content) == (403, here.content), (method, address)


ODD = {
    "unknown": NOBODY,
    "NUL": dict.fromkeys(NOBODY, "a%00b"),
    "huge": dict.fromkeys(NOBODY, "9" * 30),
}


@pytest.mark.parametrize("names", ODD.values(), ids=ODD)
def test_what_never_was_is_not_found(olga, named, names):
    """Nor is a name that no database keeps, or a number beyond every key."""
    for address in OF_ONE:
        for method in address.methods.split():
            problem(olga.ask(method, at(address, names), address.bodies.get(method)), 404)


# What is no input


def test_a_parameter_that_nobody_reads_is_refused_by_name(olga, named):
    before = AuditEntry.objects.count()
    for address in ADDRESSES:
        for method in address.methods.split():
            for name in ("shoe_size", "format", "user__password"):
                answer = olga.ask(method, f"{at(address, named)}?{name}=1", {})
                assert list(errors(answer)) == [name]
        assert AuditEntry.objects.count() == before


def test_pages_are_turned_in_lists_and_nowhere_else(olga, named):
    before = AuditEntry.objects.count()
    for address in ADDRESSES:
        for method in address.methods.split():
            answer = olga.ask(method, f"{at(address, named)}?page=1", {})
            if method == "GET" and address.path in PAGED:
                assert answer.status_code == 200
            else:
                assert list(errors(answer)) == ["page"], (method, address)
        assert AuditEntry.objects.count() == before


def test_a_key_that_nobody_reads_is_refused_by_name(olga, named):
    """Threat 3; where nothing is read, too."""
    before = AuditEntry.objects.count()
    for address in ADDRESSES:
        for method in set(address.methods.split()) - {"GET", "DELETE"}:
            body = address.bodies.get(method, {}) | {"is_superuser": True}
            if address.path in ("users/{user}/restore/", "users/{user}/undelete/"):
                continue
            answer = olga.ask(method, at(address, named), body)
            assert list(errors(answer)) == ["is_superuser"], method
        assert AuditEntry.objects.count() == before


BODIES = ("[]", '"x"', "1", "true", "{", '{"a": NaN}', '{"\\ud800": 1}', '[{"role": "user"}]')
VALUES = {
    "a list": "[]",
    "a list of lists": "[[]]",
    "a list of objects": "[{}]",
    "an object": "{}",
    "an object within": '{"code": {"$ne": 1}}',
    "null": "null",
    "a number": "7",
    "a huge number": "1" + "0" * 40,
    "a number beyond Python's": "9" * 5000,
    "a fraction": "0.5",
    "an endless number": "1e999",
    "true": "true",
    "a NUL": '"a\\u0000b"',
    "a NUL within": '["a\\u0000b"]',
    "half a pair": '"\\ud800"',
    "half a pair within": '{"\\udfff": ["\\ud800"]}',
    "a long text": '"%s"' % ("x" * 100_000),
    "many texts": json.dumps([f"x{n}" for n in range(5_000)]),
}
NEVER_TAKEN = {"an object within", "an endless number", "a NUL", "a NUL within", "a list of lists"}
NEVER_TAKEN |= {"half a pair", "half a pair within", "a number beyond Python's"}
NEVER_TAKEN |= {"a list of objects"}
FORESEEN = {200, 201, 400, 403, 409}
all_bodies = pytest.mark.parametrize(
    ("address", "method"), WITH_BODY, ids=[f"{method} {one}" for one, method in WITH_BODY]
)


@all_bodies
def test_a_body_that_is_no_object_is_refused(olga, named, address, method):
    before = AuditEntry.objects.count()
    for body in BODIES:
        problem(olga.ask(method, at(address, named), body), 400)
    assert AuditEntry.objects.count() == before


@all_bodies
def test_a_value_of_another_kind_is_refused_and_never_an_error_of_ours(
    olga, named, address, method
):
    for key, (what, value) in product(address.bodies[method], VALUES.items()):
        rest = {name: one for name, one in address.bodies[method].items() if name != key}
        body = json.dumps(rest)[:-1] + (", " if rest else "") + f'"{key}": {value}}}'
        with transaction.atomic():
            before = AuditEntry.objects.count()
            answer = olga.ask(method, at(address, named), body)
            is_silent = AuditEntry.objects.count() == before
            transaction.set_rollback(True)
        assert answer.status_code in FORESEEN, (key, what, answer.content)
        if what in NEVER_TAKEN or answer.status_code >= 400:
            problem(answer, 400 if what in NEVER_TAKEN else answer.status_code)
            assert is_silent, (key, what)
