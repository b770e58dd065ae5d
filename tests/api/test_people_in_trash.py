"""`users/trash/` and `users/{username}/undelete/`: for who may delete people (R26, D3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roles.core import clock
from tests.factories import give, make_role, make_user

from .people import Asker, errors, person, problem, with_role

pytestmark = pytest.mark.django_db
CODES = "users.view users.delete"


def deleted(username, *roles, **values):
    return make_user(username, *roles, deleted_at=clock.now(), **values)


def names(asker, **query):
    return [row["username"] for row in asker.read("users/trash/", **query)["results"]]


def test_a_deleted_person_lies_in_the_trash_and_comes_back_as_they_were(olga):
    make_user("ann", "user", email="ann@x.org", state="suspended")
    shown = olga.read("users/ann/")
    assert names(olga) == []
    assert olga.ask("DELETE", "users/ann/").status_code == 204
    assert olga.read("users/trash/")["results"] == [shown]
    answer = olga.ask("POST", "users/ann/undelete/")
    assert (answer.status_code, answer.json()) == (200, shown)
    assert answer["ETag"] == olga.ask("GET", "users/ann/")["ETag"]
    assert names(olga) == [] and olga.read("users/ann/")["state"] == "suspended"


def test_the_last_who_was_deleted_comes_first(olga):
    for name in ("ann", "ben", "cid"):
        make_user(name)
        olga.ask("DELETE", f"users/{name}/")
    assert names(olga) == ["cid", "ben", "ann"]
    assert names(olga, page_size=1, page=3) == ["ann"]
    errors(olga.ask("GET", "users/trash/?search=ann"))


def test_a_deleted_person_is_at_no_other_address(olga):
    """R13, R23: as one who never was; `restore` ends a suspension, and finds nobody here."""
    deleted("ann", state="suspended")
    for method, rest in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "roles/"),
        ("GET", "access/"),
        ("GET", "history/"),
        *(("POST", f"{act}/") for act in ("suspend", "restore", "approve", "reject", "roles")),
        ("DELETE", "roles/user/"),
    ):
        gone, never = (olga.ask(method, f"users/{name}/{rest}", {}) for name in ("ann", "none"))
        problem(gone, 404)
        assert gone.content == never.content, (method, rest)


def test_the_trash_holds_whom_one_may_delete_and_only_they_come_back(olga):
    """D2, D3: who ranks as high or higher, by a role that begins later too, is not there."""
    max_ = with_role("max", CODES, level=50)
    deleted("low", "user"), deleted("peer", make_role(level=50)), deleted("top", "owner")
    give(deleted("soon"), make_role(level=60), valid_from="2126-01-01T00:00Z")
    assert names(max_) == ["low"] and set(names(olga)) == {"low", "peer", "soon", "top"}
    for name in ("peer", "top", "soon", "none", "max"):
        problem(max_.ask("POST", f"users/{name}/undelete/"), 404)
    assert max_.ask("POST", "users/low/undelete/").status_code == 200
    problem(max_.ask("POST", "users/low/undelete/"), 404)


def test_a_hidden_field_stays_hidden_in_the_trash(olga):
    """R16."""
    hidden = {"users": {"email": "hidden"}}
    max_ = with_role("max", CODES, level=50, fields=hidden)
    deleted("ann", email="ann@x.org", first_name="Ann")
    (row,) = max_.read("users/trash/")["results"]
    assert "email" not in row and row["first_name"] == "Ann" and "roles" not in row


def test_an_address_that_somebody_else_has_by_now_is_named(olga):
    deleted("ann", email="ann@x.org")
    make_user("ben", email="Ann@x.org")
    assert list(errors(olga.ask("POST", "users/ann/undelete/"))) == ["email"]
    assert names(olga) == ["ann"]


def test_order_of_answers(olga):
    """R1, R23."""
    deleted("ann")
    for path, method in (("users/trash/", "GET"), ("users/ann/undelete/", "POST")):
        problem(Asker().ask(method, path), 401)
        problem(person("wes" + method, "owner", state="waiting").ask(method, path), 403)
        problem(with_role("v" + method, "users.view users.edit", level=90).ask(method, path), 403)
        other = "POST" if method == "GET" else "GET"
        problem(olga.ask(other, path), 405)
    assert list(errors(olga.ask("POST", "users/ann/undelete/", {"state": "active"}))) == ["state"]
    sees_nobody = with_role("sid", "users.delete", level=90)
    assert names(sees_nobody) == []
    problem(sees_nobody.ask("POST", "users/ann/undelete/"), 404)


def test_nobody_is_called_like_the_trash(olga):
    """Their address would be that of the trash."""
    body = {"username": "trash"}
    assert list(errors(olga.ask("POST", "users/", body))) == ["username"]
    make_user("ann")
    assert list(errors(olga.ask("PATCH", "users/ann/", body))) == ["username"]
    assert olga.ask("PATCH", "users/ann/", {"username": "Trashy"}).status_code == 200


def test_the_trash_costs_the_same_for_any_number(olga):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            olga.read("users/trash/")
        return len(asked)

    deleted("ann", "user", manager=make_user("boss"))
    queries()
    few = queries()
    for number in range(6):
        deleted(f"d{number}", "user", "guest", manager=make_user(f"m{number}"))
    assert queries() == few
