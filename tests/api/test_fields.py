"""What a record shows and takes, field by field and row by row (R10, R15-R17, R24)."""

import pytest

from crm.models import Contact
from roles.models import AuditEntry
from tests.factories import give, make_role, make_user

from .people import MODELS, errors, make, named, person, problem, with_role

pytestmark = pytest.mark.django_db
STAMPS = {"id", "created_at", "changed_at"}
ALL = {"contacts": "all"}


@pytest.fixture
def mixed():
    """Example 1: all contacts without phone, and their own with it and to edit."""
    ann = with_role("ann", "contacts.view", records=ALL, fields={"contacts": {"phone": "hidden"}})
    give(ann.user, make_role(permissions="contacts.view contacts.edit"))
    return ann


def test_two_rows_of_one_list_show_different_fields(mixed):
    """R16."""
    make("contacts", "Mine", mixed.user, phone="1"), make("contacts", "Bens", phone="2")
    rows = {row["last_name"]: row for row in mixed.read("contacts/")["results"]}
    assert rows["Mine"]["phone"] == "1"
    assert "phone" not in rows["Bens"]
    for row in rows.values():
        assert mixed.read(f"contacts/{row['id']}/") == row


def test_rights_of_two_roles_are_not_mixed(mixed):
    """R15: who sees all and edits their own edits nobody else's."""
    mine, bens = make("contacts", "Mine", mixed.user), make("contacts", "Bens", phone="2")
    assert mixed.ask("PATCH", f"contacts/{mine.pk}/", {"phone": "3"}).json()["phone"] == "3"
    problem(mixed.ask("PATCH", f"contacts/{bens.pk}/", {"title": "x"}), 403)


@pytest.mark.parametrize("module", MODELS)
def test_an_allow_list_shows_what_it_names_and_nothing_else(module):
    """R10: `*` stands for what the database fills, too."""
    name = MODELS[module].named_by[-1]
    ann = with_role(
        "ann",
        f"{module}.view",
        records={module: "all"},
        fields={module: {"*": "hidden", name: "read_only"}},
    )
    record = make(module, "One", make_user("ben"))
    assert ann.read(f"{module}/{record.pk}/") == {"id": record.pk, name: "One"}
    assert ann.read(f"{module}/")["results"] == [{"id": record.pk, name: "One"}]
    for path in (f"{module}/?created_at__gte=2000-01-01", f"{module}/?ordering=created_at"):
        errors(ann.ask("GET", path))


def test_the_support_agent_sees_what_the_catalogue_says():
    from crm.demo.roles import SUPPORT_AGENT
    from roles.services.installation import install_role

    install_role(SUPPORT_AGENT)
    ann = person("ann", "support-agent")
    account = make("accounts", "Acme", phone="1", notes="secret", annual_revenue="9")
    contact = make("contacts", "Doe", phone="2", notes="secret", account=account)
    assert ann.read(f"accounts/{account.pk}/").keys() == {"id", "name", "website", "phone"}
    shown = ann.read(f"contacts/{contact.pk}/")
    assert "notes" not in shown and shown["phone"] == "2" and shown["account"] == account.pk
    refused = errors(ann.ask("PATCH", f"contacts/{contact.pk}/", {"phone": "3"}))
    assert refused.keys() == {"phone"} and "no field" not in refused["phone"][0]
    assert ann.ask("PATCH", f"contacts/{contact.pk}/", {"title": "Dr"}).status_code == 200


# Writing


@pytest.fixture
def clerk():
    """Someone who edits all contacts: phone only to read, notes hidden."""
    levels = {"contacts": {"phone": "read_only", "notes": "hidden"}}
    codes = "contacts.view contacts.create contacts.edit"
    return with_role("cleo", codes, records=ALL, fields=levels)


@pytest.fixture
def contact():
    return make("contacts", "Doe", phone="1", notes="secret")


def stored(contact):
    return Contact.objects.values("last_name", "phone", "notes", "owner_id").get(pk=contact.pk)


def test_a_field_that_is_only_read_is_refused_by_its_name_and_nothing_is_saved(clerk, contact):
    before = stored(contact)
    sent = {"last_name": "New", "phone": "2"}
    refused = errors(clerk.ask("PATCH", f"contacts/{contact.pk}/", sent))
    assert refused.keys() == {"phone"} and "R17" in refused["phone"][0]
    assert stored(contact) == before


def test_a_hidden_field_is_refused_as_one_that_never_was(clerk, contact):
    """Also with the very value that it has."""
    before = stored(contact)
    for value in ("secret", "other", 7, None, {}):
        url = f"contacts/{contact.pk}/"
        found, never = (
            clerk.ask("PATCH", url, {"last_name": "N", n: value}) for n in ("notes", "x9")
        )
        assert errors(found) == {"notes": ["There is no field “notes”."]}
        assert found.content == never.content.replace(b"x9", b"notes")
    assert stored(contact) == before


def test_sending_back_what_is_shown_is_not_writing(clerk, contact):
    """R17: a whole record as it was read, stamps and read-only fields included."""
    shown = clerk.read(f"contacts/{contact.pk}/")
    assert shown.keys() >= STAMPS | {"phone"}
    answer = clerk.ask("PATCH", f"contacts/{contact.pk}/", shown)
    assert (answer.status_code, answer.json()) == (200, shown)
    answer = clerk.ask("PATCH", f"contacts/{contact.pk}/", shown | {"last_name": "New"})
    assert answer.json()["last_name"] == "New"
    assert stored(contact)["phone"] == "1"


def test_a_number_sent_back_in_another_spelling_is_not_written(olga):
    levels = {"deals": {"amount": "read_only"}}
    ann = with_role("ann", "deals.view deals.edit", records={"deals": "all"}, fields=levels)
    deal = make("deals", "One", amount="12.50")
    assert ann.ask("PATCH", f"deals/{deal.pk}/", {"amount": "12.5"}).status_code == 200
    assert ann.ask("PATCH", f"deals/{deal.pk}/", {"amount": 12.5}).status_code == 200
    assert errors(ann.ask("PATCH", f"deals/{deal.pk}/", {"amount": "13"})).keys() == {"amount"}


MASS = {"id": 7, "created_at": "2020-01-01T00:00:00Z", "changed_at": None, "deleted_at": None}
MASS |= {"owner_id": 1, "pk": 7, "is_superuser": True, "account_id": 1, "tasks": [], "__all__": 1}


@pytest.mark.parametrize("name", MASS)
def test_what_the_server_keeps_is_not_set_from_outside(olga, contact, name):
    before = Contact.objects.values().get(pk=contact.pk)
    for method, path in (("POST", "contacts/"), ("PATCH", f"contacts/{contact.pk}/")):
        refused = errors(olga.ask(method, path, {"last_name": "New", name: MASS[name]}))
        assert refused.keys() == {name}
    assert Contact.objects.values().get() == before


# Setting on create


def test_a_new_record_takes_what_the_role_may_set(clerk):
    answer = clerk.ask("POST", "contacts/", {"last_name": "New", "title": "Dr"})
    assert answer.status_code == 201
    record = Contact.objects.get()
    assert (record.last_name, record.title, record.owner) == ("New", "Dr", clerk.user)
    assert answer["Location"].endswith(f"/api/v1/contacts/{record.pk}/")
    assert clerk.get(answer["Location"]).json() == answer.json()
    assert "notes" not in answer.json()


@pytest.mark.parametrize(
    ("name", "says"), [("phone", "R17"), ("notes", "no field"), ("x", "no field")]
)
def test_a_new_record_takes_nothing_else(clerk, name, says):
    refused = errors(clerk.ask("POST", "contacts/", {"last_name": "New", name: "1"}))
    assert refused.keys() == {name} and says in refused[name][0]
    assert not Contact.objects.exists()


def test_the_answer_to_a_create_shows_no_more_than_its_creator_may_read():
    """R17, last sentence: without view there is only the address of it."""
    ann = with_role("ann", "contacts.create")
    answer = ann.ask("POST", "contacts/", {"last_name": "New", "notes": "n"})
    assert answer.status_code == 201
    assert answer.json() == {"id": Contact.objects.get().pk}


def test_a_record_made_for_somebody_out_of_view_reach_shows_its_id_alone():
    reach = {"contacts": {"view": "own", "create": "all"}}
    ann = with_role("ann", "contacts.view contacts.create", records=reach)
    answer = ann.ask("POST", "contacts/", {"last_name": "New", "owner": None})
    assert (answer.status_code, answer.json()) == (201, {"id": Contact.objects.get().pk})
    problem(ann.get(answer["Location"]), 404)


def test_a_required_field_that_may_not_be_set_is_not_named():
    levels = {"contacts": {"last_name": "hidden"}}
    ann = with_role("ann", "contacts.view contacts.create", fields=levels)
    answer = ann.ask("POST", "contacts/", {"first_name": "New"})
    assert errors(answer).keys() == {"non_field_errors"}
    assert b"last_name" not in answer.content and not Contact.objects.exists()


# Owners


def test_an_owner_is_set_only_among_those_whose_records_are_in_scope(sam, contact):
    """R18: in the same words for a person out of scope and one who never was."""
    make_user("ben")
    mine = make("contacts", "Mine", sam.user)
    for method, path in (("POST", "contacts/"), ("PATCH", f"contacts/{mine.pk}/")):
        found, never = (
            sam.ask(method, path, {"last_name": "New", "owner": name}) for name in ("ben", "never")
        )
        assert errors(found).keys() == {"owner"} and found.content == never.content
    assert sam.ask("PATCH", f"contacts/{mine.pk}/", {"owner": "sam"}).status_code == 200
    assert sam.ask("POST", "contacts/", {"last_name": "Own", "owner": "sam"}).status_code == 201
    assert stored(mine)["owner_id"] == sam.user.pk


@pytest.mark.parametrize(
    "value", [None, 1, ["sam"], {"username": "sam"}, "", "sam\x00", "SAM", True]
)
def test_an_owner_is_a_user_name(sam, value):
    assert errors(sam.ask("POST", "contacts/", {"last_name": "New", "owner": value})).keys() == {
        "owner"
    }


def test_who_reaches_all_gives_records_away(olga, contact):
    ben = make_user("ben")
    answer = olga.ask("PATCH", f"contacts/{contact.pk}/", {"owner": "ben"})
    assert answer.json()["owner"] == "ben" and stored(contact)["owner_id"] == ben.pk
    assert olga.ask("PATCH", f"contacts/{contact.pk}/", {"owner": None}).json()["owner"] is None


# References


def test_a_reference_is_chosen_among_records_in_reach(sam):
    """R24: in the same words for one out of reach, one deleted, and one that never was."""
    seen, unseen = make("accounts", "Seen", sam.user), make("accounts", "Unseen")
    gone = make("accounts", "Gone", sam.user, deleted_at="2026-01-01T00:00Z")
    mine = make("contacts", "Mine", sam.user)
    for method, path in (("POST", "contacts/"), ("PATCH", f"contacts/{mine.pk}/")):
        answers = [
            sam.ask(method, path, {"last_name": "New", "account": pk})
            for pk in (unseen.pk, gone.pk, 999_999, 10**30)
        ]
        assert errors(answers[0]).keys() == {"account"}
        assert len({answer.content for answer in answers}) == 1
        taken = sam.ask(method, path, {"last_name": "New", "account": seen.pk})
        assert taken.json()["account"] == seen.pk


def test_a_reference_out_of_reach_is_opaque_and_can_be_sent_back_or_taken_out(sam):
    unseen = make("accounts", "Unseen")
    mine = make("contacts", "Mine", sam.user, account=unseen)
    url = f"contacts/{mine.pk}/"
    assert sam.read(url)["account"] == "no access"
    assert sam.ask("PATCH", url, {"account": "no access", "title": "x"}).status_code == 200
    mine.refresh_from_db()
    assert (mine.account, mine.title) == (unseen, "x")
    errors(sam.ask("PATCH", url, {"account": unseen.pk}))
    assert sam.ask("PATCH", url, {"account": None}).json()["account"] is None
    errors(sam.ask("PATCH", url, {"account": "no access"}))


@pytest.mark.parametrize("value", ["1", True, 1.0, [1], {"id": 1}, "no access", "", -1])
def test_a_reference_is_the_id_of_a_record(olga, value):
    account = make("accounts", "Acme")
    value = str(account.pk) if value == "1" else value
    assert errors(olga.ask("POST", "contacts/", {"last_name": "N", "account": value})).keys() == {
        "account"
    }


@pytest.mark.parametrize("module", MODELS)
def test_a_new_record_of_every_module_comes_back_as_it_was_sent(olga, module):
    answer = olga.ask("POST", f"{module}/", named(module, "New", owner="olga"))
    assert answer.status_code == 201, answer.content
    assert answer.json().items() >= named(module, "New", owner="olga").items()


# References to many


def test_members_are_people_in_view_reach_or_no_access():
    """R24, for each of them; the list is sent back as it was shown, or replaced as a whole."""
    codes = "projects.view projects.edit users.view"
    ann = with_role("ann", codes.removesuffix(" users.view"), records={"projects": "all"})
    ben, project = make_user("ben"), make("projects", "Fair")
    project.members.set([ben, ann.user])
    url = f"projects/{project.pk}/"
    shown = ann.read(url)["members"]
    assert sorted(shown) == ["ann", "no access"]
    assert ann.ask("PATCH", url, {"members": shown, "name": "Show"}).status_code == 200
    assert project.members.count() == 2
    for wrong in (
        ["ben"],
        ["never"],
        ["no access"],
        "ann",
        [1],
        [["ann"]],
        [{}],
        None,
        ["ann"] * 201,
    ):
        assert errors(ann.ask("PATCH", url, {"members": wrong})).keys() == {"members"}
    chief = with_role("cy", codes, records={"projects": "all"})
    changed = chief.ask("PATCH", url, {"members": ["ben", "cy", "ben"]})
    assert sorted(changed.json()["members"]) == ["ben", "cy"]
    entry = AuditEntry.objects.filter(action="record.changed").latest("pk")
    (change,) = entry.changes
    assert change["field"] == "members"
    assert sorted(change["new"]) == sorted([ben.pk, chief.user.pk])
    for wrong in (["cy"] * 201, {"cy": 1}):
        assert errors(chief.ask("PATCH", url, {"members": wrong})).keys() == {"members"}
    assert chief.ask("PATCH", url, {"members": []}).json()["members"] == []


def test_members_are_set_on_create_and_hidden_like_any_field():
    hidden = {"projects": {"members": "hidden"}}
    ann = with_role("ann", "projects.view projects.create", fields=hidden)
    project = make("projects", "Fair", ann.user)
    assert "members" not in ann.read(f"projects/{project.pk}/")
    refused = errors(ann.ask("POST", "projects/", {"name": "N", "members": []}))
    assert refused == {"members": ["There is no field “members”."]}
    chief = person("olga", "owner")
    made = chief.ask("POST", "projects/", {"name": "N", "members": ["ann"]})
    assert (made.status_code, made.json()["members"]) == (201, ["ann"])
    errors(chief.ask("GET", "projects/?members=ann"))
    errors(chief.ask("GET", "projects/?ordering=members"))
