"""`tokens/`: made once, listed without the secret, revoked (R20a, D3, threats 3, 12, 16)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roles.core import clock
from roles.models import ApiToken
from tests.factories import give, make_role

from .people import Asker, errors, person, problem, with_role

pytestmark = pytest.mark.django_db
NEVER = 999_999_999


@pytest.fixture
def ann(db):
    """Someone who may have tokens and view contacts."""
    return with_role("ann", "api_tokens.manage contacts.view", privileges="app.crm")


def made(asker, name="CI", permissions=None, **values):
    """Make a token and give the answer's body."""
    body = {"name": name, "permissions": permissions, **values}
    answer = asker.ask("POST", "tokens/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def program(secret):
    return Asker(headers={"Authorization": f"Bearer {secret}"})


def wrong(asker, **values):
    """Give what is wrong with a wish, by field."""
    found = errors(asker.ask("POST", "tokens/", {"name": "X", "permissions": None, **values}))
    assert not ApiToken.objects.filter(name="X").exists()
    return {name.partition(".")[0] for name in found}  # "permissions.0" names the first of them


# Making


def test_a_new_token_shows_its_secret_once(ann):
    token = made(ann, permissions=["contacts.view"], privileges=["App.CRM"])
    secret = token.pop("token")
    assert program(secret).read("me/")["permissions"] == ["contacts.view"]
    (listed,) = ann.read("tokens/")["results"]
    assert listed == {**token, "last_used_at": listed["last_used_at"]}
    assert listed["last_used_at"] is not None and token["last_used_at"] is None
    assert (listed["name"], listed["user"], listed["ending"]) == ("CI", "ann", secret[-4:])
    assert (listed["permissions"], listed["privileges"]) == (["contacts.view"], ["app.crm"])
    assert secret not in ann.ask("GET", "tokens/").content.decode()


def test_the_answer_with_the_secret_is_kept_by_nobody(ann):
    answer = ann.ask("POST", "tokens/", {"name": "CI", "permissions": None})
    assert (
        answer["Cache-Control"] == "no-store"
    )  # said by the view: a project may have no middleware


def test_without_a_limit_is_said_in_so_many_words(ann):
    token = made(ann)
    assert (token["permissions"], token["privileges"]) == (None, None)
    assert program(token["token"]).read("me/") == ann.read("me/")
    assert "permissions" in errors(ann.ask("POST", "tokens/", {"name": "Other"}))


def test_a_token_ends_when_it_is_told_to(ann):
    end = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    token = made(ann, expires_at=end.isoformat())
    assert ApiToken.objects.get(pk=token["id"]).expires_at == end


WRONG = {
    "no name": ("name", ""),
    "a blank name": ("name", "  "),
    "a long name": ("name", "x" * 101),
    "an object for a name": ("name", {"$ne": 1}),
    "a NUL": ("name", "a\x00b"),
    "what they do not have": ("permissions", ["contacts.edit"]),
    "no such permission": ("permissions", ["no.such"]),
    "a code in another case": ("permissions", ["Contacts.View"]),
    "a code with a blank": ("permissions", ["contacts.view "]),
    "a privilege for a permission": ("permissions", ["app.crm"]),
    "no permission at all": ("permissions", []),
    "a text for a list": ("permissions", "contacts.view"),
    "an object in the list": ("permissions", [{"code": "contacts.view"}]),
    "more names than there are": ("permissions", ["contacts.view"] * 1001),
    "an end in the past": ("expires_at", "2020-01-01T00:00:00Z"),
    "an end beyond a year": ("expires_at", "2099-01-01T00:00:00Z"),
    "an end beyond time": ("expires_at", "9999-12-31T23:59:59-14:00"),
    "no end": ("expires_at", None),
    "a word for an end": ("expires_at", "never"),
}


@pytest.mark.parametrize(("field", "value"), WRONG.values(), ids=WRONG)
def test_what_makes_no_token_is_refused_at_its_field(ann, field, value):
    assert wrong(ann, **{field: value}) == {field}


@pytest.mark.parametrize("field", ["user", "id", "token", "digest", "ending", "is_limited", "x"])
def test_what_the_server_sets_is_not_taken(ann, olga, field):
    """Threat 3: least of all whose the token is."""
    assert wrong(ann, **{field: "olga"}) == {field}


def test_privileges_are_held_and_named_only_beside_a_limit(ann):
    assert wrong(ann, permissions=["contacts.view"], privileges=["app.other"]) == {"privileges"}
    assert wrong(ann, permissions=None, privileges=["app.crm"]) == {"privileges"}
    assert made(ann, permissions=[], privileges=["app.crm"])["privileges"] == ["app.crm"]


def test_a_name_is_taken_once(ann, olga):
    made(ann, "X")
    answer = ann.ask("POST", "tokens/", {"name": "X", "permissions": None})
    assert errors(answer).keys() == {"name"}
    made(olga, "X")


# Who may


def test_who_may_not_have_tokens_gets_none_of_it(sam):
    """`api_tokens.manage`, in the order of R23."""
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", f"{NEVER}/")):
        problem(sam.ask(method, f"tokens/{path}", {}), 403)
        problem(Asker().ask(method, f"tokens/{path}", {}), 401)
        problem(person(f"w{method}", "owner", state="waiting").ask(method, f"tokens/{path}"), 403)


def test_a_token_makes_no_tokens_and_takes_some_back(ann):
    """Neither a whole one nor one that names the feature; to take away is to lessen."""
    whole, limited = made(ann), made(ann, "Limited", ["api_tokens.manage"])
    for token in (whole, limited):
        body = {"name": "More", "permissions": ["api_tokens.manage"]}
        problem(program(token["token"]).ask("POST", "tokens/", body), 403)
    assert ApiToken.objects.count() == 2
    assert program(limited["token"]).ask("DELETE", f"tokens/{whole['id']}/").status_code == 204
    problem(program(whole["token"]).ask("GET", "me/"), 401)
    without = made(ann, "Without", ["contacts.view"])
    problem(program(without["token"]).ask("GET", "tokens/"), 403)


def test_the_token_of_whoever_lost_the_feature_acts_as_they_do(ann):
    """R20a: it is as good as its user, who makes no more of them."""
    secret = made(ann)["token"]
    ann.user.role_assignments.all().delete()
    assert program(secret).read("me/")["permissions"] == []
    problem(ann.ask("GET", "tokens/"), 403)


# Others'


def test_another_s_token_is_the_same_as_one_that_never_was(ann, olga):
    """R23, threat 12."""
    token = made(olga)
    never = ann.ask("DELETE", f"tokens/{NEVER}/")
    found = ann.ask("DELETE", f"tokens/{token['id']}/")
    assert problem(found, 404) == problem(never, 404)
    assert ann.read("tokens/")["results"] == []
    assert ann.read("tokens/", user="olga") == ann.read("tokens/", user="nobody")
    assert program(token["token"]).ask("GET", "me/").status_code == 200


def test_an_owner_sees_and_revokes_the_tokens_of_all(ann, olga):
    mine, hers = made(olga), made(ann)
    assert {row["user"] for row in olga.read("tokens/")["results"]} == {"olga", "ann"}
    (row,) = olga.read("tokens/", user="ann")["results"]
    assert row["id"] == hers["id"]
    assert olga.ask("DELETE", f"tokens/{hers['id']}/").status_code == 204
    problem(program(hers["token"]).ask("GET", "me/"), 401)
    assert [row["id"] for row in olga.read("tokens/")["results"]] == [mine["id"]]


def test_people_are_managed_below_one_s_rank_and_named_where_they_may_be_viewed(ann, olga):
    """D3; R24: whoever may revoke the token of someone whom they may not view sees it unnamed."""
    low, high = made(ann), made(olga)
    blind = with_role("blind", "api_tokens.manage", level=50)
    (row,) = blind.read("tokens/")["results"]
    assert (row["id"], row["user"]) == (low["id"], "no access")
    assert blind.read("tokens/", user="ann")["results"] == []
    give(blind.user, make_role(permissions="users.view"))
    (row,) = blind.read("tokens/", user="ann")["results"]
    assert row["user"] == "ann"
    problem(blind.ask("DELETE", f"tokens/{high['id']}/"), 404)
    assert blind.ask("DELETE", f"tokens/{low['id']}/").status_code == 204


def test_a_token_is_revoked_once(ann):
    token = made(ann)
    assert ann.ask("DELETE", f"tokens/{token['id']}/").status_code == 204
    problem(ann.ask("DELETE", f"tokens/{token['id']}/"), 404)


# The address


@pytest.mark.parametrize(
    "query", ["x=1", "user=a%00b", "user=ann&user=olga", "page=0", "page_size=101"]
)
def test_a_list_is_asked_for_nothing_else(ann, query):
    errors(ann.ask("GET", f"tokens/?{query}"))


@pytest.mark.parametrize("user", ["", "ANN"])
def test_tokens_of_nobody_are_none(ann, user):
    made(ann)
    assert ann.read("tokens/", user=user)["results"] == []


def test_other_methods_are_none(ann):
    token = made(ann)
    for method in ("GET", "PUT", "PATCH", "POST"):
        problem(ann.ask(method, f"tokens/{token['id']}/", {}), 405)
    problem(ann.ask("DELETE", "tokens/"), 405)
    problem(ann.ask("DELETE", f"tokens/{'9' * 30}/"), 404)


def test_the_queries_of_a_list_do_not_grow_with_it(olga):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            olga.read("tokens/")
        return len(queries)

    made(olga)
    asked()
    before = asked()
    for number in range(3):
        other = person(f"p{number}", make_role(permissions="api_tokens.manage"))
        made(other)
    assert asked() == before
