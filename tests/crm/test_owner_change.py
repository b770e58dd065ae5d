"""Giving a record away, over the API and on its page: where one role lets one (R15, R17, R18)."""

import json

import pytest
from django.test import Client

from accounts.models import User
from crm.models import Contact
from tests.factories import give, make_role, make_team, make_user

pytestmark = pytest.mark.django_db
CODES = "contacts.view contacts.edit"
WIDE, OWN = {"contacts": "all"}, {"contacts": "own"}


def over_the_api(client, record, owner):
    url = f"/api/v1/contacts/{record.pk}/"
    sent = json.dumps({"owner": owner.username})
    return client.patch(url, sent, content_type="application/json").status_code == 200


def on_the_page(client, record, owner):
    url = f"/crm/contact/{record.pk}/change/"
    form = client.get(url).context["adminform"].form
    shown = {name: form[name].value() or "" for name in form.fields}
    return client.post(url, shown | {"owner": owner.pk}).status_code == 302


@pytest.fixture(params=[over_the_api, on_the_page], ids=["api", "admin"])
def give_away(request):
    """Let somebody who is signed in try to change the owner; tell whether it is changed."""

    def attempt(user, record, owner):
        client, before = Client(), record.owner
        client.force_login(user)
        done = request.param(client, record, owner)
        record.refresh_from_db()
        assert record.owner == (owner if done else before)
        return done

    return attempt


def contact_of(user):
    return Contact.objects.create(last_name="Doe", owner=user)


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        ([("wide", WIDE, None)], True),
        ([("own", OWN, None)], False),
        ([("shut", WIDE, "read_only")], False),
        ([("hidden", WIDE, "hidden")], False),
        ([("own", OWN, None), ("shut", WIDE, "read_only")], False),  # R15: two do not make one
        ([("own", OWN, None), ("wide", WIDE, None)], True),
    ],
)
def test_one_role_must_reach_the_record_open_its_owner_and_reach_the_new_one(give_away, roles, may):
    ben = make_user("ben")
    for code, records, level in roles:
        fields = {"contacts": {"owner": level}} if level else {}
        make_role(code, permissions=CODES, records=records, fields=fields)
    ann = make_user("ann", *(code for code, _records, _level in roles))
    assert give_away(ann, contact_of(ann), ben) is may


@pytest.mark.parametrize("active", [True, False])
def test_a_record_goes_to_whoever_lies_in_scope_out_of_the_house_or_not(give_away, active):
    """R9, R18: whoever was deactivated keeps their place."""
    make_role("mate", permissions=CODES, records={"contacts": "team"})
    ann = make_user("ann", "mate")
    mate, stranger = (make_user(name, is_active=active) for name in ("mia", "sue"))
    make_team("red", ann, mate)
    assert give_away(ann, contact_of(ann), mate)
    assert not give_away(ann, contact_of(ann), stranger)


def test_the_page_offers_as_owners_only_people_who_are_in():
    make_role("chief", permissions=f"{CODES} users.view", records=WIDE)
    client, chief = Client(), make_user("cy", "chief")
    gone, here = make_user("gone", is_active=False), make_user("here")
    client.force_login(chief)
    form = client.get(f"/crm/contact/{contact_of(chief).pk}/change/").context["adminform"].form
    offered = {key.value for key, _label in form.fields["owner"].choices if key}
    assert offered == {chief.pk, here.pk} and User.objects.filter(pk=gone.pk).exists()


def test_for_an_action_of_its_own_the_scopes_of_that_action_count(give_away):
    """R8, R18: all may be viewed, and only within the department edited and given."""
    reach = {"contacts": {"view": "all", "edit": "own"}}
    make_role("narrow", permissions=CODES, records=reach)
    ann, ben = make_user("ann", "narrow"), make_user("ben")
    assert not give_away(ann, contact_of(ann), ben)
    assert give_away(make_user("olga", "owner"), contact_of(ben), ann)


def test_nobody_gives_a_record_away_to_where_they_could_not_edit_it_any_more(give_away):
    """R14, R18: the editing role reaches the new owner, and no role views there."""
    make_team("red", ann := make_user("ann"), mate := make_user("mia"))
    give(ann, make_role("edits", permissions="contacts.edit", records={"contacts": "team"}))
    give(ann, make_role("views", permissions="contacts.view", records=OWN))
    assert not give_away(ann, contact_of(ann), mate)
    give(ann, make_role("sees", permissions="contacts.view", records={"contacts": "team"}))
    assert give_away(ann, contact_of(ann), mate)
