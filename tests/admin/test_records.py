"""The pages of records show and take what the policy allows (R12-R18, R23-R26)."""

from itertools import product
from urllib.parse import quote

import pytest

from accounts.models import User
from crm.models import Account, Contact
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import AuditEntry, Role
from roles.services.installation import install_assignment, install_role
from roles.services.role import change_role
from tests.factories import make_role, make_user

from .conftest import signed_in
from .people import with_rights

LIST = "/crm/contact/"


def url_of(record, verb="change") -> str:
    return f"/crm/{record._meta.model_name}/{record.pk}/{verb}/"


@pytest.fixture
def seller(db):
    """A browser of someone with the built-in role User: contacts v c e, own records."""
    return signed_in("sam", "user")


@pytest.fixture
def mine(seller):
    return Contact.objects.create(last_name="Mine", owner=User.objects.get(username="sam"))


@pytest.fixture
def other(db):
    owner = User.objects.create_user("ben")
    return Contact.objects.create(last_name="Others", owner=owner, notes="secret")


def grant(role: str, *codes: str) -> None:
    from roles.core.changes import RoleChanges

    user = User.objects.filter(username="root").first()
    if user is None:
        user = User.objects.create_user("root")
        install_assignment(user=user, role=Role.objects.get(code="owner"))
    user = User.objects.get(pk=user.pk)
    changes = RoleChanges(granted=frozenset(codes))
    change_role(acting_user=user, role=Role.objects.get(code=role), changes=changes)


def test_the_list_shows_own_records_only(seller, mine, other):
    page = seller.get(LIST).content.decode()
    assert "Mine" in page and "Others" not in page and "1 contact" in page


def test_who_holds_all_sees_all_and_nobody_s_deleted_ones(owner, mine, other):
    Contact.objects.create(last_name="Trashed", deleted_at="2026-01-01T00:00Z")
    page = owner.get(LIST).content.decode()
    assert "Mine" in page and "Others" in page and "Trashed" not in page


def test_a_record_out_of_reach_is_the_same_as_one_that_never_was(seller, mine, other):
    """R23."""
    assert seller.get(url_of(mine)).status_code == 200
    answers = [seller.get(url_of(other)), seller.get("/crm/contact/999999/change/")]
    assert [a.status_code for a in answers] == [302, 302]
    assert [a.url for a in answers] == ["/", "/"]


def test_delete_is_offered_and_done_from_the_next_page_on(seller, mine):
    """R28: the same session, before and after the grant, and after its end."""
    assert "deletelink" not in seller.get(url_of(mine)).content.decode()
    assert seller.post(url_of(mine, "delete"), {"post": "yes"}).status_code == 403
    grant("user", "contacts.delete")
    assert "deletelink" in seller.get(url_of(mine)).content.decode()
    assert seller.post(url_of(mine, "delete"), {"post": "yes"}).status_code == 302
    mine.refresh_from_db()
    assert mine.deleted_at is not None
    entry = AuditEntry.objects.get(action="record.deleted")
    assert (entry.actor.username, entry.subject_name) == ("sam", "Mine")


def test_bulk_deletion_takes_all_that_was_chosen_or_nothing(seller, mine, other):
    """R25, R23: with one that is out of reach, or never was, nothing is deleted, in one wording."""
    grant("user", "contacts.delete")
    also = Contact.objects.create(last_name="Also", owner=mine.owner)
    data = {"action": "delete_selected", "post": "yes"}
    for forged in (other.pk, 999999, "x", "", "-1", "1.5", "1\x00", "9" * 30, "9" * 5000):
        rows = {"_selected_action": [mine.pk, forged]}
        said = seller.post(LIST, data | rows, follow=True).content.decode()
        assert "Nothing was changed: one of the chosen rows is not there." in said
    assert not Contact.objects.exclude(deleted_at=None).exists()
    seller.post(LIST, data | {"_selected_action": [mine.pk, also.pk]})
    assert set(Contact.objects.exclude(deleted_at=None)) == {mine, also}


def test_a_new_record_belongs_to_its_creator_and_to_nobody_else(seller, other):
    """R18."""
    ben = User.objects.get(username="ben")
    answer = seller.post("/crm/contact/add/", {"last_name": "New", "owner": ben.pk})
    assert "owner" in answer.context["adminform"].form.errors
    assert not Contact.objects.filter(last_name="New").exists()
    sam = User.objects.get(username="sam")
    assert (
        seller.post("/crm/contact/add/", {"last_name": "New", "owner": sam.pk}).status_code == 302
    )
    assert Contact.objects.get(last_name="New").owner == sam


def test_a_new_record_belongs_to_whom_its_creator_chose(owner, seller):
    """R18: to nobody too, for whoever reaches what is nobody's."""
    ben = make_user("ben")
    for chosen in (ben.pk, ""):
        data = {"last_name": "New", "owner": chosen}
        assert owner.post("/crm/contact/add/", data).status_code == 302
    assert [one.owner for one in Contact.objects.order_by("pk")] == [ben, None]
    refused = seller.post("/crm/contact/add/", {"last_name": "New", "owner": ""})
    assert "owner" in refused.context["adminform"].form.errors


def test_owners_are_offered_whom_one_may_give_to_and_may_see(db):
    """R18, R24: by the scopes of the action, and nobody who is out."""
    make_user("ben"), make_user("dora", is_active=False)
    rights = "contacts.view contacts.create contacts.edit"
    own = {"contacts": {"*": "all", "create": "own", "edit": "own"}}
    clients = {
        "nan": with_rights("nan", f"{rights} users.view", records=own),
        "wes": with_rights("wes", f"{rights} users.view", records={"contacts": "all"}),
        "bly": with_rights("bly", rights, records={"contacts": "all"}),
    }
    for name, offered in (
        ("nan", {"nan"}),
        ("bly", {"bly"}),
        ("wes", {"ben", "bly", "nan", "wes"}),
    ):
        mine = Contact.objects.create(last_name="Doe", owner=User.objects.get(username=name))
        for url in ("/crm/contact/add/", url_of(mine)):
            field = clients[name].get(url).context["adminform"].form.fields["owner"]
            assert {str(label) for value, label in field.choices if value} == offered, url


def test_a_record_is_not_given_away_beyond_one_s_scopes(seller, mine, other):
    ben = User.objects.get(username="ben")
    assert seller.post(url_of(mine), {"last_name": "Given", "owner": ben.pk}).status_code == 200
    mine.refresh_from_db()
    assert mine.owner.username == "sam" and mine.last_name == "Mine"
    data = {"last_name": "Kept", "owner": mine.owner_id}
    assert seller.post(url_of(mine), data).status_code == 302
    mine.refresh_from_db()
    assert mine.last_name == "Kept"


def test_reading_without_editing_shows_the_record_and_refuses_the_post(mine, seller):
    install_role(RoleSpec(code="reader", name="Reader", permissions=frozenset({"contacts.view"})))
    reader = signed_in("rhea", "reader")
    theirs = Contact.objects.create(last_name="Read", owner=User.objects.get(username="rhea"))
    page = reader.get(url_of(theirs)).content.decode()
    assert "Read" in page and "_save" not in page
    assert reader.post(url_of(theirs), {"last_name": "Changed"}).status_code == 403
    theirs.refresh_from_db()
    assert theirs.last_name == "Read"


def test_fields_follow_the_role(db):
    """R16, R17: hidden is absent, read-only is shown; posting either is refused whole."""
    install_role(
        RoleSpec(
            code="agent",
            name="Agent",
            permissions=frozenset({"contacts.view", "contacts.edit"}),
            records={"contacts": {"*": frozenset({"all"})}},
            fields={"contacts": {"notes": FieldLevel.HIDDEN, "phone": FieldLevel.READ_ONLY}},
        )
    )
    agent = signed_in("abe", "agent")
    contact = Contact.objects.create(last_name="Doe", phone="555 0100", notes="secret")
    page = agent.get(url_of(contact)).content.decode()
    assert "555 0100" in page and "secret" not in page and 'name="notes"' not in page
    assert 'name="phone"' not in page and 'name="email"' in page
    data = {"last_name": "Roe", "email": "", "owner": ""}
    told = {"phone": "You cannot set “Phone” here.", "notes": "There is no field “notes”."}
    for name, words in told.items():
        assert words in agent.post(url_of(contact), data | {name: "1"}).content.decode()
        contact.refresh_from_db()
        assert (contact.last_name, contact.phone, contact.notes) == ("Doe", "555 0100", "secret")
    nonsense = agent.post(url_of(contact), data | {"nonsense": "1"}).content.decode()
    assert "There is no field “nonsense”." in nonsense
    sent_back = agent.post(url_of(contact), data | {"phone": "555 0100"})
    contact.refresh_from_db()
    assert (sent_back.status_code, contact.last_name) == (302, "Roe")


def test_a_new_record_takes_no_field_that_its_form_does_not_have(db):
    """R17, R23: a hidden one is answered as one that there is not, as is part of a real one."""
    hidden = {"contacts": {"owner": "hidden", "notes": "hidden", "phone": "read_only"}}
    agent = with_rights("abe", "contacts.view contacts.create", fields=hidden)
    words = {name: f"There is no field “{name}”." for name in ("notes", "owner", "x", "x_1")}
    words |= {name: f"There is no field “{name}”." for name in ("last_name_x", "last_name_")}
    words |= {"phone": "You cannot set “Phone” here."}
    for (name, said), value in product(words.items(), ("1", "")):
        answer = agent.post("/crm/contact/add/", {"last_name": "New", name: value})
        assert said in answer.content.decode(), name
    assert not Contact.objects.exists()
    assert agent.post("/crm/contact/add/", {"last_name": "New"}).status_code == 302
    assert Contact.objects.get().owner.username == "abe"  # R18


def test_a_field_that_is_hidden_on_this_record_is_no_field_of_it(db):
    """R15, R17, R23: another role shows it on one's own."""
    rights, hidden = "contacts.view contacts.edit", {"contacts": {"phone": "hidden"}}
    make_role("all", permissions=rights, records={"contacts": "all"}, fields=hidden)
    make_role("own", permissions=rights)
    abe = signed_in("abe", "all", "own")
    own = Contact.objects.create(last_name="Own", owner=User.objects.get(username="abe"))
    theirs = Contact.objects.create(last_name="Theirs", phone="555")
    for record, said in ((theirs, True), (own, False)):
        data = {"last_name": "New", "owner": record.owner_id or "", "phone": "556"}
        answer = abe.post(url_of(record), data)
        assert ("There is no field “phone”." in answer.content.decode()) is said
    assert list(Contact.objects.order_by("pk").values_list("phone", flat=True)) == ["556", "555"]


def test_a_person_is_linked_to_for_whoever_may_view_people(db):
    """R24: everybody knows their own name, and not everybody has a page of people."""
    for rights, linked in (("contacts.view", False), ("contacts.view users.view", True)):
        reader = with_rights(f"reader-{linked}", rights)
        user = User.objects.get(username=f"reader-{linked}")
        page = reader.get(url_of(Contact.objects.create(last_name="Doe", owner=user)))
        assert user.username in page.content.decode()
        assert "No access" not in page.content.decode()  # there is no account to see
        assert (f'href="/accounts/user/{user.pk}/change/"' in page.content.decode()) is linked


def test_a_related_record_out_of_reach_is_opaque_and_kept(seller, mine):
    """R24."""
    hidden = Account.objects.create(name="Hidden Inc")
    Contact.objects.filter(pk=mine.pk).update(account=hidden)
    page = seller.get(url_of(mine)).content.decode()
    assert "Hidden Inc" not in page and "No access" in page
    data = {"last_name": "Mine", "owner": mine.owner_id, "account": hidden.pk}
    assert seller.post(url_of(mine), data).status_code == 302
    fresh = Contact.objects.create(last_name="Fresh", owner_id=mine.owner_id)
    assert seller.post(url_of(fresh), data).status_code == 200
    fresh.refresh_from_db()
    assert fresh.account is None


@pytest.mark.parametrize("query", ["?o=5", "?owner__email=x", "?notes__contains=s", "?q=secret"])
def test_the_list_cannot_be_asked_about_what_is_not_shown(seller, mine, other, query):
    """R23: an unknown lookup is refused or ignored, and never widens the list."""
    answer = seller.get(LIST + query, follow=True)
    assert answer.status_code in (200, 400)
    assert "Others" not in answer.content.decode()


@pytest.mark.parametrize("state", ["waiting", "suspended", "rejected"])
def test_open_sessions_are_worth_nothing_when_the_person_is_out(seller, mine, state):
    """R1, from the next request on."""
    assert seller.get(LIST).status_code == 200
    User.objects.filter(username="sam").update(state=state)
    answer = seller.get(LIST)
    assert answer.status_code == (403 if state == "waiting" else 302)
    User.objects.filter(username="sam").update(state="active")
    assert seller.get(LIST).status_code in (200, 302)


def test_anonymous_visitors_are_sent_to_sign_in(client, db):
    for url in ("/", LIST, "/roles/role/", "/roles/role/add/"):
        answer = client.get(url, follow=True)
        assert answer.redirect_chain[-1] == (f"/auth/login/?next={quote(url)}", 302)
