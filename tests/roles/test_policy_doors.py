"""Policy tests ask each check through every door, and a door that disagrees is found out (R22)."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response

from crm.api import ContactViewSet
from crm.models import Contact
from roles.management.policy_tests import run_file
from roles.management.policy_tests.api_views import RecordsView
from roles.rest_framework.serializers import GovernedSerializer

pytestmark = pytest.mark.django_db

ROLES = [
    {
        "code": "clerk",
        "name": "Clerk",
        "permissions": [
            *("contacts.view", "contacts.create", "contacts.edit", "contacts.delete"),
            "accounts.view",
        ],
        "records": {"contacts": {"*": "team", "edit": "own", "delete": "own"}},
        "fields": {"contacts": {"phone": "read_only", "notes": "hidden"}},
    },
    {"code": "idle", "name": "Idle"},
]
WORLD = {
    "teams": ["red"],
    "users": {
        "ann": {"roles": ["clerk"], "teams": ["red"]},
        "ben": {"roles": ["clerk"], "teams": ["red"], "active": False},
        "cat": {"roles": ["idle"]},
        "olga": {"roles": ["owner"]},
        "root": {"superuser": True},
        "eve": {"roles": ["owner"], "state": "suspended"},
    },
    "records": {
        "a1": {"module": "accounts", "owner": "ann"},
        "a2": {"module": "accounts", "owner": "cat"},
        "c1": {"module": "contacts", "owner": "ann", "values": {"phone": "1", "account": "a1"}},
        "c2": {"module": "contacts", "owner": "ben"},
        "c3": {"module": "contacts", "owner": "cat"},
        "gone": {"module": "contacts", "owner": "ann", "deleted": True},
    },
}


def run(*checks, **world):
    """Run the checks in the world above."""
    document = {"version": 1, "roles": ROLES, "world": WORLD | world, "checks": checks}
    return run_file("doors.json", json.dumps(document))


def doors_of(*checks, **world):
    """Give what each door answers to each check, on all of which they must agree."""
    right = run(*checks, **world)
    assert right.failures == []
    wrong = [{**c, "expect": not a} for c, a in zip(checks, right.answers, strict=True)]
    return [failure.doors for failure in run(*wrong, **world).failures]


# What is asked

PEOPLE = (*WORLD["users"], None)
ACTIONS = ("view", "edit", "delete", "export", "create", "fly")
FIELDS = "owner first_name last_name email phone title birth_date account notes"


def test_an_action_on_a_record_is_asked_of_the_check_the_queryset_and_the_api():
    checks = [
        {"user": user, "permission": f"contacts.{action}", "record": record}
        for user in PEOPLE
        if user != "root"
        for action in ("view", "edit", "delete")
        for record in ("c1", "c3", "gone")
    ]
    for check, doors in zip(checks, doors_of(*checks), strict=True):
        listed = {"api_list"} if check["permission"] == "contacts.view" else set()
        assert doors.keys() == listed | {
            *("check", "accessible_by", "api", "has_perm", "ahas_perm")
        }


def test_reading_a_field_is_asked_of_the_masks_the_serializer_and_the_api():
    checks = [
        {"user": user, "read": field, "record": "c1"}
        for user in PEOPLE
        for field in ("title", "phone", "notes")
    ]
    for doors in doors_of(*checks):
        assert doors.keys() == {"check_read", "field_masks", "readable_on", "serializer", "api"}


def test_an_action_that_the_api_has_no_method_for_is_asked_of_the_other_doors():
    codes = ("contacts.export", "contacts.create", "contacts.fly")
    *known, unknown = doors_of(*({"user": "olga", "permission": c, "record": "c1"} for c in codes))
    single = {"check", "has_perm", "ahas_perm"}
    assert all(doors.keys() == single | {"accessible_by"} for doors in known)
    assert unknown == dict.fromkeys(single, False)


def test_writing_is_asked_of_the_api_for_every_kind_of_field_whatever_its_value():
    """R17: texts, dates, references and owners alike."""
    fields = FIELDS.split()
    of_all = [
        {"user": user, "write": f, "record": "c1"} for user in ("olga", "root") for f in fields
    ]
    for doors in doors_of(*of_all):
        assert doors == dict.fromkeys(("check_write", "field_masks", "api"), True)
    hers = doors_of(*({"user": "ann", "write": f, "record": "c1"} for f in fields))
    found = {field: set(doors.values()) for field, doors in zip(fields, hers, strict=True)}
    assert found == {field: {field not in ("phone", "notes")} for field in fields}


def test_writing_is_asked_of_the_api_for_who_may_not_edit_the_record():
    asked = (
        ("ann", "c2"),
        ("ann", "c3"),
        ("cat", "c1"),
        ("ben", "c2"),
        ("eve", "c1"),
        (None, "c1"),
    )
    for doors in doors_of(*({"user": u, "write": "title", "record": r} for u, r in asked)):
        assert doors == dict.fromkeys(("check_write", "field_masks", "api"), False)


def test_what_no_role_can_name_is_written_through_no_door():
    names = ("nonsense", "id", "created_at", "deleted_at", "account_id")
    for doors in doors_of(*({"user": "olga", "write": n, "record": "c1"} for n in names)):
        assert doors == dict.fromkeys(("check_write", "field_masks", "api"), False)


KINDS = {
    "projects": "status members start_date description",
    "tasks": "priority project related_to",
    "deals": "amount won closed_on opportunity",
    "opportunities": "probability stage",
}


def test_writing_asks_the_api_about_numbers_choices_and_references_to_many():
    checks = [
        {"user": user, "write": field, "record": module}
        for module, fields in KINDS.items()
        for field in fields.split()
        for user in ("olga", "ann")
    ]
    outcome = run(*checks, records={m: {"module": m, "owner": "ann"} for m in KINDS})
    assert (outcome.answers, outcome.failures) == ([c["user"] == "olga" for c in checks], [])


CREATIONS = [
    ("ann", {}, True),
    ("ann", {"title": "Dr", "account": "a1"}, True),
    ("ann", {"title": "x" * 5000}, True),  # rights are asked about, never values
    ("ann", {"birth_date": "not a day"}, True),
    ("ann", {"owner": "ann"}, True),
    ("ann", {"owner": "ben"}, True),  # deactivated, and in scope (R9, R18)
    ("ann", {"owner": "cat"}, False),
    ("ann", {"owner": None}, False),
    ("ann", {"phone": "1"}, False),
    ("ann", {"phone": {"a": 1}}, False),
    ("ann", {"notes": "n", "title": "x" * 5000}, False),
    ("ann", {"owner": "cat", "birth_date": "not a day"}, False),
    ("ann", {"account": "a2"}, False),
    ("ann", {"nonsense": 1}, False),
    ("cat", {}, False),
    ("eve", {"owner": "eve"}, False),
    (None, {}, False),
    ("olga", {"owner": None, "notes": "n", "account": "a2"}, True),
    ("root", {"owner": "cat"}, True),
]


def test_creating_is_asked_of_the_policy_and_the_api_for_what_is_sent_alone():
    found = doors_of(*({"user": u, "create": "contacts", "values": v} for u, v, _may in CREATIONS))
    for doors, (user, values, may) in zip(found, CREATIONS, strict=True):
        assert {*doors} >= {"check_create", "api"}
        assert set(doors.values()) == {may}, (user, values)


# What is found out


def deleting(view, request, *args, **kwargs):
    """Answer as if the record were deleted."""
    return Response(status=204)


def changing(view, request, *args, **kwargs):
    """Answer as if the record were changed."""
    return Response({})


def making(view, request, *args, **kwargs):
    """Answer as if a record were made."""
    return Response({}, status=201)


LEAKS = {
    "a list and a page out of reach": (
        (ContactViewSet, "get_queryset", lambda view: view.queryset.all()),
        {"user": "ann", "list": "contacts"},
    ),
    "a deletion": (
        (ContactViewSet, "destroy", deleting),
        {"user": "ann", "permission": "contacts.delete", "record": "c2"},
    ),
    "a change": (
        (ContactViewSet, "partial_update", changing),
        {"user": "ann", "permission": "contacts.edit", "record": "c2"},
    ),
    "a hidden field that is written": (
        (ContactViewSet, "partial_update", changing),
        {"user": "ann", "write": "notes", "record": "c1"},
    ),
    "a hidden field that is shown": (
        (GovernedSerializer, "_readable_names", lambda self, readable: self.fields.keys()),
        {"user": "ann", "read": "notes", "record": "c1"},
    ),
    "a creation": (
        (ContactViewSet, "create", making),
        {"user": "ann", "create": "contacts", "values": {"owner": "cat"}},
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_door_of_the_api_that_says_more_is_found_out(leak, monkeypatch):
    patch, check = LEAKS[leak]
    assert run(check).failures == []
    monkeypatch.setattr(*patch)
    (failure,) = run(check).failures
    assert failure.doors["api"] != next(iter(failure.doors.values()))


def test_a_door_of_the_api_that_says_less_is_found_out(monkeypatch):
    check = {"user": "olga", "write": "phone", "record": "c1"}
    assert run(check).failures == []
    monkeypatch.setattr(GovernedSerializer, "_known_names", lambda self, sent: frozenset())
    (failure,) = run(check).failures
    assert failure.doors == {"check_write": True, "field_masks": True, "api": False}


def test_a_view_knows_which_fields_its_own_serializer_leaves_out():
    """It has no part in checks about them: that it does not show them tells of no rule."""
    meta = type("Meta", (), {"model": Contact, "fields": ["id", "last_name", "title"]})
    narrow = type("Narrow", (GovernedSerializer,), {"Meta": meta})
    view = type("NarrowViewSet", (ContactViewSet,), {"serializer_class": narrow})
    left_out = RecordsView(view.as_view({"get": "retrieve"})).left_out
    assert left_out == set(FIELDS.split()) - {"last_name", "title"}
    assert RecordsView(ContactViewSet.as_view({"get": "retrieve"})).left_out == set()


# What it leaves, and what it costs


def test_what_a_check_does_is_taken_back_before_the_next():
    """A record that was deleted for one check is there for the next."""
    on_c1 = {"user": "olga", "record": "c1"}
    outcome = run(
        {**on_c1, "permission": "contacts.delete"},
        {"user": "olga", "create": "contacts", "values": {"title": "Dr"}},
        {**on_c1, "permission": "contacts.edit"},
        {**on_c1, "permission": "contacts.view"},
        {"user": "olga", "list": "contacts"},
    )
    assert outcome.answers == [True, True, True, True, ["c1", "c2", "c3"]]
    assert outcome.failures == []


def queries(checks, **world):
    """Count the statements that the checks themselves take."""
    with CaptureQueriesContext(connection) as bare:
        run(**world)
    with CaptureQueriesContext(connection) as found:
        assert run(*checks, **world).failures == []
    return len(found) - len(bare)


def test_a_list_is_asked_about_as_often_with_many_records_as_with_few():
    checks = [{"user": u, "list": "contacts", "action": a} for u in WORLD["users"] for a in ACTIONS]
    few, many = (
        {f"c{n}": {"module": "contacts", "owner": "ann"} for n in range(size)} for size in (2, 40)
    )
    assert queries(checks, records=few) == queries(checks, records=many) > 0


def test_a_check_that_comes_again_asks_no_view_and_no_queryset_again():
    """What stays are the single checks, which are there to be asked each time."""
    checks = [
        {"user": user, **check}
        for user in ("ann", "olga")
        for check in (
            {"permission": "contacts.view", "record": "c1"},
            {"permission": "contacts.edit", "record": "c1"},
            {"read": "title", "record": "c1"},
            {"list": "contacts"},
        )
    ]
    once, twice = queries(checks), queries(checks * 2)
    assert twice - once <= 2 * len(checks)


def test_checks_about_many_records_share_what_can_be_asked_of_all_of_them():
    """Each takes its single checks and its own answer of the API, and nothing that could be one."""
    records = {f"c{n}": {"module": "contacts", "owner": "ann"} for n in range(12)}
    checks = [{"user": "ann", "read": "title", "record": key} for key in records]
    extra = queries(checks, records=records) - queries(checks[:1], records=records)
    single_check, page_of_the_record = 1, 3
    assert extra <= (len(checks) - 1) * (single_check + page_of_the_record)
