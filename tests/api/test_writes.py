"""Writes: what the model refuses, what another wrote in between, the trash and the log."""

import pytest

from crm.models import Contact
from roles.models import AuditEntry
from tests.factories import make_user

from .people import MODELS, errors, make, named, person, problem, with_role

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize("module", MODELS)
DELETED = "2026-01-01T00:00Z"


@each
def test_a_record_is_changed_deleted_found_in_the_trash_and_restored(olga, module):
    """R26, with an entry of the log for each."""
    record = make(module, "One", olga.user)
    url = f"{module}/{record.pk}/"
    changed = olga.ask("PATCH", url, named(module, "Two"))
    assert changed.status_code == 200 and changed.json() == olga.read(url)
    gone = olga.ask("DELETE", url)
    assert (gone.status_code, gone.content) == (204, b"")
    problem(olga.ask("GET", url), 404)
    assert olga.names(f"{module}/") == [] and olga.names(f"{module}/trash/") == ["Two"]
    back = olga.ask("POST", f"{url}restore/")
    assert back.status_code == 200 and back.json() == olga.read(url)
    assert olga.names(f"{module}/") == ["Two"] and olga.names(f"{module}/trash/") == []
    log = AuditEntry.objects.filter(action__startswith="record.").order_by("pk")
    actions = ("record.changed", "record.deleted", "record.restored")
    assert [(e.action, e.actor.username) for e in log] == [(action, "olga") for action in actions]


@each
def test_the_trash_holds_what_one_may_delete(module):
    """R13: as if it were not deleted, with the fields that one could then read."""
    ann = with_role(
        "ann",
        f"{module}.view {module}.delete",
        records={module: {"view": "all", "delete": "own"}},
        fields={module: {"owner": "hidden"}},
    )
    mine = make(module, "Mine", ann.user, deleted_at=DELETED)
    other = make(module, "Other", make_user("ben"), deleted_at=DELETED)
    make(module, "Alive", ann.user)
    assert ann.names(f"{module}/trash/") == ["Mine"]
    assert "owner" not in ann.read(f"{module}/trash/")["results"][0]
    never = problem(ann.ask("POST", f"{module}/999/restore/"), 404)
    assert problem(ann.ask("POST", f"{module}/{other.pk}/restore/"), 404) == never
    assert ann.ask("POST", f"{module}/{mine.pk}/restore/").status_code == 200
    problem(ann.ask("POST", f"{module}/{mine.pk}/restore/"), 404)
    other.refresh_from_db()
    assert other.deleted_at is not None


def test_delete_beyond_view_is_no_trash():
    """R14 asks for view beside delete, in the trash as before."""
    ann = with_role("ann", "contacts.delete", records={"contacts": "all"})
    one = make("contacts", "One", ann.user, deleted_at=DELETED)
    assert ann.read("contacts/trash/")["results"] == []
    problem(ann.ask("POST", f"contacts/{one.pk}/restore/"), 404)


def test_the_trash_takes_pages_and_nothing_else(olga):
    for number in range(3):
        make("contacts", f"N{number}", deleted_at=f"2026-01-0{number + 1}T00:00Z")
    assert olga.names("contacts/trash/", page_size=2) == ["N2", "N1"]
    assert olga.names("contacts/trash/", page_size=2, page=2) == ["N0"]
    for query in ("search=N0", "last_name=N0", "ordering=last_name"):
        errors(olga.ask("GET", f"contacts/trash/?{query}"))
    problem(olga.ask("POST", "contacts/trash/", {}), 405)


def test_a_restore_takes_no_values(olga):
    one = make("contacts", "One", deleted_at=DELETED)
    refused = errors(olga.ask("POST", f"contacts/{one.pk}/restore/", {"owner": "olga"}))
    assert refused == {"owner": ["There is no field “owner”."]}
    assert olga.names("contacts/") == []


MODEL_SAYS = [
    ("opportunities", {"probability": 101}, "probability"),
    ("opportunities", {"amount": "-1"}, "amount"),
    ("opportunities", {"stage": "dreaming"}, "stage"),
    ("projects", {"start_date": "2026-02-02", "end_date": "2026-02-01"}, "non_field_errors"),
    ("accounts", {"employees": -1}, "employees"),
    ("accounts", {"employees": 10**30}, "employees"),
    ("accounts", {"website": "javascript:alert(1)"}, "website"),
    ("deals", {"amount": "123456789012345.00"}, "amount"),
    ("deals", {"won": "perhaps"}, "won"),
    ("contacts", {"email": "nobody"}, "email"),
    ("contacts", {"last_name": ""}, "last_name"),
    ("contacts", {"last_name": None}, "last_name"),
]


@pytest.mark.parametrize(("module", "values", "field"), MODEL_SAYS)
def test_what_the_model_refuses_is_said_by_field(olga, module, values, field):
    record = make(module, "One")
    new = olga.ask("POST", f"{module}/", named(module, "New") | values)
    assert errors(new).keys() == {field}
    assert errors(olga.ask("PATCH", f"{module}/{record.pk}/", values)).keys() == {field}
    assert MODELS[module].objects.count() == 1


def test_a_value_that_stands_binds_the_one_that_is_sent(olga):
    project = make("projects", "Fair", start_date="2026-05-01")
    url = f"projects/{project.pk}/"
    assert errors(olga.ask("PATCH", url, {"end_date": "2026-04-30"})).keys() == {"non_field_errors"}
    assert olga.ask("PATCH", url, {"end_date": "2026-05-02"}).status_code == 200


def test_a_record_is_not_put_where_its_editor_may_not_edit_it(olga):
    """The second look, inside the transaction."""
    ann = with_role(
        "ann",
        "contacts.view contacts.create",
        records={"contacts": {"view": "all", "create": "own"}},
    )
    make_user("ben")
    assert errors(ann.ask("POST", "contacts/", {"last_name": "N", "owner": "ben"})).keys() == {
        "owner"
    }
    assert errors(ann.ask("POST", "contacts/", {"last_name": "N", "owner": None})).keys() == {
        "owner"
    }
    assert not Contact.objects.exists()


# If-Match


def test_a_stale_mark_stops_a_write(olga, sam):
    contact = make("contacts", "Doe", sam.user)
    url = f"contacts/{contact.pk}/"
    mark = sam.ask("GET", url)["ETag"]
    assert olga.ask("PATCH", url, {"title": "Dr"}).status_code == 200
    for method, body in (("PATCH", {"last_name": "New"}), ("DELETE", None)):
        asker = sam if method == "PATCH" else olga
        problem(asker.ask(method, url, body, **{"if-match": mark}), 412)
    problem(sam.ask("PATCH", url, {"last_name": "New"}, **{"if-match": "W/x, nonsense"}), 412)
    contact.refresh_from_db()
    assert (contact.last_name, contact.deleted_at) == ("Doe", None)


def test_a_fresh_mark_lets_a_write_through_and_the_answer_brings_the_next(sam):
    contact = make("contacts", "Doe", sam.user)
    url = f"contacts/{contact.pk}/"
    mark = sam.ask("GET", url)["ETag"]
    for title in ("a", "b"):
        answer = sam.ask("PATCH", url, {"title": title}, **{"if-match": f'"other", {mark}'})
        assert answer.status_code == 200
        mark = answer["ETag"]
    assert sam.ask("PATCH", url, {"title": "c"}, **{"if-match": "*"}).status_code == 200


def test_a_mark_tells_nothing_of_hidden_fields():
    """R23: two people with other fields see other marks; a hidden change shows in none."""
    levels = {"contacts": {"*": "hidden", "last_name": "read_only"}}
    ann = with_role("ann", "contacts.view", records={"contacts": "all"}, fields=levels)
    chief = person("olga", "owner")
    contact = make("contacts", "Doe")
    url = f"contacts/{contact.pk}/"
    marks = [ann.ask("GET", url)["ETag"], chief.ask("GET", url)["ETag"]]
    chief.ask("PATCH", url, {"notes": "x"})
    after = [ann.ask("GET", url)["ETag"], chief.ask("GET", url)["ETag"]]
    assert after[0] == marks[0] and after[1] != marks[1] and marks[0] != marks[1]


def test_a_mark_out_of_reach_is_not_compared(sam):
    contact = make("contacts", "Doe")
    found = sam.ask("PATCH", f"contacts/{contact.pk}/", {}, **{"if-match": '"x"'})
    never = sam.ask("PATCH", "contacts/999/", {}, **{"if-match": '"x"'})
    assert problem(found, 404) == problem(never, 404)
