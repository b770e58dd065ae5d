"""The log over HTTP, and the history of a record: only what may be seen, never written (R9)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import reset_password
from accounts.services.placing import move_to_department, move_to_manager
from crm.models import Account, Contact
from roles.core import clock
from roles.models import AuditEntry, Module
from roles.services.assignment import assign_role
from roles.services.records import change_record, create_record, delete_record
from roles.services.sharing import share_record
from tests.factories import fetch, make_department, make_role, make_user, role_of

from .people import MODELS, Asker, errors, make, person, problem, with_role

pytestmark = pytest.mark.django_db
NEVER = 999_999_999
LOG = "activities/"


def set_values(asker, record, **values):
    for name, value in values.items():
        setattr(record, name, value)
    change_record(acting_user=fetch(asker.user), record=record)
    return AuditEntry.objects.latest("pk")


def ids(asker, path=LOG, **query):
    return [row["id"] for row in asker.read(path, **query)["results"]]


def fields_in(row):
    return [change["field"] for change in row["changes"]]


# What an entry says


def test_an_entry_says_who_did_what_to_what_field_by_field(olga):
    contact = make("contacts", "Doe", phone="1")
    entry = set_values(olga, contact, phone="2", birth_date="1990-01-02")
    assert olga.read(f"{LOG}{entry.pk}/") == {
        "id": entry.pk,
        "moment": entry.moment.isoformat().replace("+00:00", "Z"),
        "actor": "olga",
        "actor_name": "olga",
        "action": "record.changed",
        "module": "contacts",
        "subject": {"kind": "crm.contact", "id": contact.pk, "name": "Doe"},
        "beside": None,
        "changes": [
            {"field": "phone", "old": "1", "new": "2"},
            {"field": "birth_date", "old": None, "new": "1990-01-02"},
        ],
        "undoes": None,
    }
    assert olga.read(LOG)["results"][0] == olga.read(f"{LOG}{entry.pk}/")


def test_roles_and_people_go_by_the_names_of_their_addresses(olga):
    ann, rep = make_user("ann", first_name="Ann", last_name="Lee"), make_role("rep")
    assign_role(acting_user=fetch(olga.user), user=ann, role=rep)
    row = olga.read(LOG)["results"][0]
    assert row["subject"] == {"kind": "roles.role", "id": "rep", "name": "Rep"}
    assert row["beside"] == {"kind": "accounts.user", "id": "ann", "name": "Ann Lee"}
    assert (row["action"], row["module"]) == ("role.assigned", "roles")


def test_the_system_is_nobody_and_who_is_gone_has_no_user_name(olga):
    contact = make("contacts", "Doe")
    gone = make_user("gone")
    other = AuditEntry.objects.create(
        actor=gone, actor_name="Gone", action="record.restored", **about(contact)
    )
    system = AuditEntry.objects.create(
        actor_name="the system", action="record.restored", **about(contact)
    )
    User.objects.filter(pk=gone.pk).delete()
    for found, name in ((other, "Gone"), (system, "the system")):
        row = olga.read(f"{LOG}{found.pk}/")
        assert (row["actor"], row["actor_name"]) == (None, name)


def about(record):
    return {
        "subject_type": record._meta.label_lower,
        "subject_id": str(record.pk),
        "subject_name": str(record),
    }


def test_references_are_written_as_in_a_record(olga, sam):
    """R24: by user name or id, or “no access”."""
    account = make("accounts", "Hidden Inc")
    contact = make("contacts", "Doe", sam.user)
    entry = set_values(olga, contact, account=account)
    changes = [asker.read(f"{LOG}{entry.pk}/")["changes"] for asker in (olga, sam)]
    assert changes[0] == [{"field": "account", "old": None, "new": account.pk}]
    assert changes[1] == [{"field": "account", "old": None, "new": "no access"}]
    moved = set_values(olga, contact, owner=olga.user)
    assert olga.read(f"{LOG}{moved.pk}/")["changes"] == [
        {"field": "owner", "old": "sam", "new": "olga"}
    ]
    Contact.objects.filter(pk=contact.pk).update(owner=sam.user)
    assert sam.read(f"{LOG}{moved.pk}/")["changes"][0]["new"] == "no access"


def test_a_person_moved_is_said_with_who_may_be_viewed(olga):
    """R24; whom a value names that is no key leads nowhere."""
    ann, boss, place = make_user("ann"), make_user("boss"), make_department("north")
    move_to_manager(acting_user=fetch(olga.user), person=ann, manager=boss)
    move_to_department(acting_user=fetch(olga.user), person=ann, department=place)
    rows = [row["changes"][0] for row in olga.read(LOG, action="user.moved")["results"]]
    assert rows == [
        {"field": "department", "old": None, "new": "north"},
        {"field": "manager", "old": None, "new": "boss"},
    ]
    odd = make("contacts", "Doe")
    row = {"field": "account", "old": "Acme Inc", "new": None}
    AuditEntry.objects.create(action="record.restored", changes=[row], **about(odd))
    (first, *_rest) = olga.read(LOG)["results"]
    assert first["changes"] == [{"field": "account", "old": "no access", "new": None}]


def test_a_move_is_not_there_for_who_may_not_read_where_people_are(olga):
    """R23."""
    fields = {"users": {"manager": "hidden"}}
    amy = with_role("amy", "users.view activities.view", fields=fields)
    ann = make_user("ann")
    move_to_manager(acting_user=fetch(olga.user), person=ann, manager=make_user("boss"))
    assert ids(amy, action="user.moved") == [] and len(ids(olga, action="user.moved")) == 1
    move_to_department(acting_user=fetch(olga.user), person=ann, department=make_department())
    assert len(ids(amy, action="user.moved")) == 1


def test_many_references_are_a_list(olga):
    ann, project = make_user("ann"), make("projects", "Move")
    change_record(acting_user=olga.user, record=project, many={"members": [ann]})
    assert olga.read(LOG)["results"][0]["changes"] == [
        {"field": "members", "old": [], "new": ["ann"]}
    ]


# What may be seen


def test_only_what_is_about_records_in_view_is_listed_and_counted(olga, sam):
    mine, other = (make("contacts", "D", who) for who in (sam.user, None))
    entries = [set_values(olga, record, phone="1") for record in (mine, other)]
    page = sam.read(LOG)
    assert (page["count"], [row["id"] for row in page["results"]]) == (1, [entries[0].pk])
    assert set(ids(olga)) >= {entry.pk for entry in entries}


def test_an_actor_out_of_view_is_no_access(olga, sam):
    entry = set_values(olga, make("contacts", "Doe", sam.user), phone="1")
    row = sam.read(f"{LOG}{entry.pk}/")
    assert (row["actor"], row["actor_name"]) == ("no access", None)
    own = set_values(sam, Contact.objects.get(), phone="2")
    assert sam.read(f"{LOG}{own.pk}/")["actor"] == "sam"


@pytest.fixture
def blind():
    """Someone who reads all contacts without their phones and last names."""
    hidden = {"contacts": {"phone": "hidden", "last_name": "hidden"}}
    codes = "contacts.view activities.view"
    return with_role("bli", codes, records={"contacts": "all"}, fields=hidden)


@pytest.mark.parametrize("of_record", [False, True])
def test_a_hidden_field_is_in_no_entry_and_a_change_of_it_alone_is_none(olga, blind, of_record):
    """R16, R23, threat 8."""
    contact = make("contacts", "Secret")
    both = set_values(olga, contact, phone="1", title="Boss")
    hidden = set_values(olga, contact, phone="2")
    path = f"contacts/{contact.pk}/history/" if of_record else LOG
    page = blind.read(path)
    (row,) = page["results"]
    assert (page["count"], row["id"], fields_in(row)) == (1, both.pk, ["title"])
    assert row["subject"]["name"] is None
    problem(blind.ask("GET", f"{LOG}{hidden.pk}/"), 404)
    assert ids(olga, path)[:2] == [hidden.pk, both.pk]


def test_whom_a_record_is_shared_with_is_for_who_may_edit_it_and_view_people(olga, sam):
    contact = make("contacts", "Doe", sam.user)
    val = with_role("val", "contacts.view activities.view", records={"contacts": "all"})
    share_record(acting_user=fetch(sam.user), record=contact, receiver=val.user, give="view")
    (row,) = olga.read(LOG, action="record.shared")["results"]
    assert row["changes"] == [{"field": "shares", "old": None, "new": "view", "user": "val"}]
    (row,) = sam.read(LOG, action="record.shared")["results"]
    assert row["changes"][0]["user"] == "no access"
    assert ids(val, action="record.shared") == []


# Filters


@pytest.fixture
def busy(olga):
    """Give an Owner whose log has a bit of everything, and the entries by name."""
    ada = person("ada", "administrator")
    with clock.moment(clock.now() - timedelta(days=3)):
        contact = create_record(acting_user=olga.user, record=Contact(last_name="Early"))
        early = AuditEntry.objects.latest("pk")
    changed = set_values(ada, contact, title="x")
    create_record(acting_user=olga.user, record=Account(name="Acme"))
    account = AuditEntry.objects.latest("pk")
    assign_role(acting_user=fetch(olga.user), user=make_user("rita"), role=role_of("user"))
    given = AuditEntry.objects.latest("pk")
    return olga, contact, {"early": early, "changed": changed, "account": account, "given": given}


QUERIES = [
    ({"actor": "ada"}, "changed"),
    ({"actor": "nobody"}, ""),
    ({"actor": "olga", "module": "contacts"}, "early"),
    ({"action": "record.changed"}, "changed"),
    ({"action": "record.eaten"}, ""),
    ({"module": "accounts"}, "account"),
    ({"module": "contacts", "action": "record.created"}, "early"),
    ({"kind": "crm.contact"}, "changed early"),
    ({"module": "contacts", "subject": "{contact}"}, "changed early"),
    ({"kind": "crm.contact", "subject": "{contact}"}, "changed early"),
    ({"kind": "crm.lead", "subject": "{contact}"}, ""),
    ({"module": "contacts", "subject": "x"}, ""),
    ({"module": "contacts", "subject": "9" * 40}, ""),
    ({"module": "roles", "subject": "user"}, "given"),
    ({"module": "users", "subject": "rita"}, "given"),
    ({"module": "users", "subject": "nobody"}, ""),
    ({"module": "contacts", "from": "{yesterday}"}, "changed"),
    ({"module": "contacts", "until": "{yesterday}"}, "early"),
    ({"module": "contacts", "from": "2000-01-01", "until": "2000-01-02"}, ""),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_filter_keeps_what_it_says(busy, query, expected):
    asker, contact, entries = busy
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    filled = {n: v.format(contact=contact.pk, yesterday=yesterday) for n, v in query.items()}
    assert ids(asker, **filled) == [entries[name].pk for name in expected.split()]


BAD = ["actor=", "actor=a%00", "action=x", "action=record.", "module=nothing", "module=dashboard"]
BAD += [
    "module=activities",
    "kind=crm.never",
    "kind=auth.group",
    "kind=contact",
    "kind=roles.rolegrant",
]
BAD += ["kind=roles.auditentry"]
BAD += ["from=soon", "from=2026-13-01", "until=", "until=0001-01-01T00:00:00Z", "from=9999-01-01"]
BAD += ["subject=1", f"actor={'a' * 256}", "actor=a&actor=b", "page=0", "page_size=101"]
BAD += ["nonsense=1", "search=x", "ordering=moment", "actor__password=x", "changes=x", "id=1"]
BAD += ["subject_name=x", "moment__gte=2026-01-01", "actor_name=olga", "field=phone", "who=me"]


@pytest.mark.parametrize("query", BAD)
def test_a_filter_that_is_none_is_refused_by_name(busy, query):
    """Threat 1: none is passed over."""
    assert errors(busy[0].ask("GET", f"{LOG}?{query}")).keys() == {query.partition("=")[0]}


def test_a_module_that_one_may_not_enter_is_refused_as_one_that_never_was(sam):
    answers = [sam.ask("GET", f"{LOG}?module={name}") for name in ("users", "nevernever")]
    assert answers[0].content == answers[1].content.replace(b"nevernever", b"users")
    errors(answers[0])
    kinds = [sam.ask("GET", f"{LOG}?kind={name}") for name in ("accounts.user", "accounts.never")]
    assert kinds[0].content == kinds[1].content.replace(b"never", b"user")
    Module.objects.filter(pk="contacts").update(is_enabled=False)
    errors(sam.ask("GET", f"{LOG}?module=contacts"))


def test_a_person_out_of_view_did_nothing(olga, sam):
    """R24: as one who never was; everyone may ask for themselves."""
    contact = make("contacts", "Doe", sam.user)
    set_values(olga, contact, phone="1")
    own = set_values(sam, contact, phone="2")
    assert sam.read(LOG, actor="olga") == sam.read(LOG, actor="zora")
    assert ids(sam, actor="olga") == [] and ids(sam, actor="sam") == [own.pk]


def test_a_record_out_of_view_has_no_entries(olga, sam):
    other = make("contacts", "Doe")
    set_values(olga, other, phone="1")
    there, never = (sam.read(LOG, module="contacts", subject=pk) for pk in (other.pk, NEVER))
    assert there == never and there["results"] == []


def test_the_newest_comes_first_and_pages_lead_to_each_other(olga):
    contact = make("contacts", "Doe")
    entries = [set_values(olga, contact, phone=str(n)).pk for n in range(5)]
    first = olga.read(LOG, page_size=2, module="contacts")
    second = olga.get(first["next"]).json()
    third = olga.get(second["next"]).json()
    found = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert found == entries[::-1] and third["next"] is None and first["count"] == 5


def test_queries_do_not_grow_with_entries(olga):
    def fill(number):
        for _number in range(number):
            for module in ("contacts", "accounts", "leads", "deals"):
                record = make(module, "x", olga.user)
                set_values(olga, record, owner=None)
            assign_role(acting_user=fetch(olga.user), user=make_user(), role=role_of("user"))

    def ask():
        with CaptureQueriesContext(connection) as queries:
            page = olga.read(LOG)
        return len(page["results"]), len(queries)

    fill(2)
    olga.read(LOG)
    few, cost = ask()
    fill(10)
    many, same = ask()
    assert few < many == 50
    # session, person, page, four kinds and roles, people, owners; a page with a next one: count
    assert (cost, same) == (10, 11)


# Who may ask, and how


def test_the_order_of_answers_is_that_of_r23(olga, sam):
    """401, 403, 400, 404."""
    other = set_values(olga, make("contacts", "Doe"), phone="1")
    guest = person("gus", "guest")
    for path in (LOG, f"{LOG}{other.pk}/", f"{LOG}{NEVER}/", f"{LOG}?nonsense=1"):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PATCH", "PUT"):
            assert Asker().ask(method, path).status_code == 401
            assert guest.ask(method, path).status_code == 403
    errors(sam.ask("GET", f"{LOG}{other.pk}/?nonsense=1"))
    there, never = (sam.ask("GET", f"{LOG}{pk}/") for pk in (other.pk, NEVER))
    assert problem(there, 404) == problem(never, 404)
    assert there.headers.keys() == never.headers.keys()
    problem(sam.ask("GET", f"{LOG}{'9' * 40}/"), 404)
    problem(sam.ask("GET", f"{LOG}x/"), 404)


def test_head_and_options_say_no_more_than_get(olga, sam):
    set_values(olga, make("contacts", "Doe", sam.user), phone="1")
    head = sam.ask("HEAD", LOG)
    assert (head.status_code, head.content) == (200, b"")
    options = sam.ask("OPTIONS", LOG).json()
    assert options == {"methods": ["GET", "HEAD", "OPTIONS"]}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("values", [{}, {"is_superuser": True}])
def test_nobody_writes_the_log(olga, method, values):
    """D13: append-only, also for an Owner and a superuser."""
    User.objects.filter(pk=olga.user.pk).update(**values) if values else None
    entry = set_values(olga, make("contacts", "Doe"), phone="1")
    before = list(AuditEntry.objects.values())
    for path in (LOG, f"{LOG}{entry.pk}/"):
        assert olga.ask(method, path, {"action": "x"}).status_code in (403, 405)
    assert list(AuditEntry.objects.values()) == before


def test_export_alone_does_not_open_the_list():
    problem(with_role("exa", "activities.export contacts.view").ask("GET", LOG), 403)


# History


@pytest.mark.parametrize("module", MODELS)
def test_every_record_has_its_history(olga, module):
    record, other = make(module, "One"), make(module, "Two")
    name = MODELS[module].named_by[-1]
    entry = set_values(olga, record, **{name: "Uno"})
    set_values(olga, other, **{name: "Dos"})
    assert ids(olga, f"{module}/{record.pk}/history/") == [entry.pk]
    assert olga.read(f"{module}/{record.pk}/history/")["results"] == [
        olga.read(f"{LOG}{entry.pk}/")
    ]


def test_a_history_asks_for_the_record_and_not_for_the_log(olga):
    val = with_role("val", "contacts.view")
    mine, other = (make("contacts", "D", who) for who in (val.user, None))
    entry, _other = (set_values(olga, record, phone="1") for record in (mine, other))
    problem(val.ask("GET", LOG), 403)
    assert ids(val, f"contacts/{mine.pk}/history/") == [entry.pk]
    there, never = (val.ask("GET", f"contacts/{pk}/history/") for pk in (other.pk, NEVER))
    assert problem(there, 404) == problem(never, 404)
    problem(val.ask("GET", f"accounts/{mine.pk}/history/"), 403)
    problem(Asker().ask("GET", f"contacts/{mine.pk}/history/"), 401)
    assert errors(val.ask("GET", f"contacts/{mine.pk}/history/?actor=olga")).keys() == {"actor"}
    assert val.ask("POST", f"contacts/{mine.pk}/history/", {}).status_code in (403, 405)


def test_the_history_of_a_deleted_record_is_not_found_and_its_entries_stay_in_the_log(olga):
    contact = make("contacts", "Doe")
    entry = set_values(olga, contact, phone="1")
    delete_record(acting_user=olga.user, record=contact)
    problem(olga.ask("GET", f"contacts/{contact.pk}/history/"), 404)
    assert entry.pk in ids(olga)


# Undo


def test_a_change_is_undone_by_its_entry_once(olga):
    """D13: a new change with an entry of its own; once undone there is nothing left to undo."""
    make_role("rep", permissions="contacts.view")
    change = {"grant": ["contacts.export"]}
    assert olga.ask("PATCH", "roles/rep/matrix/", change).status_code == 200
    entry = AuditEntry.objects.latest("pk")
    answer = olga.ask("POST", f"{LOG}{entry.pk}/undo/")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["action"], made["undoes"], made["actor"]) == ("role.changed", entry.pk, "olga")
    assert olga.read("roles/rep/")["own"] == ["contacts.view"]
    assert "moved on" in problem(olga.ask("POST", f"{LOG}{entry.pk}/undo/"), 409)["detail"]
    errors(olga.ask("POST", f"{LOG}{made['id']}/undo/", {"force": True}))
    assert olga.ask("POST", f"{LOG}{made['id']}/undo/").status_code == 201


def test_undo_needs_its_feature_the_entry_in_view_and_what_the_change_needs(olga):
    """R23, D4, threat 8."""
    make_role("rep", permissions="contacts.view")
    olga.ask("PATCH", "roles/rep/matrix/", {"grant": ["contacts.export"]})
    path = f"{LOG}{AuditEntry.objects.latest('pk').pk}/undo/"
    editor = "roles.view roles.edit activities.view"
    problem(Asker().ask("POST", path), 401)
    problem(with_role("vic", f"{editor} contacts.export", level=50).ask("POST", path), 403)
    problem(with_role("ida", "activities.view activities.undo", level=50).ask("POST", path), 404)
    lacking = with_role("ned", f"{editor} activities.undo", level=50)
    assert "do not have it yourself" in problem(lacking.ask("POST", path), 403)["detail"]
    assert "contacts.export" in olga.read("roles/rep/")["own"]
    problem(lacking.ask("GET", path), 405)
    problem(lacking.ask("POST", f"{LOG}{NEVER}/undo/"), 404)
    able = with_role("abe", f"{editor} activities.undo contacts.export", level=50)
    assert able.ask("POST", path).status_code == 201


def test_a_record_goes_back_and_what_cannot_says_why(olga):
    """D13."""
    contact = make("contacts", "Doe", phone="1")
    entry = set_values(olga, contact, phone="2")
    assert olga.ask("POST", f"{LOG}{entry.pk}/undo/").status_code == 201
    assert olga.read(f"contacts/{contact.pk}/")["phone"] == "1"
    site = "https://crm.example.org/"
    reset_password(acting_user=fetch(olga.user), person=make_user("ann"), origin=site)
    reset = AuditEntry.objects.latest("pk")
    told = problem(olga.ask("POST", f"{LOG}{reset.pk}/undo/"), 409)["detail"]
    assert told.startswith("A password that was reset cannot be brought back.")
