"""`users/{username}/history/` and `roles/{code}/history/`: the log of one person, of one role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.people import edit_person, suspend_person
from accounts.services.placing import move_to_manager
from roles.core.changes import RoleChanges
from roles.services.assignment import assign_role
from roles.services.role import change_role
from tests.factories import make_role, make_user, role_of

from .people import Asker, errors, person, problem, with_role

pytestmark = pytest.mark.django_db
ANN, REP = "users/ann/history/", "roles/rep/history/"


@pytest.fixture
def ann(olga):
    """Somebody who was renamed, given a role, and suspended."""
    ann, rep = make_user("ann", email="ann@x.org"), make_role("rep", permissions="contacts.view")
    edit_person(acting_user=olga.user, person=ann, values={"email": "ann@y.org"})
    assign_role(acting_user=olga.user, user=ann, role=rep)
    changes = RoleChanges(granted=frozenset({"deals.view"}))
    change_role(acting_user=olga.user, role=rep, changes=changes)
    suspend_person(acting_user=olga.user, person=ann)
    return ann


def actions(asker, path, **query):
    return [row["action"] for row in asker.read(path, **query)["results"]]


def test_the_log_of_a_person_holds_what_was_done_to_them_and_which_roles_they_were_given(olga, ann):
    assert actions(olga, ANN) == ["user.suspended", "role.assigned", "user.changed"]
    make_user("ben")
    assert actions(olga, "users/ben/history/") == []
    (row,) = [row for row in olga.read(ANN)["results"] if row["action"] == "user.changed"]
    assert row["changes"] == [{"field": "email", "old": "ann@x.org", "new": "ann@y.org"}]
    assert row == olga.read(f"activities/{row['id']}/")


def test_the_log_of_a_role_holds_its_changes_and_who_was_given_it(olga, ann):
    assert actions(olga, REP) == ["role.changed", "role.assigned"]
    changed, given = olga.read(REP)["results"]
    assert changed["changes"] == [{"field": "deals.view", "old": False, "new": True}]
    assert given["beside"]["id"] == "ann"


def test_a_history_shows_what_the_reader_may_view_and_no_more(olga, ann):
    """R16, R23, R24: no change of a hidden field, no role without the right to view roles."""
    hidden = {"users": {"email": "hidden"}}
    assert actions(with_role("vic", "users.view"), ANN) == ["user.suspended", "user.changed"]
    assert actions(with_role("max", "users.view", fields=hidden), ANN) == ["user.suspended"]
    both = with_role("bob", "users.view roles.view")
    assert actions(both, ANN) == actions(olga, ANN)
    assert actions(with_role("ron", "roles.view"), REP) == ["role.changed"]
    (_suspended, given, _changed) = both.read(ANN)["results"]
    assert (given["actor"], given["subject"]["id"]) == ("olga", "rep")


def test_it_is_seen_with_the_person_or_the_role_and_needs_no_activities_view(olga, ann):
    """The order of R23; whoever waits or is shut out is answered as everywhere (R1)."""
    guest = person("gus", "guest")
    waiting = person("wes", "owner", state="waiting")
    for path, never in ((ANN, "users/none/history/"), (REP, "roles/none/history/")):
        problem(Asker().ask("GET", path), 401)
        problem(guest.ask("GET", path), 403)
        problem(waiting.ask("GET", path), 403)
        problem(olga.ask("GET", never), 404)
        problem(olga.ask("POST", path, {}), 405)
        errors(olga.ask("GET", f"{path}?action=user.changed"))
    olga.ask("DELETE", "users/ann/")
    problem(olga.ask("GET", ANN), 404)


def test_a_history_is_paged(olga, ann):
    page = olga.read(ANN, page_size=2, page=2)
    assert (page["count"], page["next"], len(page["results"])) == (3, None, 1)
    errors(olga.ask("GET", f"{ANN}?page_size=1000"))


@pytest.mark.parametrize("path", [ANN, REP])
def test_a_history_asks_as_much_for_many_entries_as_for_few(olga, ann, path):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            olga.read(path, page_size=100)
        return len(asked)

    add_entries(ann, "first")
    queries()
    few = queries()
    for number in range(8):
        add_entries(ann, str(number))
    assert olga.read(path)["count"] > 8
    assert queries() == few


def add_entries(ann, name):
    """Move Ann below another person, give her another role, and somebody else the role Rep."""
    actor, boss = make_user(f"owner-{name}", "owner"), make_user(f"boss-{name}")
    move_to_manager(acting_user=actor, person=ann, manager=boss)
    assign_role(acting_user=actor, user=ann, role=make_role(f"role-{name}"))
    assign_role(acting_user=actor, user=boss, role=role_of("rep"))
