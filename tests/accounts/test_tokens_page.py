"""The page of API tokens: made with the secret shown once, listed, revoked (R20a, R23, D3)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roles import policy
from roles.core import clock
from roles.core.limits import Limit
from roles.models import ApiToken
from roles.services.tokens import create_token
from tests.factories import fetch, give, make_role, make_user

pytestmark = pytest.mark.django_db
URL = "/tokens/"
MANAGE = "api_tokens.manage"


@pytest.fixture
def ann():
    """Someone who may have tokens, view and edit contacts and use a privilege."""
    role = make_role(
        permissions=f"{MANAGE} contacts.view contacts.edit profile.view", privileges="app.crm"
    )
    return make_user("ann", role, first_name="Ann", last_name="Lee")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def post(user, **values):
    """Send the form as it comes, with `values` in place of what it holds."""
    sent = {"name": "CI", "lasts": "90", "reach": "limited", "permissions": ["contacts.view"]}
    sent = {name: value for name, value in (sent | values).items() if value is not None}
    return browser(user).post(URL, sent)


def token_of(user, name="CI", **values):
    return create_token(acting_user=fetch(user), name=name, **({"limit": None} | values))[0]


def secret_in(page):
    (found,) = re.findall(r'value="(rbac_\w+)" readonly', page)
    return found


# Making


def test_a_token_is_made_and_its_secret_shown_once(ann):
    page = page_of(post(ann))
    secret = secret_in(page)
    token = policy.token_with(secret)
    assert token.user == ann and token.limit == Limit(frozenset({"contacts.view"}))
    assert "“CI” is made" in page and f"ends in {token.ending}" in page
    again = page_of(browser(ann).get(URL))
    assert secret not in again and "CI" in again


def test_the_answer_with_the_secret_is_kept_by_nobody(ann):
    assert "no-store" in post(ann)["Cache-Control"]


def test_the_form_is_empty_again_after_a_token_is_made(ann):
    page = page_of(post(ann))
    assert not re.search(r'value="contacts.view" checked', page) and 'value="CI"' not in page


def test_a_page_that_is_sent_again_makes_no_second_token(ann):
    """A reload of the answer posts the form once more."""
    post(ann)
    assert "You have a token of this name" in page_of(post(ann))
    assert ApiToken.objects.count() == 1


def test_privileges_are_chosen_beside_permissions_or_alone(ann):
    post(ann, privileges=["app.crm"])
    post(ann, name="Alone", permissions=None, privileges=["app.crm"])
    both, alone = (token.limit for token in ApiToken.objects.order_by("pk"))
    assert both == Limit(frozenset({"contacts.view"}), frozenset({"app.crm"}))
    assert alone == Limit(frozenset(), frozenset({"app.crm"}))


def test_all_is_chosen_in_so_many_words(ann):
    post(ann, reach="all", permissions=None)
    assert ApiToken.objects.get().limit is None


@pytest.mark.parametrize(("lasts", "days"), [("7", 7), ("365", 365)])
def test_it_lasts_as_long_as_was_chosen(ann, lasts, days):
    post(ann, lasts=lasts)
    token = ApiToken.objects.get()
    assert token.expires_at - token.created_at == pytest.approx(
        timedelta(days=days), abs=timedelta(minutes=1)
    )


def test_only_what_is_theirs_can_be_chosen(ann):
    page = page_of(browser(ann).get(URL))
    offered = set(re.findall(r'name="(?:permissions|privileges)" value="([\w.]+)"', page))
    assert offered == {MANAGE, "contacts.view", "contacts.edit", "profile.view", "app.crm"}


WRONG = {
    "no name": {"name": ""},
    "a long name": {"name": "x" * 101},
    "a NUL": {"name": "a\x00"},
    "nothing ticked": {"permissions": None},
    "all, and some ticked": {"reach": "all"},
    "what is not theirs": {"permissions": ["contacts.delete"]},
    "no such permission": {"permissions": ["no.such"]},
    "another's privilege": {"privileges": ["app.other"]},
    "another length": {"lasts": "9999"},
    "no length": {"lasts": None},
    "no reach": {"reach": None},
    "another reach": {"reach": "more"},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG)
def test_what_makes_no_token_comes_back_with_what_is_wrong(ann, values):
    page = page_of(post(ann, **values))
    assert "No token was made" in page and 'class="errorlist' in page
    assert not ApiToken.objects.exists() and "rbac_" not in page


def test_what_was_ticked_is_still_so_after_an_error(ann):
    page = page_of(post(ann, name="", privileges=["app.crm"]))
    assert re.findall(r'value="([\w.]+)" checked', page) == ["contacts.view", "app.crm"]


# Who may


WHO = {
    "user": lambda: make_user("who", "user"),
    "without a role": lambda: make_user("who"),
    "waiting owner": lambda: make_user("who", "owner", state="waiting"),
}


@pytest.mark.parametrize("who", WHO)
def test_who_may_not_have_tokens_has_no_page_and_no_link_to_it(who):
    client = browser(WHO[who]())
    assert client.get(URL).status_code == client.post(URL, {"name": "CI"}).status_code == 403
    assert URL not in client.get("/").content.decode()


def test_who_may_have_tokens_finds_the_page_under_their_name(ann):
    assert f'href="{URL}"' in browser(ann).get("/").content.decode()


@pytest.mark.parametrize("values", [{"state": "suspended"}, {"is_active": False}])
def test_who_is_out_is_sent_to_sign_in(ann, values):
    client = browser(ann)
    type(ann).objects.filter(pk=ann.pk).update(**values)
    assert client.get(URL).status_code == 302
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_page_is_read_and_posted_to_and_nothing_else(ann, method):
    assert getattr(browser(ann), method)(URL).status_code == 405


def test_a_post_of_another_site_makes_nothing(ann):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    sent = {"name": "CI", "lasts": "90", "reach": "all"}
    assert client.post(URL, sent).status_code == 403
    assert not ApiToken.objects.exists()


# The list


def test_it_says_what_each_may_until_when_and_whether_it_was_used(ann):
    whole = token_of(ann, "Whole")
    limit = Limit(frozenset({"contacts.view", "contacts.edit"}), frozenset({"app.crm"}))
    token_of(ann, "Limited", limit=limit)
    ApiToken.objects.filter(pk=whole.pk).update(last_used_at=clock.now() - timedelta(days=3))
    page = page_of(browser(ann).get(URL))
    for words in (
        "All that you may do",
        "3 permissions",
        "Contacts: Edit",
        "Never used",
        "3 days ago",
    ):
        assert words in page, words
    assert "you no longer have it" not in page and "Expired" not in page


def test_what_a_token_no_longer_gives_is_marked(ann):
    token_of(ann, limit=Limit(frozenset({"contacts.edit"})))
    ann.role_assignments.all().delete()
    give(ann, make_role(permissions=MANAGE))
    assert "Contacts: Edit <span" in page_of(browser(ann).get(URL))


def test_an_expired_token_stays_in_the_list_as_such(ann):
    token = token_of(ann)
    before = clock.now() - timedelta(days=2)
    ApiToken.objects.filter(pk=token.pk).update(
        created_at=before, expires_at=before + timedelta(days=1)
    )
    page = page_of(browser(ann).get(URL))
    assert "Expired" in page and "Ended" in page


def test_without_a_token_it_says_what_would_stand_there(ann):
    assert "None yet" in page_of(browser(ann).get(URL))


# Revoking


def revoke(user, key):
    answer = browser(user).post(URL, {"revoke": key}, follow=True)
    return page_of(answer)


def test_one_revokes_one_s_own(ann):
    first, named, last = (token_of(ann, name) for name in ("First", "CI", "Last"))
    assert "“CI” is revoked." in revoke(ann, named.pk)
    assert set(ApiToken.objects.all()) == {first, last}


def test_what_is_no_token_is_none_any_more(ann):
    kept = token_of(ann)
    for key in ("999999999", "", "x", "-1", "²", "١", f" {kept.pk}", "9" * 30, "9" * 5000):
        assert "There is no such token any more." in revoke(ann, key), key[:9]
    assert ApiToken.objects.get() == kept


def test_another_s_token_is_none_that_there_is(ann):
    """R23: the same words as of one that never was."""
    token = token_of(make_user("olga", "owner"))
    assert "There is no such token any more." in revoke(ann, token.pk)
    page = page_of(browser(ann).get(URL))
    assert ApiToken.objects.get() == token and "whom you manage" not in page


def test_an_owner_sees_and_revokes_those_of_all(ann):
    olga = make_user("olga", "owner")
    token = token_of(ann, "Anns")
    token_of(olga, "Olgas")
    page = page_of(browser(olga).get(URL))
    assert page.count('name="revoke"') == 2  # each stands in one list
    assert "whom you manage" in page and "Ann Lee ·" in page and "All that they may do" in page
    assert "“Anns” is revoked." in revoke(olga, token.pk)


def test_one_s_own_tokens_stand_in_one_list_only():
    olga = make_user("olga", "owner")
    token_of(olga)
    page = page_of(browser(olga).get(URL))
    assert page.count('name="revoke"') == 1 and "whom you manage" not in page


def test_whoever_may_not_view_people_revokes_the_tokens_of_somebody_unnamed(ann):
    """R24, D3."""
    token_of(ann)
    blind = make_user("blind", make_role(permissions=MANAGE, level=50))
    page = page_of(browser(blind).get(URL))
    assert "No access ·" in page and "Ann Lee" not in page


def test_tokens_of_others_come_in_pages_with_a_bounded_number_of_queries(ann):
    olga = browser(make_user("olga", "owner"))
    token_of(ann, "First")
    olga.get(URL)
    with CaptureQueriesContext(connection) as few:
        olga.get(URL)
    ends = clock.now() + timedelta(days=1)
    ApiToken.objects.bulk_create(
        ApiToken(user=ann, name=f"T{n}", digest=str(n), ending=str(n), expires_at=ends)
        for n in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        page = page_of(olga.get(URL))
    assert len(many) == len(few) and page.count('name="revoke"') == 50
    assert "?page=2" in page and page_of(olga.get(f"{URL}?page=2")).count('name="revoke"') == 11
    assert page_of(olga.get(f"{URL}?page=x")).count('name="revoke"') == 50


def test_the_page_needs_no_script_and_has_no_style_of_its_own(ann):
    token_of(ann)
    page = page_of(post(ann, name="Second"))
    assert "<style" not in page and "style=" not in page and " onclick" not in page
