"""The page of the log, and of a record's history: in plain words, and only what may be seen."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from crm.models import Account, Contact, Deal, Lead, Project
from roles.core import clock
from roles.models import AuditEntry
from roles.services.assignment import assign_role
from roles.services.installation import switch_modules
from roles.services.records import change_record, create_record, delete_record, restore_record
from roles.services.sharing import share_record, unshare_record
from tests.factories import fetch, make_role, make_team, make_user, role_of

from .conftest import signed_in

pytestmark = pytest.mark.django_db
LOG = "/roles/auditentry/"


def text_of(answer) -> str:
    """Give what the page says, without its marks."""
    assert answer.status_code == 200
    main = answer.content.decode().partition('id="content-main"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def words(client: Client, url: str = LOG, **query) -> str:
    return text_of(client.get(url, query))


def person(client: Client) -> User:
    return fetch(User.objects.get(pk=client.session["_auth_user_id"]))


def set_values(actor: User, record, **values):
    for name, value in values.items():
        setattr(record, name, value)
    return change_record(acting_user=actor, record=record)


def history(record) -> str:
    return f"/crm/{record._meta.model_name}/{record.pk}/history/"


@pytest.fixture
def olga(owner) -> User:
    return person(owner)


@pytest.fixture
def sam(db) -> Client:
    return signed_in("sam", "user")


# Words


@pytest.mark.parametrize(
    ("model", "field", "values", "said"),
    [
        (Contact, "phone", ("1", "2"), "Phone: 1 → 2"),
        (Contact, "phone", ("", "2"), "Phone: 2"),
        (Contact, "phone", ("1", ""), "Phone: 1 → –"),
        (Contact, "birth_date", (None, "1990-01-02"), "Birth date: 2 January 1990"),
        (Lead, "status", ("new", "qualified"), "Status: New → Qualified"),
        (Deal, "won", (True, False), "Result: Won → Lost"),
        (Deal, "amount", (1, "1234567.5"), "Amount: 1.00 → 1,234,567.50"),
        (Account, "employees", (3, 4), "Employees: 3 → 4"),
    ],
)
def test_a_change_is_said_as_the_field_is_written(owner, olga, model, field, values, said):
    record = model.objects.create(**{model.named_by[-1]: "Acme", field: values[0]})
    set_values(olga, record, **{field: values[1]})
    page = words(owner)
    assert f"changed the {model._meta.verbose_name} Acme" in page and said in page


def test_what_was_done_to_a_record_is_said_in_a_sentence(owner, olga):
    contact = create_record(acting_user=olga, record=Contact(last_name="Doe", phone="1"))
    share = share_record(acting_user=olga, record=contact, receiver=make_user("ben"), give="view")
    share_record(acting_user=olga, record=contact, receiver=make_team("alpha"), give="edit")
    unshare_record(acting_user=olga, share=share)
    delete_record(acting_user=olga, record=contact)
    restore_record(acting_user=olga, record=contact)
    page = words(owner)
    for said in (
        "olga created the contact Doe",
        "Last name: Doe",
        "olga shared the contact Doe",
        "ben: View",
        "alpha: View and edit",
        "olga took back a share of the contact Doe",
        "ben: View → no more",
        "olga deleted the contact Doe",
        "olga restored the contact Doe",
        "Today",
    ):
        assert said in page, said


def test_roles_given_are_said_and_the_role_is_linked(owner, olga):
    rep = make_role("rep")
    assign_role(acting_user=olga, user=make_user("rita"), role=rep, reason="New")
    answer = owner.get(LOG)
    assert "olga gave the role Rep to rita" in text_of(answer) and "Reason: New" in text_of(answer)
    assert f'href="/roles/role/{rep.pk}/change/"' in answer.content.decode()


def test_references_are_named_where_they_may_be_viewed_and_otherwise_not(owner, olga):
    """R24."""
    sam, ben = signed_in("sam", "user"), make_user("ben", first_name="Sec", last_name="Ret")
    accounts = [Account.objects.create(name=f"Hidden {n}") for n in (1, 2)]
    contact = Contact.objects.create(last_name="Doe", owner=person(sam), account=accounts[0])
    set_values(olga, contact, account=accounts[1])
    assert "Account: Hidden 1 → Hidden 2" in words(owner)
    assert "Account: No access → No access" in words(sam)
    set_values(olga, contact, account=None, owner=ben)
    Contact.objects.filter(pk=contact.pk).update(owner=person(sam))
    page = words(sam)
    assert "Owner: sam → No access" in page and "Sec Ret" not in page
    assert "Owner: sam → Sec Ret" in words(owner)


def test_many_references_are_named_one_by_one(owner, olga):
    ann, ben = make_user("ann"), make_user("ben")
    project = Project.objects.create(name="Move")
    change_record(acting_user=olga, record=project, many={"members": [ann, ben]})
    assert "Members: ann, ben" in words(owner)


def test_a_script_in_a_value_or_a_name_is_text(owner, olga):
    script = "<script>alert(1)</script>"
    contact = Contact.objects.create(last_name="Doe")
    set_values(olga, contact, last_name=script, notes=script)
    for url in (LOG, history(contact)):
        assert "<script>alert" not in owner.get(url).content.decode()


# What may be seen


def test_everybody_sees_the_entries_of_the_records_they_may_view(owner, olga, sam):
    for name, who in (("Mine", person(sam)), ("Hers", olga)):
        set_values(olga, Contact.objects.create(last_name=name, owner=who), title="x")
    assert "Mine" in words(sam) and "Hers" not in words(sam)
    assert "Mine" in words(owner) and "Hers" in words(owner)


def test_who_acted_is_somebody_to_who_may_not_view_people(olga, sam):
    """R24: everyone may know of themselves."""
    contact = Contact.objects.create(last_name="Doe", owner=person(sam))
    set_values(olga, contact, title="x")
    page = words(sam)
    assert "Somebody changed the contact Doe" in page and "olga" not in page
    set_values(person(sam), contact, title="y")
    assert "sam changed the contact Doe" in words(sam)


def test_a_hidden_field_is_in_no_entry(olga, db):
    """R16, threat 8; and of a change of it alone there is no entry."""
    fields = {"contacts": {"phone": "hidden", "last_name": "hidden"}}
    make_role(
        "agent",
        permissions="activities.view contacts.view",
        records={"contacts": "all"},
        fields=fields,
    )
    agent = signed_in("amy", "agent")
    contact = Contact.objects.create(last_name="Secret", phone="tel-one")
    set_values(olga, contact, phone="tel-two", title="Boss")
    set_values(olga, contact, phone="tel-three")
    for url in (LOG, history(contact)):
        answer = agent.get(url)
        page = answer.content.decode()
        assert "Boss" in page and f"Contact {contact.pk}" in page
        assert not re.search("Secret|Phone|tel-", page)
        assert len(answer.context["history"].days[0].lines) == 1


def test_a_record_is_linked_only_where_its_page_opens(owner, olga):
    contact = Contact.objects.create(last_name="Doe")
    link = f'href="/crm/contact/{contact.pk}/change/"'
    set_values(olga, contact, title="x")
    assert link in owner.get(LOG).content.decode()
    delete_record(acting_user=olga, record=contact)
    page = owner.get(LOG).content.decode()
    assert "the contact Doe" in page and link not in page


@pytest.mark.parametrize(
    ("codes", "status"),
    [("contacts.view", 403), ("activities.export", 403), ("activities.view", 200)],
)
def test_the_page_asks_for_the_permission(codes, status, db):
    make_role("some", permissions=codes)
    client = signed_in("sue", "some")
    assert client.get(LOG).status_code == status
    assert (LOG in client.get("/").content.decode()) == (status == 200)


def test_who_is_out_sees_no_page(db):
    """R1."""
    assert Client().get(LOG).status_code == 302
    waiting = signed_in("wim", "owner")
    User.objects.filter(username="wim").update(state="waiting")
    assert waiting.get(LOG).status_code == 403


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_adds_changes_or_deletes_an_entry(owner, olga, is_superuser):
    """D13: append-only, also for a superuser."""
    User.objects.filter(pk=olga.pk).update(is_superuser=is_superuser)
    set_values(olga, Contact.objects.create(last_name="Doe"), title="x")
    entry, before = AuditEntry.objects.latest("pk"), list(AuditEntry.objects.values())
    posts = ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/", "")
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    for url in posts:
        assert owner.post(LOG + url, data).status_code == 403
    for url in ("add/", f"{entry.pk}/delete/", f"{entry.pk}/history/"):
        assert owner.get(LOG + url).status_code == 403
    assert list(AuditEntry.objects.values()) == before


def test_an_entry_has_a_page_of_its_own_for_who_may_see_it(owner, olga, sam):
    set_values(olga, Contact.objects.create(last_name="Doe"), title="x")
    url = f"{LOG}{AuditEntry.objects.latest('pk').pk}/change/"
    assert "olga changed the contact Doe" in words(owner, url)
    there, never = sam.get(url), sam.get(f"{LOG}999999/change/")
    assert there.status_code == never.status_code == 302
    assert there.headers["Location"] == never.headers["Location"]


# Filters


@pytest.fixture
def busy(owner, olga):
    """Give an owner's browser and a log with a bit of everything."""
    ada = signed_in("ada", "administrator")
    with clock.moment(clock.now() - timedelta(days=3)):
        contact = create_record(acting_user=olga, record=Contact(last_name="Early"))
    set_values(person(ada), contact, title="x")
    delete_record(acting_user=olga, record=contact)
    create_record(acting_user=olga, record=Account(name="Acme"))
    assign_role(acting_user=olga, user=make_user("rita"), role=role_of("user"))
    return owner


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"who": "me"}, ["gave", "created", "deleted", "created"]),
        ({"who": "others", "module": "contacts"}, ["changed"]),
        ({"person": "ada"}, ["changed"]),
        ({"person": "nobody"}, []),
        ({"what": "created"}, ["created", "created"]),
        ({"what": "changed"}, ["changed"]),
        ({"what": "deleted"}, ["deleted"]),
        ({"what": "shared"}, []),
        ({"module": "accounts"}, ["created"]),
        ({"module": "contacts", "when": "today"}, ["deleted", "changed"]),
        ({"module": "contacts", "when": "week"}, ["deleted", "changed", "created"]),
        ({"who": "me", "what": "created", "module": "contacts"}, ["created"]),
    ],
)
def test_chips_keep_what_they_say(busy, query, expected):
    days = busy.get(LOG, query).context["history"].days
    assert [line.what.split()[0] for day in days for line in day.lines] == expected


def test_the_chosen_chips_are_marked_and_can_be_cleared(busy):
    page = busy.get(LOG, {"what": "created", "module": "contacts"}).content.decode()
    assert 'href="?module=contacts&amp;what=created" aria-current="true"' in page.replace(
        "?what=created&amp;module=contacts", "?module=contacts&amp;what=created"
    )
    assert "Clear filters" in page and "Clear filters" not in busy.get(LOG).content.decode()
    assert "Nothing that you may see matches" in words(busy, what="shared")


BAD = ["who=x", "what=role", "module=nothing", "when=", "nonsense=1", "actor=1", "subject_id=1"]
BAD += ["action__startswith=role", "module=activities", "q=x", "actor__password__startswith=a"]


@pytest.mark.parametrize("query", BAD)
def test_what_is_no_filter_is_refused(busy, query):
    """Threat 1: passing it over would show everybody everything."""
    assert busy.get(f"{LOG}?{query}").status_code == 400


def test_a_module_that_one_may_not_enter_is_no_filter(sam, olga):
    assert sam.get(LOG, {"module": "contacts"}).status_code == 200
    assert sam.get(LOG, {"module": "users"}).status_code == 400
    switch_modules(["contacts"], enabled=False)
    assert sam.get(LOG, {"module": "contacts"}).status_code == 400


def test_a_person_out_of_view_acted_in_nothing(olga, sam):
    """R24: as one who never was."""
    set_values(olga, Contact.objects.create(last_name="Doe", owner=person(sam)), title="x")
    pages = [
        sam.get(LOG, {"person": name}).content.decode().replace(name, "")
        for name in ("olga", "zora")
    ]
    cleaned = [re.sub(r'value="\w{64}"', "", page) for page in pages]
    assert cleaned[0] == cleaned[1] and "the contact" not in pages[0]
    assert sam.get(LOG, {"person": "a\x00b"}).status_code == 400


def test_pages_keep_the_filters(owner, olga):
    for number in range(51):
        set_values(olga, Contact.objects.create(last_name=f"N{number}"), title="x")
    page = owner.get(LOG, {"what": "changed"}).content.decode()
    assert "?what=changed&amp;page=2" in page
    second = owner.get(LOG, {"what": "changed", "page": 2})
    assert "the contact N0" in text_of(second) and "?what=changed&amp;page=1" in (
        second.content.decode()
    )
    assert "There is nothing older" in words(owner, what="changed", page=9)


def test_an_empty_log_says_what_will_stand_there(sam):
    assert "What happens to the records that you may view will stand here." in words(sam)


def test_queries_do_not_grow_with_entries(owner, olga, django_assert_max_num_queries):
    def fill(number):
        for _number in range(number):
            for model in (Contact, Account):
                record = model.objects.create(**{model.named_by[-1]: "x"}, owner=olga)
                set_values(olga, record, owner=None, phone="1")
            assign_role(acting_user=olga, user=make_user(), role=role_of("user"))

    fill(1)
    owner.get(LOG)
    with django_assert_max_num_queries(11) as few:
        owner.get(LOG)
    fill(15)
    with django_assert_max_num_queries(11) as many:
        owner.get(LOG)
    assert len(few) == len(many)


# A record's history


def test_a_record_s_page_leads_to_its_history(owner, olga):
    contact, other = (Contact.objects.create(last_name=name) for name in ("Doe", "Roe"))
    set_values(olga, contact, phone="1")
    set_values(olga, other, phone="2")
    page = owner.get(f"/crm/contact/{contact.pk}/change/").content.decode()
    assert f'href="{history(contact)}"' in page
    said = words(owner, history(contact))
    assert "olga changed the contact" in said and "Phone: 1" in said and "Phone: 2" not in said


def test_the_history_asks_for_the_record_and_not_for_the_log(olga, db):
    make_role("only", permissions="contacts.view")
    client = signed_in("sue", "only")
    mine, other = (Contact.objects.create(last_name="D", owner=o) for o in (person(client), olga))
    set_values(olga, mine, phone="1")
    assert client.get(LOG).status_code == 403
    assert "Phone: 1" in words(client, history(mine))
    assert client.get(history(other)).status_code == 302
    assert client.get(history(other)).content == client.get("/crm/contact/9999/history/").content
    assert client.get("/crm/account/1/history/").status_code == 403


def test_a_history_without_entries_says_so(owner):
    contact = Contact.objects.create(last_name="Doe")
    assert "Nothing that you may see has happened to this record yet" in words(
        owner, history(contact)
    )
