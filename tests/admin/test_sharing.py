"""The page of a record's shares: for whoever may edit it, by the same service as the API (R19)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Contact, ContactShare
from tests.factories import make_role, make_team, make_user

from .conftest import signed_in
from .test_records import url_of


@pytest.fixture
def seller(db):
    """A browser of someone with the built-in role User: contacts v c e, own records."""
    return signed_in("sam", "user")


@pytest.fixture
def contact(seller):
    sam = User.objects.get(username="sam")
    return Contact.objects.create(first_name="Ann", last_name="Lee", owner=sam)


@pytest.fixture
def ben(db):
    return make_user("ben", "user")


def post(client, contact, **values):
    return client.post(url_of(contact, "shares"), {"share": "1", "give": "view", **values})


def test_a_record_is_shared_changed_and_taken_back(seller, contact, ben):
    answer = post(seller, contact, user="ben", give="edit")
    assert answer.status_code == 302 and answer["Location"] == url_of(contact, "shares")
    page = seller.get(url_of(contact, "shares")).content.decode()
    assert "Shared with 1" in page and "View and edit" in page and "ben" in page
    post(seller, contact, user="ben", give="view")
    share = ContactShare.objects.get()
    assert share.give == "view"
    answer = seller.post(url_of(contact, "shares"), {"unshare": share.pk}, follow=True)
    assert "No longer shared with ben." in answer.content.decode()
    assert "Shared with nobody" in answer.content.decode()
    assert not ContactShare.objects.exists()


def test_the_record_s_page_links_to_it_for_whoever_may_edit(seller, contact, ben):
    assert url_of(contact, "shares") in seller.get(url_of(contact)).content.decode()
    reader = signed_in("eva", make_role("reader", permissions="contacts.view").code)
    post(seller, contact, user="eva")
    page = reader.get(url_of(contact))
    assert page.status_code == 200
    assert url_of(contact, "shares") not in page.content.decode()
    assert reader.get(url_of(contact, "shares")).status_code == 403
    assert post(reader, contact, user="ben").status_code == 403
    assert not ContactShare.objects.filter(user=ben).exists()


def test_a_record_out_of_reach_has_no_such_page(seller, contact):
    """R23: the admin's "does not exist", the same as for one that never was."""
    other = Contact.objects.create(last_name="Other", owner=make_user("cid"))
    for url in (url_of(other, "shares"), "/crm/contact/999999/shares/", "/crm/contact/x/shares/"):
        assert seller.get(url).status_code == 302
        assert seller.get(url)["Location"] == "/"
    assert post(seller, other, user="sam").status_code == 302
    assert not ContactShare.objects.exists()


def test_nobody_who_is_signed_out_or_suspended_shares(client, seller, contact, ben):
    """R1."""
    assert post(client, contact, user="ben").status_code == 302
    User.objects.filter(username="sam").update(state="suspended")
    post(seller, contact, user="ben")
    assert not ContactShare.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Name one person or one team."),
        ({"user": "ben", "team": "alpha"}, "Name one person or one team."),
        ({"user": "nobody"}, "Nobody with the username “nobody” can sign in."),
        ({"team": "beta"}, "No team has the code “beta”."),
        ({"user": "ben", "give": "delete"}, "Select a valid choice"),
        ({"user": "x" * 300}, "at most 254"),
    ],
)
def test_what_is_no_share_is_said_at_its_field_and_nothing_is_lost(
    seller, contact, ben, values, said
):
    make_team("alpha", User.objects.get(username="sam"))
    answer = post(seller, contact, **values)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert answer.context["form"].data.get("user", "") == values.get("user", "")
    assert not ContactShare.objects.exists()


def test_a_share_of_another_record_is_not_taken_back_from_here(seller, contact, ben):
    other = Contact.objects.create(last_name="Other", owner=ben)
    share = ContactShare.objects.create(record=other, user=make_user("cid"))
    for key in (share.pk, "x", "-1", "9" * 30, "9" * 5000):
        answer = seller.post(url_of(contact, "shares"), {"unshare": key}, follow=True)
        assert "There is no such share any more." in answer.content.decode()
    assert ContactShare.objects.filter(pk=share.pk).exists()


def test_of_several_shares_the_named_one_is_taken_back(seller, contact, ben):
    people = [make_user("ada"), ben, make_user("cid")]
    shares = [ContactShare.objects.create(record=contact, user=person) for person in people]
    seller.post(url_of(contact, "shares"), {"unshare": shares[1].pk})
    assert set(ContactShare.objects.all()) == {shares[0], shares[2]}


def test_people_are_offered_to_who_may_view_people_only(owner, seller, contact, ben):
    """R24; they are found by name all the same."""
    make_team("mine", User.objects.get(username="sam"))
    make_team("theirs", ben)
    url = url_of(contact, "shares")
    page = seller.get(url).content.decode()
    assert "datalist" not in page
    assert '<option value="mine">' in page and '<option value="theirs">' not in page
    page = owner.get(url).content.decode()
    assert 'data-search="/api/v1/users/' in page and '<option value="theirs">' in page
    assert '<option value="ben">' not in page  # who there is, the search says


def test_the_page_names_the_record_and_the_giver_as_they_may_be_known(owner, contact, ben):
    """R16, R24."""
    post(owner, contact, user=make_user("eva").username, give="edit")
    hiding = make_role(
        permissions="contacts.view contacts.edit",
        records={"contacts": "all"},
        fields={"contacts": {"first_name": "hidden"}},
    )
    page = signed_in("max", hiding.code).get(url_of(contact, "shares")).content.decode()
    assert f"Share “Contact {contact.pk}”" in page and "Lee" not in page
    assert "No access" in page and "olga" not in page


def test_a_receiver_without_a_role_for_it_is_marked_to_who_may_view_roles(owner, contact, ben):
    """R19: a share gives no action, and who may view roles may know that it is in vain."""
    post(owner, contact, user="ben")
    post(owner, contact, user=make_user("eva").username)
    said = "No role of theirs lets them view contacts"
    assert owner.get(url_of(contact, "shares")).content.decode().count(said) == 1
    seller = signed_in(
        "max",
        make_role(permissions="contacts.view contacts.edit", records={"contacts": "all"}).code,
    )
    assert said not in seller.get(url_of(contact, "shares")).content.decode()


def test_shares_cost_the_page_no_query_each(owner, contact):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert owner.get(url_of(contact, "shares")).status_code == 200
        return len(asked)

    post(owner, contact, user=make_user("a").username)
    one = queries()
    for number in range(5):
        post(owner, contact, user=make_user(f"a{number}").username)
        post(owner, contact, team=make_team(f"t{number}").code)
    assert queries() == one
