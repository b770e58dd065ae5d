"""The pages of the pipeline and of work show and take what the policy allows (R16-R18, R22-R26)."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Account, Contact, Deal, Opportunity, Project, Task
from roles.models import AuditEntry
from tests.admin.conftest import signed_in
from tests.factories import make_role

MODELS = (Opportunity, Deal, Task, Project)
FORMS = {
    Opportunity: {"stage": "proposal", "probability": "40", "amount": "1200.50"},
    Deal: {"won": "True", "amount": "900", "margin": "-20"},
    Task: {"priority": "high", "status": "open", "due_date": "2026-05-01"},
    Project: {"status": "active", "start_date": "2026-05-01", "end_date": "2026-06-01"},
}
each = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def seller(db):
    """A browser of someone with the built-in role User: v c e on all of these, own records."""
    return signed_in("sam", "user")


@pytest.fixture
def everyones(db):
    """A browser of an Owner."""
    return signed_in("olga", "owner")


def make(model, name, owner=None, **values):
    """Store a record of somebody, who is made if need be; of nobody for none."""
    if owner:
        values["owner"] = User.objects.get_or_create(username=owner)[0]
    return model.objects.create(**{model.named_by[-1]: name, **values})


def list_of(model):
    return f"/crm/{model._meta.model_name}/"


def url_of(record, verb="change"):
    return f"{list_of(record)}{record.pk}/{verb}/"


def text(answer):
    return answer.content.decode()


def posted(model, name, **values):
    return {model.named_by[-1]: name, **FORMS[model], **values}


@each
def test_the_list_shows_own_records_only(seller, everyones, model):
    make(model, "Ours", "sam"), make(model, "Others", "ben"), make(model, "Nobodys")
    make(model, "Trashed", "sam", deleted_at="2026-01-01T00:00Z")
    page, whole = text(seller.get(list_of(model))), text(everyones.get(list_of(model)))
    assert [name in page for name in ("Ours", "Others", "Nobodys", "Trashed")] == [1, 0, 0, 0]
    assert [name in whole for name in ("Ours", "Others", "Nobodys", "Trashed")] == [1, 1, 1, 0]


@each
def test_a_record_out_of_reach_is_the_same_as_one_that_never_was(seller, model):
    """R23, for reading, writing, deleting and for what lies in the trash."""
    mine, other = make(model, "Ours", "sam"), make(model, "Others", "ben")
    trashed = make(model, "Trashed", "sam", deleted_at="2026-01-01T00:00Z")
    assert seller.get(url_of(mine)).status_code == 200
    never = seller.get(f"{list_of(model)}999999/change/")
    for record in (other, trashed):
        for answer in (
            seller.get(url_of(record)),
            seller.post(url_of(record), posted(model, "Taken")),
        ):
            assert (answer.status_code, answer.url) == (never.status_code, never.url)
        record.refresh_from_db()
        assert str(record) != "Taken"


@each
def test_a_new_record_belongs_to_its_creator_and_to_nobody_else(seller, model):
    """R18."""
    sam, ben = User.objects.get(username="sam"), User.objects.create_user("ben")
    refused = seller.post(f"{list_of(model)}add/", posted(model, "New", owner=ben.pk))
    assert "owner" in refused.context["adminform"].form.errors
    assert not model.objects.exists()
    taken = seller.post(f"{list_of(model)}add/", posted(model, "New", owner=sam.pk))
    assert taken.status_code == 302
    assert (str(model.objects.get()), model.objects.get().owner) == ("New", sam)


@each
def test_delete_is_soft_and_for_whom_it_is_given(seller, everyones, model):
    """R26: User does not give it, Owner does."""
    mine = make(model, "Ours", "sam")
    assert "deletelink" not in text(seller.get(url_of(mine)))
    assert seller.post(url_of(mine, "delete"), {"post": "yes"}).status_code == 403
    mine.refresh_from_db()
    assert mine.deleted_at is None
    assert everyones.post(url_of(mine, "delete"), {"post": "yes"}).status_code == 302
    mine.refresh_from_db()
    assert mine.deleted_at is not None
    assert AuditEntry.objects.get(action="record.deleted").subject_name == "Ours"
    assert "Ours" not in text(seller.get(list_of(model)))


@each
def test_who_holds_nothing_is_refused(db, model):
    guest = signed_in("gus", "guest")
    mine = make(model, "Ours", "gus")
    assert guest.get(list_of(model)).status_code == 403
    assert guest.get(f"{list_of(model)}add/").status_code == 403
    assert guest.get(url_of(mine)).status_code in (302, 403)


@each
def test_the_number_of_queries_does_not_grow_with_the_rows(seller, everyones, model):
    """Habit 10, with references in reach and out of it."""
    counts = {seller: [], everyones: []}
    for number in (10, 30):
        _fill(model, number)
        for browser, found in counts.items():
            browser.get(list_of(model))
            with CaptureQueriesContext(connection) as queries:
                answer = browser.get(list_of(model))
            found.append(len(queries))
            assert len(answer.context["cl"].result_list) == model.objects.count()
    for few, many in counts.values():
        assert few == many < 12


def _fill(model, number):
    names = [f.name for f in model._meta.fields]
    for index in range(number):
        owner = "ben" if index % 2 else "sam"
        values = {}
        if "account" in names:
            values["account"] = make(Account, f"Company {index}", owner)
        if "project" in names:
            values["project"] = make(Project, f"Project {index}", owner)
        make(model, f"Row {index}", "sam", **values)


REFERENCES = [(Opportunity, "account", Account), (Deal, "account", Account)]
REFERENCES += [(Task, "project", Project)]


@pytest.mark.parametrize(("model", "field", "related"), REFERENCES)
def test_a_list_names_what_a_record_refers_to_only_in_reach(
    seller, everyones, model, field, related
):
    """R24: the same for one of somebody else's and one in the trash."""
    make(model, "One", "sam", **{field: make(related, "Seen Inc", "sam")})
    make(model, "Two", "sam", **{field: make(related, "Unseen Inc", "ben")})
    gone = make(related, "Gone Inc", "sam", deleted_at="2026-01-01T00:00Z")
    make(model, "Three", "sam", **{field: gone})
    page = text(seller.get(list_of(model)))
    assert "Seen Inc" in page and "Unseen" not in page and "Gone" not in page
    assert page.count("No access") == 2
    whole = text(everyones.get(list_of(model)))
    assert "Unseen Inc" in whole and whole.count("No access") == 1


@pytest.mark.parametrize(("model", "field", "related"), REFERENCES)
def test_a_list_is_neither_ordered_nor_searched_by_what_it_refers_to(seller, model, field, related):
    """R23: the order would tell a name that is not shown."""
    for name, company in (("One", "Beta"), ("Two", "Alpha")):
        make(model, name, "sam", **{field: make(related, company, "ben")})
    columns = seller.get(list_of(model)).context["cl"].list_display
    place = [getattr(c, "__name__", c) for c in columns].index(field)
    orders = [seller.get(f"{list_of(model)}?o={sign}{place}") for sign in ("", "-")]
    rows = [[row.pk for row in answer.context["cl"].result_list] for answer in orders]
    assert rows[0] == rows[1]
    assert seller.get(f"{list_of(model)}?q=Alpha").context["cl"].result_count == 0
    assert seller.get(f"{list_of(model)}?q=Two").context["cl"].result_count == 1


@pytest.mark.parametrize(("model", "field", "related"), REFERENCES)
def test_a_form_offers_and_takes_references_in_reach_only(seller, model, field, related):
    """R24."""
    record = make(model, "One", "sam")
    seen, unseen = make(related, "Seen Inc", "sam"), make(related, "Unseen Inc", "ben")
    page = text(seller.get(url_of(record)))
    assert "Seen Inc" in page and "Unseen" not in page
    sent = posted(model, "One", owner=record.owner_id)
    assert seller.post(url_of(record), sent | {field: unseen.pk}).status_code == 200
    record.refresh_from_db()
    assert getattr(record, field) is None
    assert seller.post(url_of(record), sent | {field: seen.pk}).status_code == 302
    record.refresh_from_db()
    assert getattr(record, field) == seen


@pytest.mark.parametrize("sees_people", [False, True])
def test_an_owner_is_a_link_only_to_who_may_open_the_page_of_a_person(db, sees_people):
    """R24: also where it is themselves, whose name they read in any case."""
    make_role("reader", permissions="contacts.view" + " users.view" * sees_people)
    reader = signed_in("sam", "reader")
    record = make(Contact, "Marlowe", "sam")
    page = text(reader.get(url_of(record)))
    person = f"/accounts/user/{record.owner_id}/change/"
    assert (person in page) is (reader.get(person).status_code == 200) is sees_people
    assert "sam" in page


def test_hidden_fields_have_no_column_and_no_filter(db):
    """R16, also where a column writes the field in a way of its own."""
    open_to = dict.fromkeys(("deals", "contacts", "leads"), "all")
    hidden = {"deals": {"margin": "hidden", "won": "hidden"}, "contacts": {"first_name": "hidden"}}
    codes = "deals.view contacts.view leads.view"
    make_role("clerk", permissions=codes, records=open_to, fields=hidden)
    make_role("chief", permissions=codes, records=open_to)
    make(Deal, "Fleet", amount="4321.5", margin="1234.5", won=True), make(Contact, "Marlowe")
    clerk, chief = signed_in("cleo", "clerk"), signed_in("carl", "chief")
    for browser, sees in ((clerk, False), (chief, True)):
        page = text(browser.get(list_of(Deal)))
        assert "4,321.50" in page
        assert ("1,234.50" in page) is ("won__exact" in page) is sees
        assert ("Marlowe" in text(browser.get(list_of(Contact)))) is sees


def test_an_account_lists_what_refers_to_it_in_reach(seller, everyones):
    """R24."""
    account = make(Account, "Acme", "sam")
    (
        make(Contact, "Nearby", "sam", account=account),
        make(Contact, "Faraway", "ben", account=account),
    )
    make(Contact, "Trashed", "sam", account=account, deleted_at="2026-01-01T00:00Z")
    make(Opportunity, "Big chance", "sam", account=account)
    make(Opportunity, "Secret chance", "ben", account=account)
    page, whole = text(seller.get(url_of(account))), text(everyones.get(url_of(account)))
    names = ("Nearby", "Big chance", "Faraway", "Secret chance", "Trashed")
    assert [name in page for name in names] == [1, 1, 0, 0, 0]
    assert [name in whole for name in names] == [1, 1, 1, 1, 0]
    assert "Related records" not in text(seller.get("/crm/account/add/"))


def test_a_project_lists_its_tasks_in_reach(seller, everyones):
    project = make(Project, "Fair", "sam")
    make(Task, "Book the stand", "sam", project=project)
    for index in range(23):
        make(Task, f"Hidden {index}", "ben", project=project)
    page, whole = text(seller.get(url_of(project))), text(everyones.get(url_of(project)))
    assert "Book the stand" in page and "Hidden" not in page and "more" not in page
    assert "and 4 more" in whole and "Book the stand" not in whole  # the oldest of 24
    empty = make(Project, "Empty", "sam")
    make(Task, "Hidden", "ben", project=empty)
    assert "None that you can see." in text(seller.get(url_of(empty)))


@pytest.mark.parametrize(
    ("hidden", "lists"),
    [
        ({"contacts": {"account": "hidden"}}, False),
        ({"contacts": {"last_name": "hidden"}}, True),
        ({"contacts": {"*": "hidden", "email": "read_only"}}, False),
    ],
)
def test_a_hidden_reference_or_name_is_not_told_from_the_other_side(db, hidden, lists):
    """R23: a hidden field cannot be seen in a related record."""
    codes, reach = "accounts.view contacts.view", {"accounts": "all", "contacts": "all"}
    make_role("clerk", permissions=codes, records=reach, fields=hidden)
    make_role("chief", permissions=codes, records=reach)
    make_role("visitor", permissions="accounts.view", records=reach)
    account = make(Account, "Acme")
    make(Contact, "Marlowe", account=account)
    for role, sees, listed in (
        ("clerk", False, lists),
        ("chief", True, True),
        ("visitor", False, False),
    ):
        page = text(signed_in(f"a-{role}", role).get(url_of(account)))
        assert ("Marlowe" in page, "related_contact" in page) == (sees, listed), role


def test_a_date_that_is_only_read_binds_the_one_that_is_written(db):
    """The form explains what the database would refuse."""
    make_role(
        "planner",
        permissions="projects.view projects.edit",
        fields={"projects": {"start_date": "read_only"}},
    )
    planner = signed_in("pia", "planner")
    project = make(Project, "Fair", "pia", start_date="2026-05-01")
    sent = {"name": "Fair", "status": "active", "owner": project.owner_id}
    refused = planner.post(url_of(project), sent | {"end_date": "2026-04-30"})
    assert "cannot end before it starts" in text(refused)
    assert planner.post(url_of(project), sent | {"end_date": "2026-05-02"}).status_code == 302
    project.refresh_from_db()
    assert str(project.end_date) == "2026-05-02"


def test_members_are_not_on_the_page_of_a_project(seller):
    """The page has no place for references to many, and says so instead of dropping them."""
    project = make(Project, "Fair", "sam")
    project.members.add(User.objects.create_user("ben", first_name="Benedikt"))
    page = text(seller.get(url_of(project)))
    assert 'name="members"' not in page and "ben" not in page.lower().replace("benefit", "")
    sent = posted(Project, "Fair!", owner=project.owner_id)
    refused = seller.post(url_of(project), sent | {"members": [project.owner_id]})
    assert "You cannot set “Members” here." in text(refused)
    project.refresh_from_db()
    assert project.name == "Fair"
    assert seller.post(url_of(project), sent).status_code == 302
    assert [user.username for user in project.members.all()] == ["ben"]
