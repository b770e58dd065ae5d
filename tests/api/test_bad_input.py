"""Bad input is refused with what is wrong, saves nothing and is never a 500 (threats 20, 21)."""

import pytest
from django.test import Client

from crm.models import Contact

from .people import Asker, errors, make, person, problem

pytestmark = pytest.mark.django_db
BODIES = {
    "no JSON": "{",
    "nothing": "",
    "a list": "[]",
    "a text": '"x"',
    "a number": "1",
    "null": "null",
    "a doubled key": '{"last_name": "a", "last_name": "b"}',
    "NaN": '{"last_name": NaN}',
    "an endless number": '{"last_name": 1e999}',
    "a deep nest": "[" * 200_000,
    "half a pair": '{"last_name": "\\ud800"}',
    "half a pair as a name": '{"\\ud800": 1}',
    "no UTF-8": b'{"last_name": "\xff"}',
    "a NUL": '{"last_name": "a\\u0000b"}',
    "an object for a text": '{"last_name": {"$ne": 1}}',
    "a list for a text": '{"last_name": ["a"]}',
    "too long a text": '{"last_name": "%s"}' % ("x" * 101),
    "too long a body": '{"notes": "%s"}' % ("x" * 2_700_000),
    "a date that is none": '{"last_name": "a", "birth_date": "2026-02-30"}',
    "a moment for a date": '{"last_name": "a", "birth_date": "2026-02-03T00:00:00Z"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_not_what_was_asked_for_is_refused(olga, body):
    contact = make("contacts", "Doe")
    for method, path in (("POST", "contacts/"), ("PATCH", f"contacts/{contact.pk}/")):
        if body == "" and method == "PATCH":
            continue
        problem(olga.ask(method, path, body), 400)
    assert Contact.objects.get().last_name == "Doe"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_only_json_is_read(olga, kind):
    answer = olga.post("/api/v1/contacts/", "last_name=Doe", content_type=kind)
    problem(answer, 415)
    assert not Contact.objects.exists()


def test_no_header_and_no_parameter_makes_another_method_of_a_request(olga):
    contact = make("contacts", "Doe")
    url = f"contacts/{contact.pk}/"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert olga.ask("GET", url, None, **{name: "DELETE"}).status_code == 200
        problem(olga.ask("POST", url, {}, **{name: "DELETE"}), 405)
    errors(olga.ask("GET", f"{url}?_method=DELETE"))
    contact.refresh_from_db()
    assert contact.deleted_at is None


@pytest.mark.parametrize("method", ["PUT", "POST", "TRACE"])
def test_a_method_that_there_is_not_is_refused_on_a_record(olga, sam, method):
    """To whoever may view such records; another is told that they may not."""
    contact, guest = make("contacts", "Doe", sam.user), person("gus", "guest")
    for asker, status in ((olga, 405), (sam, 405), (guest, 403)):
        assert asker.generic(method, f"/api/v1/contacts/{contact.pk}/").status_code == status


IDS = ["abc", "1.json", "1e3", "-1", "0x1", "١", "9" * 40, "%00", "1%2F..", "new", "1;1", " 1"]
IDS += [pytest.param("9" * 5000, id="more digits than Python reads")]


@pytest.mark.parametrize("pk", IDS)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_id_that_is_none_is_not_found(olga, pk, method):
    make("contacts", "Doe", pk=1)
    never = olga.ask(method, "contacts/999/", {} if method == "PATCH" else None)
    found = olga.ask(method, f"contacts/{pk}/", {} if method == "PATCH" else None)
    problem(found, 404)
    assert found.content == never.content


@pytest.mark.parametrize("path", ["activities/{}/", "activities/{}/undo/", "contacts/{}/restore/"])
def test_a_number_of_more_digits_than_python_reads_is_not_found(olga, path):
    method = "GET" if path == "activities/{}/" else "POST"
    problem(olga.ask(method, path.format("9" * 5000)), 404)


@pytest.mark.parametrize("path", ["contacts/1/?x=1", "me/?user=olga", "modules/?format=json"])
def test_a_parameter_that_nobody_reads_is_refused(olga, path):
    make("contacts", "Doe", pk=1)
    assert len(errors(olga.ask("GET", path))) == 1


@pytest.mark.parametrize(
    "path",
    [
        "contacts.json",
        "contacts/1.json",
        "contacts",
        "contacts//",
        "me",
        "contacts/%0A/",
        "contacts/1/%0A",
        "a%0Ab",
    ],
)
def test_an_address_beside_the_ones_that_there_are_is_not_found(olga, path):
    make("contacts", "Doe", pk=1)
    problem(olga.ask("GET", path), 404)
    problem(Asker().ask("GET", path), 401)


def test_an_accept_that_cannot_be_met_is_refused_as_a_problem(olga):
    problem(olga.ask("GET", "contacts/", None, accept="text/html"), 406)


def test_head_and_options_say_no_more_than_get(olga, sam):
    contact = make("contacts", "Doe", notes="secret")
    head = olga.ask("HEAD", f"contacts/{contact.pk}/")
    assert (head.status_code, head.content) == (200, b"")
    answers = {sam.ask("OPTIONS", f"contacts/{pk}/").content for pk in (contact.pk, 999)}
    (options,) = answers
    assert b"notes" not in options and b"last_name" not in options


def test_a_write_needs_the_session_s_csrf_token(olga):
    """A page elsewhere cannot write in the person's name."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(olga.user)
    body = {"last_name": "Doe"}
    answer = strict.post("/api/v1/contacts/", body, content_type="application/json")
    problem(answer, 403)
    assert not Contact.objects.exists()
    token = "x" * 32
    strict.cookies["csrftoken"] = token
    sent = {"content_type": "application/json", "headers": {"x-csrftoken": token}}
    assert strict.post("/api/v1/contacts/", body, **sent).status_code == 201


def test_answers_stay_out_of_shared_caches(olga):
    for path in ("contacts/", "me/", "schema/"):
        assert "private" in olga.ask("GET", path)["Cache-Control"]


def test_an_unforeseen_error_says_nothing_of_its_cause(olga, monkeypatch):
    monkeypatch.setattr(Contact, "_meta", None)
    found = problem(olga.ask("GET", "contacts/"), 500)
    assert found["detail"] == "Server Error (500)" and "errors" not in found
