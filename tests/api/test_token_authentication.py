"""`Authorization: Bearer`: who asks, limited to what; and who is out (R1, R20a, R22, threat 18)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from roles.core import clock
from roles.core.limits import Limit
from roles.models import ApiToken
from roles.services.tokens import create_token
from tests.factories import fetch, give, make_role, make_user

from .people import Asker, make, named, person, problem

pytestmark = pytest.mark.django_db
NOT_VALID = "This token is not valid: it is unknown, revoked or expired."


def secret_of(user, limit=None, name="CI"):
    """Make a token for someone who may have any, and give its secret."""
    if not user.is_superuser and not user.has_perm("api_tokens.manage"):
        give(user, make_role(permissions="api_tokens.manage"))
    return create_token(acting_user=fetch(user), name=name, limit=limit)[1]


def bearing(secret, **kwargs):
    """Give a program that sends this token."""
    return Asker(headers={"Authorization": f"Bearer {secret}"}, **kwargs)


def limited_to(*permissions):
    return Limit(frozenset(permissions))


@pytest.fixture
def olga_s(olga):
    return bearing(secret_of(olga.user))


# The way in


def test_a_token_answers_as_its_user_does(sam):
    program = bearing(secret_of(sam.user))
    mine = make("contacts", "Mine", sam.user)
    make("contacts", "Others")
    assert program.names("contacts/") == sam.names("contacts/") == ["Mine"]
    assert program.read("me/") == sam.read("me/")
    assert program.ask("PATCH", f"contacts/{mine.pk}/", named("contacts", "New")).status_code == 200
    mine.refresh_from_db()
    assert mine.last_name == "New"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(olga, scheme):
    secret = secret_of(olga.user)
    program = Asker(headers={"Authorization": f"{scheme} {secret}"})
    assert program.ask("GET", "me/").status_code == 200


WRONG = {
    "unknown": "Bearer rbac_" + "x" * 40,
    "not one of ours": "Bearer eyJhbGciOiJub25lIn0.e30.",
    "nothing": "Bearer",
    "a blank": "Bearer  ",
    "two": "Bearer rbac_a rbac_b",
    "a NUL": "Bearer rbac_\x00",
    "no ASCII": "Bearer rbac_é",
    "very long": "Bearer rbac_" + "x" * 60_000,
}


@pytest.mark.parametrize("header", WRONG.values(), ids=WRONG)
def test_what_is_no_token_is_refused_as_a_problem(olga, header):
    answer = Asker(headers={"Authorization": header}).ask("GET", "me/")
    assert problem(answer, 401)["detail"] == NOT_VALID
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_without_a_token_the_answer_asks_for_one():
    answer = Asker().ask("GET", "me/")
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_in_the_address_or_the_body_is_none(olga):
    """Addresses are logged everywhere."""
    secret = secret_of(olga.user)
    problem(Asker().ask("GET", f"me/?access_token={secret}"), 401)
    problem(Asker().ask("POST", "contacts/", {"access_token": secret, "last_name": "x"}), 401)


def test_the_hash_that_is_stored_opens_nothing(olga):
    secret_of(olga.user)
    stored = ApiToken.objects.get().digest
    for sent in (stored, f"rbac_{stored}"):
        problem(bearing(sent).ask("GET", "me/"), 401)


def test_an_expired_or_revoked_token_is_answered_as_one_that_never_was(olga):
    never = bearing("rbac_" + "x" * 40).ask("GET", "me/")
    secret = secret_of(olga.user)
    program, token = bearing(secret), ApiToken.objects.get()
    assert program.ask("GET", "me/").status_code == 200
    with clock.moment(token.expires_at - timedelta(seconds=1)):
        assert program.ask("GET", "me/").status_code == 200
    with clock.moment(token.expires_at):
        expired = program.ask("GET", "me/")
    assert olga.ask("DELETE", f"tokens/{token.pk}/").status_code == 204
    revoked = program.ask("GET", "me/")
    for answer in (expired, revoked):
        assert (answer.status_code, answer.content) == (401, never.content)
        assert answer.headers.keys() == never.headers.keys()


# People who are out (R1)


OUT = {
    "deactivated": {"is_active": False},
    "suspended": {"state": "suspended"},
    "rejected": {"state": "rejected"},
    "deleted": {"deleted_at": "2026-01-01T00:00Z"},
}


@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("values", OUT.values(), ids=OUT)
def test_the_token_of_whoever_is_out_is_worth_nothing_from_the_next_request_on(values, superuser):
    ann = person("ann", "owner", is_superuser=superuser)
    program = bearing(secret_of(ann.user))
    assert program.ask("GET", "contacts/").status_code == 200
    User.objects.filter(pk=ann.user.pk).update(**values)
    for method, path in (("GET", "contacts/"), ("GET", "me/"), ("POST", "contacts/"), ("GET", "x")):
        answer = program.ask(method, path)
        assert problem(answer, 401)["detail"] == NOT_VALID
    User.objects.filter(pk=ann.user.pk).update(is_active=True, state="active", deleted_at=None)
    assert program.ask("GET", "contacts/").status_code == 200


def test_a_use_of_whoever_is_out_is_not_noted(olga):
    program = bearing(secret_of(olga.user))
    User.objects.filter(pk=olga.user.pk).update(state="suspended")
    program.ask("GET", "me/")
    assert ApiToken.objects.get().last_used_at is None


def test_the_token_of_whoever_waits_reads_who_they_are_and_nothing_else(olga):
    program = bearing(secret_of(olga.user))
    limited = bearing(secret_of(olga.user, limited_to("contacts.view"), "Limited"))
    User.objects.filter(pk=olga.user.pk).update(state="waiting")
    assert program.read("me/")["permissions"] == ["profile.view"]
    assert limited.read("me/")["permissions"] == []
    for path in ("contacts/", "modules/", "tokens/"):
        problem(program.ask("GET", path), 403)


def test_a_token_ends_with_its_user(olga):
    ann = make_user("ann", "owner")
    program = bearing(secret_of(ann))
    ann.role_assignments.all().delete()
    ann.delete()
    problem(program.ask("GET", "me/"), 401)


# Never stale, and what it costs (R28, speed)


def test_a_lost_role_is_lost_to_the_token_at_the_next_request():
    ann = person("ann", make_role("viewer", permissions="contacts.view"))
    program = bearing(secret_of(ann.user))
    assert program.ask("GET", "contacts/").status_code == 200
    ann.user.role_assignments.filter(role__code="viewer").delete()
    problem(program.ask("GET", "contacts/"), 403)


def queries_of(program, path):
    with CaptureQueriesContext(connection) as asked:
        assert program.ask("GET", path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("limit", [None, limited_to("contacts.view")], ids=["whole", "limited"])
def test_a_warm_request_asks_for_the_token_and_its_user_and_no_more(olga, limit):
    """As many as a session's request, which asks for the session and its user."""
    program = bearing(secret_of(olga.user, limit))
    for path in ("me/", "contacts/"):
        queries_of(program, path), queries_of(olga, path)
        beyond = 1 if path == "contacts/" else 0
        assert queries_of(program, path) == queries_of(olga, path) == 2 + beyond
    for number in range(30):
        make("contacts", f"C{number}", olga.user)
    assert queries_of(program, "contacts/") == queries_of(olga, "contacts/")


# Limited tokens (R20a)


def test_a_limited_token_shows_what_is_left(olga):
    me = bearing(secret_of(olga.user, limited_to("contacts.view", "contacts.edit"))).read("me/")
    assert me["permissions"] == ["contacts.edit", "contacts.view"]
    assert me["privileges"] == [] and me["modules"].keys() == {"contacts"}
    assert me["modules"]["contacts"]["actions"] == ["view", "edit"]
    assert me["modules"]["contacts"]["scopes"] == {"view": ["all"], "edit": ["all"]}


def test_a_limited_token_is_refused_in_the_order_of_every_door(olga):
    """R23: 403 for what it has nowhere, 404 out of reach, 403 in view and not for the action."""
    view = bearing(secret_of(olga.user, limited_to("contacts.view")))
    contact = make("contacts", "One", olga.user)
    assert view.names("contacts/") == ["One"]
    problem(view.ask("GET", "leads/"), 403)
    problem(view.ask("POST", "contacts/", named("contacts", "Two")), 403)
    problem(view.ask("PATCH", f"contacts/{contact.pk}/", named("contacts", "Two")), 403)
    problem(view.ask("DELETE", f"contacts/{contact.pk}/"), 403)
    edit = bearing(secret_of(olga.user, limited_to("contacts.edit"), "Edit"))
    problem(edit.ask("PATCH", f"contacts/{contact.pk}/", named("contacts", "Two")), 404)
    both = bearing(secret_of(olga.user, limited_to("contacts.edit", "contacts.view"), "Both"))
    assert both.ask("PATCH", f"contacts/{contact.pk}/", {"title": "Dr"}).status_code == 200


def test_a_limited_token_reads_and_chooses_related_records_as_far_as_it_goes(olga):
    """R24: a reference is no way to read through."""
    account = make("accounts", "Acme", olga.user)
    contact = make("contacts", "One", olga.user, account=account)
    program = bearing(secret_of(olga.user, limited_to("contacts.view", "contacts.create")))
    assert program.read(f"contacts/{contact.pk}/")["account"] == "no access"
    answer = program.ask("POST", "contacts/", named("contacts", "Two", account=account.pk))
    problem(answer, 400)
    assert program.ask("POST", "contacts/", named("contacts", "Two")).status_code == 201


def test_the_token_of_a_superuser_is_limited_too():
    root = person("root", is_superuser=True)
    program = bearing(secret_of(root.user, limited_to("contacts.view")))
    assert program.read("me/")["permissions"] == ["contacts.view"]
    assert program.names("contacts/") == []
    problem(program.ask("GET", "leads/"), 403)


# Beside a session


def test_whoever_sends_a_token_acts_by_it_whatever_session_came_along(olga, sam):
    program = bearing(secret_of(olga.user, limited_to("contacts.view")))
    program.force_login(sam.user)
    assert program.read("me/")["user"]["username"] == "olga"
    problem(program.ask("GET", "leads/"), 403)


@pytest.mark.parametrize("sent", ["rbac_" + "x" * 40, "", "anything"])
def test_a_token_that_is_not_valid_is_never_answered_as_the_session(olga, sent):
    program = bearing(sent)
    program.force_login(olga.user)
    problem(program.ask("GET", "me/"), 401)


def test_another_scheme_leaves_the_session_in_place(olga):
    """A proxy may ask for a password of its own."""
    olga.defaults["HTTP_AUTHORIZATION"] = "Basic b2xnYTpkZW1v"
    assert olga.ask("GET", "me/").status_code == 200
    problem(Asker(headers={"Authorization": "Basic b2xnYTpkZW1v"}).ask("GET", "me/"), 401)


def test_a_session_needs_the_csrf_token_and_a_token_does_not(olga):
    program = bearing(secret_of(olga.user), enforce_csrf_checks=True)
    program.force_login(olga.user)
    assert program.ask("POST", "contacts/", named("contacts", "One")).status_code == 201
    session = Asker(olga.user, enforce_csrf_checks=True)
    problem(session.ask("POST", "contacts/", named("contacts", "Two")), 403)


def test_a_token_opens_no_page_of_the_site(olga_s):
    """Pages are for sessions: a program that posts their forms would need no CSRF token."""
    assert olga_s.get("/roles/role/").status_code == 302
    assert olga_s.get("/profile/").status_code == 302


def test_no_answer_to_a_token_stays_in_a_shared_cache(olga_s):
    """Threat 20."""
    assert "private" in olga_s.ask("GET", "me/")["Cache-Control"]
