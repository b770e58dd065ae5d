"""Policy tests: a world whose keys all exist, and checks of exactly one form."""

import copy
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from roles.core.document import load_text
from roles.core.worlds import (
    Check,
    WorldAssignment,
    WorldRecord,
    WorldShare,
    WorldUser,
    parse_policy_test,
)

from .small import BUILTINS, CATALOGUE, fields_of, refused

TEXT = """
version: 1
now: 2026-03-01T12:00:00Z
roles:
  - {code: rep, name: Rep, permissions: [contacts.view], privileges: [deals.view]}
disabled_modules: [forms]
world:
  departments: {sales: null, sales-emea: sales}
  teams: [alpha, beta]
  users:
    ann: {roles: [rep, {role: user, from: 2026-01-01, until: 2030-01-01T00:00:00+01:00}],
          department: sales, teams: [alpha], manager: bob, active: true}
    bob: {roles: [owner]}
    off: {state: waiting, active: no, superuser: true}
  records:
    a1: {module: deals, owner: ann}
    c1: {module: contacts, owner: ann, values: {phone: "555 0100", deal: a1, vip: yes}}
    c2: {module: contacts, owner: null, deleted: true}
  shares:
    - {record: c1, user: bob, give: view}
    - {record: c1, team: alpha, give: edit}
checks:
  - {user: ann, permission: contacts.view, expect: true}
  - {user: null, permission: no.such, expect: no}
  - {user: ann, permission: contacts.edit, record: c1, expect: true}
  - {user: ann, read: phone, record: c1, expect: true}
  - {user: ann, write: no_such, record: c1, expect: false}
  - {user: ann, create: contacts, values: {owner: bob, phone: "1"}, expect: false}
  - {user: off, list: contacts, expect: [c1]}
  - {user: off, list: contacts, action: edit}
"""


def parse(value):
    return parse_policy_test(value, catalogue=CATALOGUE, builtins=BUILTINS, fields_of=fields_of)


def small(**changes):
    """Give a valid policy test with some of its top keys replaced."""
    return copy.deepcopy(
        {
            "version": 1,
            "world": {
                "departments": {"sales": None},
                "teams": ["alpha"],
                "users": {"ann": {}, "bob": {}},
                "records": {"c1": {"module": "contacts"}},
            },
            "checks": [],
        }
        | changes
    )


def with_world(**changes):
    value = small()
    value["world"].update(changes)
    return value


def with_user(**values):
    return with_world(users={"ann": values, "bob": {}})


def with_check(**check):
    return small(checks=[{"user": "ann", "permission": "x"}, check])


def test_example_is_read_in_the_order_of_the_file():
    found = parse(load_text(TEXT))
    assert found.now == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert [role.code for role in found.roles] == ["rep"]
    assert found.roles[0].privileges == {"deals.view"}  # shadowed, and accepted in a test
    assert found.disabled_modules == ("forms",)
    assert list(found.departments.items()) == [("sales", None), ("sales-emea", "sales")]
    assert found.teams == ("alpha", "beta")
    assert list(found.users.values()) == [
        WorldUser(
            "ann",
            roles=(
                WorldAssignment("rep"),
                WorldAssignment(
                    "user",
                    datetime(2026, 1, 1, tzinfo=UTC),
                    datetime(2029, 12, 31, 23, tzinfo=UTC),
                ),
            ),
            department="sales",
            teams=("alpha",),
            manager="bob",
        ),
        WorldUser("bob", roles=(WorldAssignment("owner"),)),
        WorldUser("off", state="waiting", active=False, superuser=True),
    ]
    assert list(found.records.values()) == [
        WorldRecord("a1", "deals", "ann"),
        WorldRecord("c1", "contacts", "ann", {"phone": "555 0100", "deal": "a1", "vip": True}),
        WorldRecord("c2", "contacts", None, deleted=True),
    ]
    assert {type(key) for key in found.users} == {str}
    assert found.shares == (
        WorldShare("c1", "bob", None, "view"),
        WorldShare("c1", None, "alpha", "edit"),
    )


def test_checks_of_every_form_are_read():
    value = load_text(TEXT)
    raw = value["checks"]
    values = {"owner": "bob", "phone": "1"}
    assert list(parse(value).checks) == [
        Check("permission", "ann", permission="contacts.view", expect=True, raw=raw[0]),
        Check("permission", None, permission="no.such", expect=False, raw=raw[1]),
        Check("record", "ann", permission="contacts.edit", record="c1", expect=True, raw=raw[2]),
        Check("read", "ann", field="phone", record="c1", expect=True, raw=raw[3]),
        Check("write", "ann", field="no_such", record="c1", expect=False, raw=raw[4]),
        Check("create", "ann", module="contacts", values=values, expect=False, raw=raw[5]),
        Check("list", "off", module="contacts", action="view", expect=("c1",), raw=raw[6]),
        Check("list", "off", module="contacts", action="edit", expect=None, raw=raw[7]),
    ]


def test_smallest_policy_test_is_read():
    found = parse({"version": 1, "checks": []})
    assert (found.now, found.roles, found.users, found.checks) == (None, (), {}, ())


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        (None, "", ["mapping"]),
        ({"checks": []}, "", ["'version'"]),
        ({"version": 1}, "", ["'checks'"]),
        (small(version=2), "version", ["2"]),
        (small(cheks=[]), "cheks", ["'checks'?"]),
        (small(checks={}), "checks", ["a list"]),
        (small(now="noon"), "now", ["2026-03-01T12:00:00Z", "'noon'"]),
        (small(now=5), "now", ["date"]),
        (small(now="0001-01-01T00:00:00+10:00"), "now", ["UTC"]),
        (small(roles=[{"code": "user", "name": "U"}]), "roles[0].code", ["built-in"]),
        (
            small(roles=[{"code": "a", "name": "A", "fields": {"contacts": {"x": "hidden"}}}]),
            "roles[0].fields.contacts.x",
            ["no field"],
        ),
        (small(disabled_modules="forms"), "disabled_modules", ["a list"]),
        (small(disabled_modules=["form"]), "disabled_modules[0]", ["'forms'?"]),
        (small(disabled_modules=["forms", "settings"]), "disabled_modules[1]", ["R7"]),
        (small(world=[]), "world", ["mapping"]),
        (small(world={"user": {}}), "world.user", ["'users'?"]),
        (with_world(departments=["sales"]), "world.departments", ["mapping"]),
        (with_world(departments={"a": "b"}), "world.departments.a", ["no department 'b'"]),
        (with_world(departments={"a": "a"}), "world.departments.a", ["cycle", "a -> a"]),
        (
            with_world(departments={"x": "a", "a": "b", "b": "a"}),
            "world.departments.a",
            ["a -> b -> a"],
        ),
        (with_world(departments={"": None}), "world.departments['']", ["empty"]),
        (with_world(teams=["a", "b", "a"]), "world.teams[2]", ["number 1"]),
        (with_world(teams=[""]), "world.teams[0]", ["empty"]),
        (with_world(users={1: {}}), "world.users", ["key 1"]),
        (with_world(users={" ann": {}}), "world.users[' ann']", ["space"]),
        (with_world(users={"ann": None}), "world.users.ann", ["mapping"]),
        (with_user(role=["user"]), "world.users.ann.role", ["'roles'?"]),
        (with_user(roles="user"), "world.users.ann.roles", ["a list"]),
        (with_user(roles=["usr"]), "world.users.ann.roles[0]", ["no role 'usr'", "'user'?"]),
        (with_user(roles=[5]), "world.users.ann.roles[0]", ["role, from and until"]),
        (with_user(roles=[{"from": None}]), "world.users.ann.roles[0]", ["'role'"]),
        (with_user(roles=[{"role": "usr"}]), "world.users.ann.roles[0].role", ["'user'?"]),
        (with_user(roles=["user", {"role": "user"}]), "world.users.ann.roles[1]", ["'user'"]),
        (
            with_user(roles=[{"role": "user", "from": "2026-01-01", "until": "2026-01-01"}]),
            "world.users.ann.roles[0].until",
            ["later"],
        ),
        (with_user(roles=[{"role": "user", "from": True}]), "world.users.ann.roles[0].from", []),
        (with_user(department="sale"), "world.users.ann.department", ["'sales'?"]),
        (with_user(teams=["alpa"]), "world.users.ann.teams[0]", ["'alpha'?"]),
        (with_user(teams="alpha"), "world.users.ann.teams", ["a list"]),
        (with_user(manager="bo"), "world.users.ann.manager", ["no user 'bo'", "'bob'?"]),
        (with_user(manager="ann"), "world.users.ann.manager", ["own manager"]),
        (
            with_world(users={"ann": {"manager": "bob"}, "bob": {"manager": "ann"}}),
            "world.users.ann.manager",
            ["ann -> bob -> ann"],
        ),
        (with_user(state="wating"), "world.users.ann.state", ["'waiting'?"]),
        (with_user(active=1), "world.users.ann.active", ["true or false"]),
        (with_user(superuser="yes"), "world.users.ann.superuser", ["true or false"]),
        (with_world(records={"c": {}}), "world.records.c", ["'module'"]),
        (with_world(records={"c": {"module": "x"}}), "world.records.c.module", ["no module"]),
        (
            with_world(records={"c": {"module": "contacts", "owner": "an"}}),
            "world.records.c.owner",
            ["no user 'an'", "'ann'?"],
        ),
        (
            with_world(records={"c": {"module": "contacts", "values": [1]}}),
            "world.records.c.values",
            ["mapping"],
        ),
        (
            with_world(records={"c": {"module": "contacts", "deleted": None}}),
            "world.records.c.deleted",
            ["true or false"],
        ),
        (with_world(shares=[{"record": "c1", "user": "ann"}]), "world.shares[0]", ["'give'"]),
        (
            with_world(shares=[{"record": "c2", "user": "ann", "give": "view"}]),
            "world.shares[0].record",
            ["no record 'c2'"],
        ),
        (
            with_world(shares=[{"record": "c1", "user": "eve", "give": "view"}]),
            "world.shares[0].user",
            ["no user"],
        ),
        (
            with_world(shares=[{"record": "c1", "team": "beta", "give": "view"}]),
            "world.shares[0].team",
            ["no team"],
        ),
        (with_world(shares=[{"record": "c1", "give": "view"}]), "world.shares[0]", ["either"]),
        (
            with_world(shares=[{"record": "c1", "user": "ann", "team": "alpha", "give": "view"}]),
            "world.shares[0]",
            ["either"],
        ),
        (
            with_world(shares=[{"record": "c1", "user": "ann", "give": "delete"}]),
            "world.shares[0].give",
            ["edit, view"],
        ),
    ],
)
def test_world_with_a_fault_is_refused_at_its_place(value, place, words):
    with refused(place, *words):
        parse(value)


@pytest.mark.parametrize(
    ("check", "place", "words"),
    [
        ({"permission": "x"}, "", ["'user'"]),
        ({"user": "an", "permission": "x"}, ".user", ["no user 'an'", "'ann'?"]),
        ({"user": False, "permission": "x"}, ".user", ["false"]),
        ({"user": "ann"}, "", ["exactly one", "none"]),
        ({"user": "ann", "expect": True}, "", ["exactly one"]),
        ({"user": "ann", "read": "x", "write": "x", "record": "c1"}, "", ["read and write"]),
        ({"user": "ann", "permission": "x", "list": "contacts"}, "", ["permission and list"]),
        ({"user": "ann", "permision": "x"}, ".permision", ["'permission'?"]),
        ({"user": "ann", "permission": None}, ".permission", ["text"]),
        ({"user": "ann", "permission": "x", "record": "c9"}, ".record", ["no record 'c9'"]),
        ({"user": "ann", "permission": "x", "record": None}, ".record", ["text"]),
        ({"user": "ann", "permission": "x", "values": {}}, ".values", ["permission check"]),
        ({"user": "ann", "read": "phone"}, "", ["`record`"]),
        ({"user": "ann", "write": "phone"}, "", ["`record`"]),
        ({"user": "ann", "read": "phone", "record": "c9"}, ".record", ["no record"]),
        ({"user": "ann", "read": "x", "record": "c1", "action": "view"}, ".action", ["read check"]),
        ({"user": "ann", "create": "contcts"}, ".create", ["'contacts'?"]),
        ({"user": "ann", "create": "contacts", "record": "c1"}, ".record", ["create check"]),
        ({"user": "ann", "create": "contacts", "values": []}, ".values", ["mapping"]),
        (
            {"user": "ann", "create": "contacts", "values": {"owner": "an"}},
            ".values.owner",
            ["no user", "'ann'?"],
        ),
        ({"user": "ann", "list": "contcts"}, ".list", ["'contacts'?"]),
        ({"user": "ann", "list": "contacts", "record": "c1"}, ".record", ["list check"]),
        ({"user": "ann", "list": "contacts", "action": 1}, ".action", ["text"]),
        ({"user": "ann", "list": "contacts", "expect": True}, ".expect", ["a list"]),
        ({"user": "ann", "list": "contacts", "expect": ["c9"]}, ".expect[0]", ["no record"]),
        ({"user": "ann", "list": "contacts", "expect": ["c1", "c1"]}, ".expect[1]", ["'c1'"]),
        ({"user": "ann", "permission": "x", "expect": ["c1"]}, ".expect", ["true or false"]),
        ({"user": "ann", "permission": "x", "expect": 1}, ".expect", ["true or false"]),
        ({"user": "ann", "permission": "x", "expect": None}, ".expect", ["true or false"]),
        ("x", "", ["mapping"]),
    ],
)
def test_check_with_a_fault_is_refused_at_its_place(check, place, words):
    value = small(checks=[{"user": "ann", "permission": "x"}, check])
    with refused(f"checks[1]{place}", *words):
        parse(value)


@pytest.mark.parametrize(
    "check",
    [
        {"user": None, "permission": ""},
        {"user": "ann", "permission": "no.such", "record": "c1"},
        {"user": "ann", "read": "no_such", "record": "c1", "expect": False},
        {"user": "ann", "create": "contacts"},
        {"user": "ann", "create": "contacts", "values": {"owner": None, "no_such": 1}},
        {"user": "ann", "create": "forms", "values": {"owner": "bob"}, "expect": True},
        {"user": "ann", "list": "settings", "action": "fly", "expect": []},
    ],
)
def test_check_that_can_only_be_answered_no_is_read(check):
    assert parse(with_check(**check)).checks[1].raw == check


@pytest.mark.parametrize(
    "given",
    [
        datetime(2026, 3, 1),
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        date(2026, 3, 1),
        "2026-03-01",
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00Z",
        "2026-02-28 19:00:00-05:00",
    ],
)
def test_moment_of_any_writing_is_aware_and_in_utc(given):
    found = parse(small(now=given)).now
    assert found == datetime(2026, 3, 1, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_null_leaves_out_what_may_be_open():
    value = with_user(
        roles=[{"role": "user", "from": None, "until": "2026-01-01"}], manager=None, department=None
    )
    assignment = WorldAssignment("user", None, datetime(2026, 1, 1, tzinfo=UTC))
    assert parse(value | {"now": None}).users["ann"] == WorldUser("ann", roles=(assignment,))


def test_repeated_team_or_module_counts_once():
    assert parse(with_user(teams=["alpha", "alpha"])).users["ann"].teams == ("alpha",)
    assert parse(small(disabled_modules=["forms", "forms"])).disabled_modules == ("forms",)


def test_managers_in_a_line_are_no_cycle():
    users = {"ann": {"manager": "bob"}, "bob": {"manager": "cat"}, "cat": {}, "dan": {}}
    users["dan"]["manager"] = "bob"
    assert parse(with_world(users=users)).users["dan"].manager == "bob"
