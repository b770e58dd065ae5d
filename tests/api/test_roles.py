"""Roles over HTTP: the shape of a policy file, the grid, clones and impact."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roles.core.document import dump_role
from roles.models import AuditEntry, Module, Role
from roles.services.loading import read_role
from tests.factories import fetch, give, make_role, make_user, role_of

from .people import Asker, errors, person, problem, with_role

FULL = {
    "code": "salesperson",
    "name": "Salesperson",
    "description": "Sells.",
    "level": 20,
    "base": "user",
    "permissions": ["reports.create", "reports.view", "tasks.comment"],
    "privileges": ["report.export"],
    "records": {
        "accounts": ["department", "team"],
        "contacts": "team",
        "leads": {"*": "department", "edit": "own"},
    },
    "fields": {"contacts": {"notes": "hidden", "phone": "read_only"}},
}


@pytest.fixture
def sold(olga):
    """A role made of a whole body, as the API answers."""
    made = olga.ask("POST", "roles/", FULL)
    assert made.status_code == 201, made.content
    return made.json()


def stored(code):
    return read_role(role_of(code))


def test_a_role_is_made_in_the_shape_of_a_policy_file_and_read_back(olga, sold):
    assert {key: sold[key] for key in FULL} == FULL
    assert sold["own"] == FULL["permissions"]
    assert set(FULL["permissions"]) | {"contacts.view"} <= set(sold["effective"])
    assert (sold["users"], sold["system"], sold["locked"]) == (0, False, [])
    assert olga.read("roles/salesperson/") == sold
    assert dump_role(stored("salesperson")) == FULL


def test_a_role_without_a_code_has_one_made_of_its_name(olga):
    made = olga.ask("POST", "roles/", {"name": "Field Sales"})
    assert made.status_code == 201
    assert made.json()["code"] == "field-sales"
    assert made["Location"].endswith("/api/v1/roles/field-sales/")
    assert olga.ask("GET", "roles/field-sales/").status_code == 200


def test_the_list_has_every_role_and_costs_the_same_for_any_number(olga):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            olga.read("roles/")
        return len(asked)

    olga.read("roles/")
    few = queries()
    for number in range(5):
        make_user(f"u{number}", make_role(f"r{number}", permissions="contacts.view", base="user"))
    olga.read("roles/")
    assert queries() == few
    rows = {row["code"]: row for row in olga.read("roles/")["results"]}
    assert rows.keys() == set(Role.objects.values_list("code", flat=True))
    assert (rows["r0"]["users"], rows["r0"]["base"]) == (1, "user")
    assert rows["owner"]["system"] and "deals.delete" in rows["owner"]["effective"]
    assert [row["level"] for row in rows.values()] == sorted(
        (row["level"] for row in rows.values()), reverse=True
    )


def test_patch_changes_the_keys_that_are_sent_and_no_other(olga, sold):
    answer = olga.ask("PATCH", "roles/salesperson/", {"level": 25, "records": {"leads": "all"}})
    assert answer.status_code == 200
    assert answer.json() == sold | {"level": 25, "records": {"leads": "all"}}


def test_put_leaves_empty_what_is_left_out(olga, sold):
    answer = olga.ask("PUT", "roles/salesperson/", {"name": "Seller"})
    assert answer.status_code == 200
    left = {"code": "salesperson", "name": "Seller", "level": 0}
    assert dump_role(stored("salesperson")) == left


def test_what_was_read_can_be_sent_back_and_changes_nothing(olga, sold):
    before = AuditEntry.objects.count()
    for method in ("PUT", "PATCH"):
        assert olga.ask(method, "roles/salesperson/", sold).status_code == 200
    assert olga.read("roles/salesperson/") == sold
    assert AuditEntry.objects.count() == before
    for key in ("own", "effective", "users", "system", "locked"):
        assert list(errors(olga.ask("PATCH", "roles/salesperson/", {key: ["x"]}))) == [key]


def test_a_change_counts_from_the_next_request_on(olga, sold):
    """R28."""
    ann = person("ann", "salesperson")
    assert ann.ask("GET", "leads/trash/").status_code == 403
    more = [*FULL["permissions"], "leads.delete"]
    assert olga.ask("PATCH", "roles/salesperson/", {"permissions": more}).status_code == 200
    assert ann.ask("GET", "leads/trash/").status_code == 200


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "other"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "User"}, "name"),
        ({"name": None}, "name"),
        ({"level": 101}, "level"),
        ({"level": True}, "level"),
        ({"level": "20"}, "level"),
        ({"base": "owner"}, "base"),
        ({"base": "nobody"}, "base"),
        ({"base": "salesperson"}, "base"),
        ({"base": ["user"]}, "base"),
        ({"permissions": "contacts.view"}, "permissions"),
        ({"permissions": ["contacts.fly"]}, "permissions"),
        ({"permissions": ["admin.edit"]}, "permissions"),
        ({"permissions": [{"code": "contacts.view"}]}, "permissions"),
        ({"privileges": ["contacts.view"]}, "privileges"),
        ({"privileges": ["сontacts.view"]}, "privileges"),
        ({"records": {"contacts": "nowhere"}}, "records"),
        ({"records": {"users": "all"}}, "records"),
        ({"records": {"contacts": {"fly": "all"}}}, "records"),
        ({"records": []}, "records"),
        ({"fields": {"contacts": {"shoe_size": "hidden"}}}, "fields"),
        ({"fields": {"contacts": {"phone": "secret"}}}, "fields"),
        ({"is_system": True}, "is_system"),
        ({"permisions": []}, "permisions"),
    ],
)
def test_what_is_wrong_is_refused_by_its_key_and_nothing_is_saved(olga, sold, change, named):
    before = stored("salesperson")
    assert list(errors(olga.ask("PATCH", "roles/salesperson/", change))) == [named]
    assert stored("salesperson") == before
    if change.keys() & {"code"}:
        return
    body = {**FULL, "code": "another", "name": "Another", **change}
    if change != {"base": "salesperson"}:
        assert list(errors(olga.ask("POST", "roles/", body))) == [named]
        assert not Role.objects.filter(code="another").exists()


@pytest.mark.parametrize("body", [[], "x", 1, None, [FULL]])
def test_a_body_that_is_no_object_is_refused(olga, sold, body):
    for method, path in (("POST", "roles/"), ("PATCH", "roles/salesperson/")):
        assert olga.ask(method, path, json.dumps(body)).status_code == 400


def test_a_code_or_name_that_is_taken_is_refused(olga, sold):
    assert list(errors(olga.ask("POST", "roles/", FULL | {"name": "New"}))) == ["code"]
    assert list(errors(olga.ask("POST", "roles/", FULL | {"code": "new"}))) == ["name"]
    assert list(errors(olga.ask("POST", "roles/", {"code": "owner", "name": "New"}))) == ["code"]


def test_system_roles_keep_their_name_level_and_base(olga):
    """D8."""
    for key, value in (("name", "Boss"), ("level", 9), ("base", "guest")):
        assert list(errors(olga.ask("PATCH", "roles/manager/", {key: value}))) == [key]
    problem(olga.ask("PATCH", "roles/owner/", {"permissions": ["contacts.view"]}), 403)
    problem(olga.ask("DELETE", "roles/manager/"), 403)
    more = [*olga.read("roles/manager/")["own"], "deals.export"]
    assert olga.ask("PATCH", "roles/manager/", {"permissions": more}).status_code == 200


def test_nobody_overwrites_what_they_have_not_seen(olga, sold):
    tag = olga.ask("GET", "roles/salesperson/")["ETag"]
    first = olga.ask("PATCH", "roles/salesperson/", {"level": 21}, **{"If-Match": tag})
    assert first.status_code == 200
    problem(olga.ask("PATCH", "roles/salesperson/", {"level": 22}, **{"If-Match": tag}), 412)
    problem(olga.ask("DELETE", "roles/salesperson/", **{"If-Match": tag}), 412)
    again = first["ETag"]
    answer = olga.ask("PATCH", "roles/salesperson/", {"level": 22}, **{"If-Match": again})
    assert answer.status_code == 200


def test_a_role_in_use_is_deleted_once_its_people_have_where_to_go(olga, sold):
    """D9."""
    ann = make_user("ann", "salesperson")
    make_role("junior", base="salesperson")
    assert "Move them" in problem(olga.ask("DELETE", "roles/salesperson/"), 409)["detail"]
    assert list(errors(olga.ask("DELETE", "roles/salesperson/?move_to=none"))) == ["move_to"]
    errors(olga.ask("DELETE", "roles/salesperson/?move_to=salesperson"))
    errors(olga.ask("DELETE", "roles/salesperson/?to=user"))
    assert olga.ask("DELETE", "roles/salesperson/?move_to=user").status_code == 204
    problem(olga.ask("GET", "roles/salesperson/"), 404)
    assert [held.role.code for held in ann.role_assignments.all()] == ["user"]
    assert role_of("junior").base.code == "user"


def test_a_role_that_nobody_uses_is_deleted(olga, sold):
    assert olga.ask("DELETE", "roles/salesperson/").status_code == 204
    assert not Role.objects.filter(code="salesperson").exists()


# The grid


def cells(asker, code):
    return {
        cell["code"]: cell
        for module in asker.read(f"roles/{code}/matrix/")["modules"]
        for cell in module["cells"].values()
    }


def test_the_grid_says_of_each_cell_where_it_comes_from(olga, sold):
    make_role("chief", permissions="admin.view")
    found = cells(olga, "salesperson")
    grid = olga.read("roles/salesperson/matrix/")
    assert len(grid["modules"]) == 18 and len(found) == 18 * 7

    def of(code, grid=found):
        return {
            name for name in ("applicable", "granted", "inherited", "implied") if grid[code][name]
        }

    assert of("reports.view") == {"applicable", "granted"}
    assert of("contacts.view") == {"applicable", "inherited"}
    assert of("contacts.delete") == {"applicable"}
    assert of("reports.import") == set()
    assert of("users.view", cells(olga, "chief")) == {"applicable", "implied"}
    assert of("contacts.delete", cells(olga, "owner")) == {"applicable", "inherited"}
    features = {cell["code"]: cell for cell in grid["features"]}
    assert features["tasks.comment"]["granted"] and features["tasks.comment"]["inherited"]
    assert not features["billing.view"]["granted"]


def test_cells_are_ticked_and_unticked(olga, sold):
    change = {"grant": ["contacts.export", "reports.view"], "revoke": ["reports.create"]}
    answer = olga.ask("PATCH", "roles/salesperson/matrix/", change)
    assert answer.status_code == 200
    own = set(olga.read("roles/salesperson/")["own"])
    assert own == {"contacts.export", "reports.view", "tasks.comment"}
    ticked = {
        cell["code"]
        for m in answer.json()["modules"]
        for cell in m["cells"].values()
        if cell["granted"]
    }
    assert ticked == own - {"tasks.comment"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"grant": ["contacts.fly"]}, "grant"),
        ({"grant": ["admin.edit"]}, "grant"),
        ({"grant": "contacts.view"}, "grant"),
        ({"grant": [1]}, "grant"),
        ({"revoke": ["nothing.view"]}, "revoke"),
        ({"revoke": ["contacts.view"]}, "revoke"),
        ({"grant": ["deals.delete"], "revoke": ["deals.delete"]}, "revoke"),
        ({"toggle": ["contacts.view"]}, "toggle"),
        ([], "non_field_errors"),
    ],
)
def test_what_cannot_be_ticked_is_refused_whole(olga, sold, body, named):
    before = stored("salesperson")
    if isinstance(body, dict):
        body.setdefault("grant", ["leads.export"])
    assert list(errors(olga.ask("PATCH", "roles/salesperson/matrix/", body))) == [named]
    assert stored("salesperson") == before


# Clones


def test_a_clone_begins_with_the_source_s_own_values_and_an_empty_name(olga, sold):
    """D10."""
    start = olga.read("roles/salesperson/clone/")
    own = {key: value for key, value in FULL.items() if key != "code"}
    assert start == own | {"name": "", "second_factor": False, "left_out": []}
    assert Role.objects.filter(base__code="user").count() == 1


def test_a_clone_is_made_with_a_name_and_what_shall_differ(olga, sold):
    """D10."""
    body = {"code": "senior", "name": "Senior", "level": 30, "privileges": []}
    made = olga.ask("POST", "roles/salesperson/clone/", body)
    assert made.status_code == 201
    assert dump_role(stored("senior")) == {
        key: value for key, value in (FULL | body).items() if key != "privileges"
    }
    entry = AuditEntry.objects.get(action="role.cloned")
    assert {"field": "cloned_from", "old": None, "new": "salesperson"} in entry.changes
    assert list(errors(olga.ask("POST", "roles/salesperson/clone/", {"code": "x"}))) == ["name"]
    assert list(errors(olga.ask("POST", "roles/salesperson/clone/", body))) == ["name"]
    problem(olga.ask("GET", "roles/nobody/clone/"), 404)


# Impact


def test_impact_says_who_would_gain_or_lose_what_and_saves_nothing(olga, sold):
    for name in ("ann", "ben"):
        make_user(name, "salesperson")
    give(make_user("cid", "salesperson"), make_role(permissions="deals.export"))
    before = stored("salesperson")
    wanted = {"permissions": ["reports.view", "deals.export", "tasks.comment"]}
    answer = olga.ask("POST", "roles/salesperson/impact/", wanted)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["holders"], found["people"]) == (3, 3)
    by_kind = {
        (effect["kind"], tuple(effect["names"])): effect["people"] for effect in found["effects"]
    }
    assert by_kind == {("gained", ("deals.export",)): 2, ("lost", ("reports.create",)): 3}
    assert stored("salesperson") == before
    assert list(errors(olga.ask("POST", "roles/salesperson/impact/", {"level": -1}))) == ["level"]


# Who may


def test_order_of_answers(olga, sold):
    """R23: not signed in 401, R12 says no 403; roles are no secret to who may view them."""
    viewer, stranger = with_role("vic", "roles.view"), person("sam", "user")
    paths = ["roles/", "roles/salesperson/", "roles/salesperson/matrix/", "roles/none/"]
    for path in paths:
        problem(Asker().ask("GET", path), 401)
        problem(stranger.ask("GET", path), 403)
    assert [viewer.ask("GET", path).status_code for path in paths] == [200, 200, 200, 404]
    writes = [
        ("POST", "roles/", {"name": "New"}),
        ("PUT", "roles/salesperson/", {"name": "New"}),
        ("PATCH", "roles/salesperson/", {"name": "New"}),
        ("DELETE", "roles/salesperson/", None),
        ("PATCH", "roles/salesperson/matrix/", {"grant": ["deals.view"]}),
        ("POST", "roles/salesperson/clone/", {"name": "New"}),
        ("GET", "roles/salesperson/clone/", None),
        ("POST", "roles/salesperson/impact/", {"level": 1}),
    ]
    before = stored("salesperson")
    for method, path, body in writes:
        problem(Asker().ask(method, path, body), 401)
        problem(viewer.ask(method, path, body), 403)
    assert stored("salesperson") == before
    assert not Role.objects.filter(name="New").exists()


def test_parameters_and_methods_that_mean_nothing_are_refused(olga, sold):
    errors(olga.ask("GET", "roles/?level=20"))
    errors(olga.ask("GET", "roles/salesperson/?fields=name"))
    errors(olga.ask("GET", "roles/salesperson/matrix/?format=csv"))
    problem(olga.ask("POST", "roles/salesperson/"), 405)
    problem(olga.ask("DELETE", "roles/salesperson/matrix/"), 405)
    assert olga.ask("HEAD", "roles/").status_code == 200
    assert olga.ask("OPTIONS", "roles/").status_code == 200


def test_what_is_stored_for_a_module_that_is_off_is_not_shown_and_not_lost(olga, sold):
    """R7."""
    Module.objects.filter(pk="contacts").update(is_enabled=False)
    shown = olga.read("roles/salesperson/")
    assert "contacts" not in shown["records"] and "contacts" not in shown["fields"]
    assert not [code for code in shown["effective"] if code.startswith("contacts.")]
    assert "contacts" not in [m["code"] for m in olga.read("roles/salesperson/matrix/")["modules"]]
    assert olga.ask("PUT", "roles/salesperson/", shown).status_code == 200
    Module.objects.filter(pk="contacts").update(is_enabled=True)
    assert olga.read("roles/salesperson/") == sold


def test_a_waiting_or_suspended_person_reads_no_role(sold):
    """R1."""
    problem(person("wim", "owner", state="waiting").ask("GET", "roles/"), 403)
    gone = person("sue", "owner")
    gone.user.state = "suspended"
    gone.user.save()
    assert fetch(gone.user) is None
    problem(gone.ask("GET", "roles/"), 401)


# Section 6


@pytest.fixture
def max_(db):
    """Max, at level 50, edits roles, and works on contacts and leads without exporting them."""
    make_role("rep", level=10, permissions="contacts.view contacts.export")
    make_role("peer", level=50, permissions="contacts.view")
    return with_role(
        "max",
        "roles.view roles.create roles.edit roles.delete contacts.view contacts.edit leads.view",
        level=50,
        records={"contacts": "all", "leads": "team"},
    )


def test_cells_that_the_asker_does_not_hold_are_locked_and_stay(max_):
    """D4, worked example 5: in both directions, and a forged change is refused whole."""
    locked = max_.read("roles/rep/")["locked"]
    assert "contacts.export" in locked and "deals.view" in locked
    assert "contacts.view" not in locked
    assert cells(max_, "rep")["contacts.export"]["locked"]
    before = stored("rep")
    for change in (
        {"revoke": ["contacts.export"]},
        {"grant": ["contacts.edit", "deals.view"]},
    ):
        said = problem(max_.ask("PATCH", "roles/rep/matrix/", change), 403)["detail"]
        assert "because you do not have it yourself" in said
        assert stored("rep") == before
    assert max_.ask("PATCH", "roles/rep/matrix/", {"grant": ["contacts.edit"]}).status_code == 200
    assert stored("rep").permissions == before.permissions | {"contacts.edit"}
    shown = max_.read("roles/rep/")
    assert max_.ask("PUT", "roles/rep/", shown | {"description": "x"}).status_code == 200
    assert "contacts.export" in stored("rep").permissions


def test_roles_at_or_above_the_asker_are_locked_whole(max_):
    """D3, D6."""
    assert set(max_.read("roles/peer/")["locked"]) >= {"contacts.view", "leads.view"}
    for code in ("peer", "owner", "administrator", "manager"):
        problem(max_.ask("PATCH", f"roles/{code}/", {"description": "mine"}), 403)
    problem(max_.ask("DELETE", "roles/peer/"), 403)
    problem(max_.ask("POST", "roles/", {"name": "High", "level": 50}), 403)
    make_role("heir", level=60, base="rep")
    problem(max_.ask("PATCH", "roles/rep/", {"description": "mine"}), 403)
    assert max_.ask("POST", "roles/", {"name": "Low", "level": 49}).status_code == 201


def test_no_road_gives_more_than_the_asker_holds(max_):
    """Threat 4: by scope, field, base, clone, privilege."""
    make_role("wide", level=10, permissions="deals.view", records={"deals": "all"})
    for body in (
        {"name": "A", "level": 1, "permissions": ["leads.view"], "records": {"leads": "all"}},
        {"name": "B", "level": 1, "base": "wide"},
        {"name": "C", "level": 1, "privileges": ["app.crm"]},
        {"name": "D", "level": 1, "permissions": ["roles.import"]},
    ):
        problem(max_.ask("POST", "roles/", body), 403)
    problem(max_.ask("POST", "roles/rep/clone/", {"name": "E", "permissions": ["deals.view"]}), 403)
    assert not Role.objects.filter(name__in="ABCDE").exists()
    body = {"name": "A", "level": 1, "permissions": ["leads.view"], "records": {"leads": "team"}}
    assert max_.ask("POST", "roles/", body).status_code == 201


def test_a_clone_begins_with_a_role_above_one_s_own_too(max_):
    """D10, D3: nothing of it changes, and what it may not give is left out."""
    problem(max_.ask("PATCH", "roles/peer/", {"description": "x"}), 403)
    assert max_.read("roles/peer/clone/")["permissions"] == ["contacts.view"]
    made = max_.ask("POST", "roles/peer/clone/", {"name": "Below", "level": 40})
    assert made.status_code == 201 and made.json()["level"] == 40


def test_a_clone_begins_without_what_the_asker_may_not_give(max_):
    """D10: what the actor may not give is left out, and the answer says what."""
    start = max_.read("roles/rep/clone/")
    assert start["permissions"] == ["contacts.view"]
    assert start["left_out"] == ["contacts.export"]
    made = max_.ask("POST", "roles/rep/clone/", {"name": "Copy"})
    assert (made.status_code, made.json()["left_out"]) == (201, ["contacts.export"])
    assert stored("copy").permissions == {"contacts.view"}


def test_who_may_not_view_roles_finds_none(olga):
    """R23: neither one to change, nor one to clone, nor whether there is any."""
    ivy = with_role("ivy", "roles.create roles.edit roles.delete", level=50)
    make_role("rep", permissions="contacts.view")
    for code in ("rep", "none"):
        problem(ivy.ask("PATCH", f"roles/{code}/", {"level": 5}), 404)
        problem(ivy.ask("PATCH", f"roles/{code}/matrix/", {"grant": []}), 404)
        problem(ivy.ask("GET", f"roles/{code}/clone/"), 404)
        problem(ivy.ask("POST", f"roles/{code}/clone/", {"name": "Copy"}), 404)
        problem(ivy.ask("DELETE", f"roles/{code}/"), 404)
    assert olga.ask("GET", "roles/rep/clone/").status_code == 200
    made = ivy.ask("POST", "roles/", {"name": "New", "level": 5})
    assert made.status_code == 201 and made.json() == {}


def test_a_role_asks_for_a_second_factor_over_the_api_too(olga, sold):
    assert sold["second_factor"] is False
    changed = olga.ask("PATCH", "roles/salesperson/", {"second_factor": True})
    assert changed.status_code == 200 and changed.json()["second_factor"] is True
    assert dump_role(stored("salesperson"))["second_factor"] is True
    assert olga.ask("PATCH", "roles/salesperson/", {"second_factor": "yes"}).status_code == 400
    put = olga.ask("PUT", "roles/salesperson/", FULL)
    assert put.status_code == 200 and put.json()["second_factor"] is False
