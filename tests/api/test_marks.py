"""People, roles, teams and departments come with a mark; who saw another one changes nothing."""

import pytest

from roles.models import AuditEntry
from tests.factories import make_department, make_role, make_team, make_user

from .people import problem, with_role

pytestmark = pytest.mark.django_db
THINGS = {
    "users/ann/": {"first_name": "Anna"},
    "roles/rep/": {"description": "Sells."},
    "teams/alpha/": {"name": "First"},
    "departments/sales/": {"name": "Sold"},
}
CHANGES = [(path, "PATCH", body) for path, body in THINGS.items()]
CHANGES += [(path, "DELETE", None) for path in THINGS]
CHANGES += [("roles/rep/", "PUT", {"name": "Rep", "level": 10})]
CHANGES += [("roles/rep/matrix/", "PATCH", {"grant": ["deals.view"]})]
each_change = pytest.mark.parametrize(("path", "method", "body"), CHANGES)


@pytest.fixture
def asker(olga):
    """An Owner, with one of each thing."""
    make_user("ann"), make_role("rep"), make_team("alpha"), make_department("sales")
    return olga


def mark_of(asker, path):
    return asker.ask("GET", path.removesuffix("matrix/"))["ETag"]


@pytest.mark.parametrize(("path", "body"), THINGS.items())
def test_the_mark_stands_as_long_as_what_is_shown_and_comes_with_every_answer(asker, path, body):
    first = mark_of(asker, path)
    assert mark_of(asker, path) == first
    changed = asker.ask("PATCH", path, body)
    assert changed["ETag"] == mark_of(asker, path) != first
    kind, _slash, _rest = path.partition("/")
    new = {"users": {"username": "new"}, "roles": {"code": "new", "name": "New"}}
    made = asker.ask("POST", f"{kind}/", new.get(kind, {"code": "new", "name": "New"}))
    assert made.status_code == 201 and made["ETag"] == mark_of(asker, f"{kind}/new/")


@each_change
def test_a_change_of_what_was_seen_otherwise_is_refused_and_nothing_happens(
    asker, path, method, body
):
    """412, to whoever may make the change; to nobody else is anything said of the mark (R23)."""
    viewer = with_role("vic", "users.view roles.view", level=90)
    stale, before = {"If-Match": mark_of(asker, path)}, AuditEntry.objects.count()
    change = next(body for start, body in THINGS.items() if path.startswith(start))
    asker.ask("PATCH", path.removesuffix("matrix/"), change)
    assert AuditEntry.objects.count() == before + 1
    for header in (stale, {"If-Match": '"never"'}, {"If-Match": ""}):
        problem(asker.ask(method, path, body, **header), 412)
    problem(viewer.ask(method, path, body, **stale), 403)
    assert AuditEntry.objects.count() == before + 1


@each_change
def test_a_change_of_what_was_seen_is_made(asker, path, method, body):
    for header in ({"If-Match": mark_of(asker, path)}, {"If-Match": "*"}):
        if asker.ask("GET", path).status_code == 200:
            answer = asker.ask(method, path, body, **header)
            assert answer.status_code == (204 if method == "DELETE" else 200), answer.content
