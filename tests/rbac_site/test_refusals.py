"""Refusals say what, why and what now, and no more than their reader may know (R23)."""

import pytest
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory

from crm.models import Contact
from rbac_site import refusals
from roles.models import Module
from tests.factories import make_role

pytestmark = pytest.mark.django_db
ALL = {"contacts": "all"}


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("permissions", "url", "missing"),
    [
        ("leads.view", "/crm/contact/", "Contacts: View"),
        ("leads.view", "/crm/contact/add/", "Contacts: View"),
        ("contacts.view", "/crm/contact/add/", "Contacts: Create"),
        ("contacts.view", "/crm/contact/{pk}/delete/", "Contacts: Delete"),
        ("contacts.view", "/roles/role/", "Roles: View"),
    ],
)
def test_403_names_the_permission_that_is_missing(browse, permissions, url, missing):
    make_role("agent", permissions=permissions, records=ALL)
    contact = Contact.objects.create(last_name="Secretname")
    answer = browse("agent").get(url.format(pk=contact.pk))
    page = said(answer)
    assert answer.status_code == 403
    assert f"You need the permission <strong>{missing}</strong>" in page
    assert f"ask an Owner or an Administrator of this account for “{missing}”" in page
    assert "Secretname" not in page


def test_403_says_that_it_is_this_record_alone(browse):
    """R14: in view, not for the action."""
    records = {"contacts": {"*": "all", "delete": "own"}}
    make_role("agent", permissions="contacts.view contacts.delete", records=records)
    client = browse("agent")
    contact = Contact.objects.create(last_name="Doe")
    answer = client.get(f"/crm/contact/{contact.pk}/delete/")
    assert answer.status_code == 403
    assert "allow this on other records, not on this one" in said(answer)
    Contact.objects.update(owner=client.user)
    assert client.get(f"/crm/contact/{contact.pk}/delete/").status_code == 200


def test_too_many_tries_are_answered_with_when_to_try_again(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    cache.clear()
    answers = [Client().post("/auth/login/", {"login": "a", "password": "b"}) for _ in range(2)]
    assert answers[0].status_code == 200 and answers[1].status_code == 429
    assert "Wait a quarter of an hour, then try again" in said(answers[1])
    cache.clear()


def test_403_stands_in_the_frame_with_the_modules_that_are_theirs(browse):
    make_role("agent", permissions="leads.view")
    page = said(browse("agent").get("/crm/contact/"))
    assert 'href="/crm/lead/"' in page and 'href="/crm/contact/"' not in page


def test_403_does_not_speak_of_a_module_that_is_switched_off(browse):
    """R7: nobody could give it, and it has left every page."""
    Module.objects.filter(code="contacts").update(is_enabled=False)
    for client in (browse("user"), browse("owner", username="olga")):
        answer = client.get("/crm/contact/")
        assert answer.status_code == 403 and "Contacts: View" not in said(answer)
        assert "None of your roles opens this page" in said(answer)


def test_404_says_the_same_of_what_never_was_and_what_has_gone(browse):
    answer = browse("user").get("/nowhere/")
    assert answer.status_code == 404
    assert "deleted, or it is something that your roles do not show" in said(answer)
    assert 'href="/crm/contact/"' in said(answer)


def test_whoever_is_not_signed_in_does_not_learn_which_addresses_there_are():
    for url in ("/crm/contact/", "/crm/contact/1/change/", "/nowhere/", "/auth/nowhere/"):
        assert Client().get(url).url.startswith("/login/?next=")


def test_a_record_out_of_reach_is_answered_as_one_that_never_was(browse):
    client = browse("user")
    hidden = Contact.objects.create(last_name="Secretname")
    answers = [client.get(f"/crm/contact/{pk}/change/", follow=True) for pk in (hidden.pk, 99999)]
    texts = [
        said(a).replace(str(pk), "") for a, pk in zip(answers, (hidden.pk, 99999), strict=True)
    ]
    assert "doesn’t exist" in texts[0] and "Secretname" not in texts[0]
    assert [a.redirect_chain for a in answers] == [[("/", 302)]] * 2


def test_400_and_500_stand_alone_in_the_chosen_theme(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = "dark"
    with django_assert_num_queries(0):
        wrong = refusals.bad_request(request, BadRequest())
        broken = refusals.server_error(request)
    assert (wrong.status_code, broken.status_code) == (400, 500)
    for answer, words in ((wrong, "Go back, load the page again"), (broken, "on our side")):
        assert words in said(answer) and 'name="color-scheme" content="dark"' in said(answer)


def test_a_broken_page_is_answered_with_the_page_about_it(browse, monkeypatch):
    client = browse("owner")
    client.raise_request_exception = False
    monkeypatch.setattr("django.template.response.SimpleTemplateResponse.render", None)
    answer = client.get("/")
    assert answer.status_code == 500 and "Something broke on our side" in said(answer)


def test_a_form_without_its_token_is_answered_with_how_to_send_it_again():
    client = Client(enforce_csrf_checks=True)
    client.cookies["theme"] = "dark"
    answer = client.post("/auth/login/", {"login": "ann", "password": "demo"})
    assert answer.status_code == 403
    assert "load the page again, and send it once more" in said(answer)
    assert 'name="color-scheme" content="dark"' in said(answer)


def test_an_address_that_only_takes_forms_says_so_to_a_browser(browse):
    answer = browse("guest").get("/theme/", headers={"accept": "text/html"})
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "This address only takes forms" in said(answer)
    bare = Client().get("/theme/", headers={"accept": "application/json"})
    assert bare.status_code == 405 and not bare.content


@pytest.mark.parametrize(
    "url",
    [
        "/a%00b/",
        "/teams/a%00b/",
        "/departments/a%00b/",
        "/roles/role/add/?clone=a%00",
        "/roles/role/add/?base=%00",
        "/roles/role/{pk}/delete/?move_to=a%00",
        "/accounts/user/1/roles/a%00b/take-back/",
    ],
)
def test_an_address_with_a_nul_is_none(browse, url):
    """PostgreSQL refuses to look for it; nothing bears a name with one."""
    role = make_role("rep")
    assert browse("owner").get(url.format(pk=role.pk)).status_code == 400


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/roles/role/{pk}/change/", {"base": "a\0b"}),
        ("/roles/role/bases/", {"roles": "{pk}", "base": "a\0b"}),
        ("/roles/role/{pk}/delete/", {"move_to": "a\0b"}),
    ],
)
def test_a_nul_in_a_form_is_no_role(browse, url, data):
    role = make_role("rep")
    sent = {name: value.format(pk=role.pk) for name, value in data.items()}
    answer = browse("owner").post(url.format(pk=role.pk), sent)
    assert answer.status_code == 200 and 'class="errornote' in said(answer)
    role.refresh_from_db()
    assert role.base is None
