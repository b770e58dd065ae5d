"""401, 403, 404, 403 in the order of R23, for every person, module and method."""

import pytest

from accounts.models.user import State
from crm.demo.roles import SAMPLE_ROLES
from roles.services.installation import install_role
from tests.factories import make_user

from .people import MODELS, Asker, make, name_in, named, person, problem, with_role

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize("module", MODELS)
NEVER = 999_999_999
OUT = {
    "deactivated": {"is_active": False},
    "suspended": {"state": State.SUSPENDED},
    "rejected": {"state": State.REJECTED},
}


def addresses(module, pk):
    """Give every request that a module's addresses answer, and some that they do not."""
    return [
        ("GET", f"{module}/"),
        ("HEAD", f"{module}/"),
        ("OPTIONS", f"{module}/"),
        ("POST", f"{module}/"),
        ("PUT", f"{module}/{pk}/"),
        ("GET", f"{module}/trash/"),
        *((method, f"{module}/{pk}/") for method in ("GET", "HEAD", "PATCH", "DELETE", "OPTIONS")),
        ("POST", f"{module}/{pk}/restore/"),
        ("GET", f"{module}/{pk}/history/"),
    ]


OTHERS = [
    ("GET", path)
    for path in ("me/", "modules/", "permissions/", "tokens/", "schema/", "docs/", "x/")
]


@each
def test_who_is_not_signed_in_is_told_so_at_every_address(module):
    record = make(module, "One")
    for method, path in [*addresses(module, record.pk), *addresses(module, NEVER), *OTHERS]:
        answer = Asker().ask(method, path)
        assert answer.status_code == 401, (method, path)
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("values", OUT.values(), ids=OUT)
def test_who_is_shut_out_is_a_stranger_from_the_next_request_on(values):
    """R1: an open session is worth nothing."""
    ann = person("ann", "owner")
    assert ann.ask("GET", "contacts/").status_code == 200
    type(ann.user).objects.filter(pk=ann.user.pk).update(**values)
    record = make("contacts", "One", ann.user)
    for method, path in [*addresses("contacts", record.pk), *OTHERS]:
        assert ann.ask(method, path).status_code == 401, (method, path)


@each
def test_who_waits_for_approval_reads_only_who_they_are(module):
    """R1: whatever their roles."""
    ann = person("ann", "owner", state=State.WAITING)
    record = make(module, "One", ann.user)
    for method, path in addresses(module, record.pk):
        assert ann.ask(method, path).status_code == 403, (method, path)
    for path in ("modules/", "permissions/", "schema/", "docs/"):
        problem(ann.ask("GET", path), 403)
    assert ann.read("me/")["permissions"] == ["profile.view"]


@each
def test_a_guest_is_refused_before_anything_is_looked_up(module):
    """R12 says no: the same for a record of their own as for one that never was."""
    guest = person("gus", "guest")
    mine = make(module, "One", guest.user)
    for (method, here), (_method, never) in zip(
        addresses(module, mine.pk), addresses(module, NEVER), strict=True
    ):
        answers = [guest.ask(method, path) for path in (here, never)]
        assert [a.status_code for a in answers] == [403, 403], (method, here)
        assert answers[0].content == answers[1].content


@each
def test_a_record_out_of_reach_is_the_same_as_one_that_never_was(module, sam):
    """R23, in status, body and headers, for what is another's, deleted or nobody's."""
    ben = make_user("ben")
    unseen = [make(module, "Bens", ben), make(module, "Nobodys")]
    unseen.append(make(module, "Gone", sam.user, deleted_at="2026-01-01T00:00Z"))
    for method in ("GET", "HEAD", "PATCH"):
        body = named(module, "Taken") if method == "PATCH" else None
        never = sam.ask(method, f"{module}/{NEVER}/", body)
        assert never.status_code == 404
        for record in unseen:
            found = sam.ask(method, f"{module}/{record.pk}/", body)
            assert (found.status_code, found.content) == (404, never.content)
            assert found.headers.keys() == never.headers.keys()
            record.refresh_from_db()
            assert str(record) != "Taken"


@each
def test_a_record_in_view_reach_but_not_for_the_action_is_forbidden(module):
    both = {module: {"*": "all", "edit": "own", "delete": "own"}}
    codes = f"{module}.view {module}.edit {module}.delete"
    ann = with_role("ann", codes, records=both)
    mine, other = make(module, "Mine", ann.user), make(module, "Other")
    assert name_in(ann.read(f"{module}/{other.pk}/")) == "Other"
    for method, body in (("PATCH", named(module, "New")), ("DELETE", None)):
        problem(ann.ask(method, f"{module}/{other.pk}/", body), 403)
        problem(ann.ask(method, f"{module}/{NEVER}/", body), 404)
        assert ann.ask(method, f"{module}/{mine.pk}/", body).status_code in (200, 204)
    other.refresh_from_db()
    assert str(other) == "Other" and other.deleted_at is None


def test_edit_without_view_finds_nothing():
    """Example 6."""
    ann = with_role("ann", "tasks.edit", records={"tasks": "all"})
    task = make("tasks", "One", ann.user)
    problem(ann.ask("PATCH", f"tasks/{task.pk}/", {"title": "Two"}), 404)
    problem(ann.ask("GET", "tasks/"), 403)


@pytest.mark.parametrize("spec", SAMPLE_ROLES, ids=lambda spec: spec.code)
@each
def test_every_sample_role_gets_what_has_perm_says(spec, module):
    """R22: status by status, for what is theirs, another's and nobody's."""
    for one in SAMPLE_ROLES:
        install_role(one)
    ann = person("ann", spec.code)
    records = [make(module, "Mine", ann.user), make(module, "Bens", make_user("ben"))]
    records.append(make(module, "Nobodys"))
    may = {a: ann.user.has_perm(f"{module}.{a}") for a in ("view", "create", "edit", "delete")}
    listed = ann.ask("GET", f"{module}/")
    assert listed.status_code == (200 if may["view"] else 403)
    seen = {r.pk for r in records if ann.user.has_perm(f"{module}.view", r)}
    if may["view"]:
        assert {row["id"] for row in listed.json()["results"]} == seen
    assert (ann.ask("POST", f"{module}/", {}).status_code == 403) is not may["create"]
    for record in records:
        for method, action, yes in (("GET", "view", 200), ("PATCH", "edit", 200)):
            allowed = ann.user.has_perm(f"{module}.{action}", record)
            refused = 403 if not may[action] or record.pk in seen else 404
            answer = ann.ask(method, f"{module}/{record.pk}/", {} if method == "PATCH" else None)
            assert answer.status_code == (yes if allowed else refused), (method, str(record))
        allowed = ann.user.has_perm(f"{module}.delete", record)
        refused = 403 if not may["delete"] or record.pk in seen else 404
        answer = ann.ask("DELETE", f"{module}/{record.pk}/")
        assert answer.status_code == (204 if allowed else refused)


def test_a_disabled_module_gives_nothing_to_anyone(olga):
    """R7."""
    from roles.models import Module

    assert olga.ask("GET", "deals/").status_code == 200
    Module.objects.filter(pk="deals").update(is_enabled=False)
    problem(olga.ask("GET", "deals/"), 403)
    assert "deals" not in olga.read("me/")["modules"]
    assert "deals" not in [m["code"] for m in olga.read("modules/")["results"]]
    assert "deals.view" not in [p["code"] for p in olga.read("permissions/")["results"]]


@pytest.mark.parametrize("path", ["contacts/export/", "contacts/import/"])
def test_what_is_not_built_yet_is_not_found(olga, path):
    make("contacts", "One")
    problem(olga.ask("GET", path), 404)
