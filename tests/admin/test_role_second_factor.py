"""The role page's choice whether a role asks for a second factor (R4, D4)."""

import pytest

from roles.models import AuditEntry, Role
from roles.services.loading import read_role
from tests.factories import give_second_factor, make_role, make_user

from .conftest import signed_in, url_of

pytestmark = pytest.mark.django_db


def text_of(client, role, more=""):
    return " ".join(client.get(url_of(role) + more).content.decode().split())


def stored(role):
    return read_role(Role.objects.get(pk=role.pk)).second_factor


def test_it_is_asked_for_and_no_more(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"second_factor": "yes"}
    assert owner.post(url_of(rep_role), data).status_code == 302
    assert stored(rep_role)
    data = form_of(owner, rep_role) | {"second_factor": "no"}
    assert owner.post(url_of(rep_role), data).status_code == 302
    assert not stored(rep_role)


def test_what_the_post_leaves_out_stays(owner, rep_role, form_of):
    owner.post(url_of(rep_role), form_of(owner, rep_role) | {"second_factor": "yes"})
    data = {n: v for n, v in form_of(owner, rep_role).items() if n != "second_factor"}
    owner.post(url_of(rep_role), data | {"description": "Sells."})
    assert stored(rep_role) and Role.objects.get(pk=rep_role.pk).description == "Sells."


@pytest.mark.parametrize("value", ["maybe", "", "True"])
def test_anything_else_is_refused_and_nothing_is_saved(owner, rep_role, form_of, value):
    data = form_of(owner, rep_role) | {"second_factor": value, "description": "Sells."}
    assert owner.post(url_of(rep_role), data).status_code == 200
    assert not stored(rep_role) and Role.objects.get(pk=rep_role.pk).description == ""


def test_the_page_says_how_many_have_one_and_whom_it_reaches(owner, rep_role, form_of):
    give_second_factor(make_user("ann", rep_role))
    make_user("ben", rep_role)
    assert "1 of the 2 people who hold it have one." in text_of(owner, rep_role)
    data = form_of(owner, rep_role) | {"second_factor": "yes", "_impact": "1"}
    page = owner.post(url_of(rep_role), data)
    assert "1 person loses" in page.content.decode()


def test_a_base_that_asks_is_named(owner):
    make_role("vault", second_factor=True, permissions="contacts.view")
    heir = make_role("heir", base="vault")
    assert "“Vault”, on which it is based, asks for one already." in text_of(owner, heir)


def test_the_log_and_the_message_say_it_in_words(owner, rep_role, form_of):
    data = form_of(owner, rep_role) | {"second_factor": "yes"}
    answer = owner.post(url_of(rep_role), data, follow=True)
    assert "1 changed" in answer.content.decode()
    owner.post(url_of(rep_role), form_of(owner, rep_role) | {"second_factor": "no"})
    history = " ".join(owner.get(f"/roles/role/{rep_role.pk}/history/").content.decode().split())
    assert "Second factor: asked for → not asked for" in history
    assert AuditEntry.objects.filter(action="role.changed").count() == 2


def test_who_has_less_than_the_role_gives_is_offered_nothing_and_refused_by_name(form_of):
    make_role("chief", level=50, permissions="roles.view roles.edit contacts.view")
    rep = make_role("rep", permissions="contacts.view deals.view", second_factor=True)
    chief = signed_in("chief", "chief")
    page = text_of(chief, rep)
    assert '<option value="yes" selected>' in page and '<option value="no"' not in page
    assert "View on Deals" in page
    assert chief.post(url_of(rep), form_of(chief, rep) | {"second_factor": "no"}).status_code == 200
    assert stored(rep)
    make_role("small", permissions="contacts.view", second_factor=True)
    small = Role.objects.get(code="small")
    assert (
        chief.post(url_of(small), form_of(chief, small) | {"second_factor": "no"}).status_code
        == 302
    )
    assert not stored(small)


def test_a_clone_asks_as_its_source_does(owner):
    source = make_role("vault", second_factor=True, permissions="contacts.view")
    page = " ".join(owner.get(f"/roles/role/add/?clone={source.code}").content.decode().split())
    assert '<option value="yes" selected>' in page
