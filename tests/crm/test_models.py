"""The database itself refuses records that make no sense; `clean()` only explains it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from crm.models import Account, Contact, Deal, Lead, Opportunity, Project, Task
from roles import policy
from roles.registry import registry
from tests.factories import make_user

ALL = (Account, Contact, Deal, Lead, Opportunity, Project, Task)
NEW = (Opportunity, Deal, Task, Project)
CATALOGUE = {
    "opportunities": "owner name account contact stage amount probability close_date notes",
    "deals": "owner name account opportunity amount margin won closed_on notes",
    "tasks": "owner title description due_date priority status project related_to",
    "projects": "owner name description start_date end_date status members",
}

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)

KEPT = [
    (Opportunity, {"probability": 0}),
    (Opportunity, {"probability": 100}),
    (Opportunity, {"amount": 0}),
    (Opportunity, {"amount": None}),
    (Opportunity, {"amount": "999999999999.99"}),
    (Opportunity, {"stage": "won"}),
    (Deal, {"amount": 0}),
    (Deal, {"amount": None}),
    (Deal, {"amount": 10, "margin": -3}),
    (Task, {"priority": "high"}),
    (Task, {"status": "done"}),
    (Project, {"status": "on_hold"}),
    (Project, {"start_date": MAY, "end_date": JUNE}),
    (Project, {"start_date": MAY, "end_date": MAY}),
    (Project, {"start_date": JUNE}),
    (Project, {"end_date": MAY}),
]
REFUSED = [
    (Opportunity, {"probability": -1}),
    (Opportunity, {"probability": 101}),
    (Opportunity, {"amount": "-0.01"}),
    (Opportunity, {"stage": "nearly"}),
    (Deal, {"amount": "-0.01"}),
    (Task, {"priority": "utmost"}),
    (Task, {"status": "forgotten"}),
    (Project, {"status": ""}),
    (Project, {"start_date": JUNE, "end_date": MAY}),
]


def named(model, **values):
    """Make a record, unsaved, with a name."""
    return model(**{model.named_by[-1]: "Some name", **values})


def _told(case):
    return f"{case[0].__name__}-{case[1]}"


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "values"), KEPT, ids=map(_told, KEPT))
def test_what_makes_sense_is_kept(model, values):
    record = named(model, **values)
    record.full_clean()
    record.save()
    model.objects.update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "values"), REFUSED, ids=map(_told, REFUSED))
def test_what_makes_none_is_refused_by_the_database_and_explained_before(model, values):
    with pytest.raises(ValidationError):
        named(model, **values).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        named(model, **values).save()
    named(model).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_fields_are_those_of_the_catalogue(code):
    assert set(registry.fields_of(registry.module(code))) == set(CATALOGUE[code].split())


@pytest.mark.parametrize("model", ALL)
def test_every_list_has_its_indexes(model):
    """Newest first, of everybody's and of one owner's; `-id` makes the order total."""
    found = {tuple(index.fields) for index in model._meta.indexes}
    assert found >= {("-created_at", "-id"), ("owner", "-created_at", "-id")}
    assert model._meta.ordering == ["-created_at", "-id"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", ALL)
def test_a_record_is_not_deleted_but_by_the_service_that_logs_it(model):
    """R26."""
    record = named(model)
    record.save()
    with pytest.raises(TypeError, match="delete_record"):
        record.delete()
    assert model.objects.get() == record


@pytest.mark.django_db
@pytest.mark.parametrize("model", ALL)
def test_who_owns_a_record_is_not_deleted(model):
    sam, ben = make_user("sam"), make_user("ben")
    named(model, owner=sam).save()
    with pytest.raises(ProtectedError):
        sam.delete()
    ben.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("model", NEW)
def test_reach_is_the_owner_s_and_ends_in_the_trash(model):
    """R13, with an ownerless record and an unknown action."""
    sam, ben = make_user("sam", "user"), make_user("ben", "user")
    mine, deleted = named(model, owner=sam), named(model, owner=sam, deleted_at="2026-01-01T00:00Z")
    for record in (mine, deleted, named(model, owner=ben), named(model)):
        record.save()
    assert list(model.objects.accessible_by(sam)) == [mine]
    assert list(model.objects.accessible_by(sam, "edit")) == [mine]
    assert list(model.objects.accessible_by(sam, "delete")) == []
    assert model.objects.accessible_by(make_user("olga", "owner")).count() == 3
    assert model.objects.accessible_by(make_user("gus", "guest")).count() == 0
    with pytest.raises(ValueError, match="frobnicate"):
        model.objects.accessible_by(sam, "frobnicate")


@pytest.mark.django_db
def test_being_a_member_of_a_project_gives_no_access():
    """R9: whose record it is, is the owner's to say."""
    sam = make_user("sam", "user")
    project = Project.objects.create(name="Fair", owner=make_user("ben"))
    project.members.add(sam)
    assert not policy.check(sam, "projects.view", project)
    Project.objects.update(owner=sam)
    assert policy.check(sam, "projects.view", project)


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth():
    """Habit 13."""

    def tables():
        names = connection.introspection.table_names()
        return {name for name in names if name.startswith("crm_")}

    before = tables()
    try:
        call_command("migrate", "crm", "0001", verbosity=0)
        assert tables() == {"crm_account", "crm_contact", "crm_lead"}
    finally:
        call_command("migrate", "crm", verbosity=0)
    assert tables() == before >= {"crm_opportunity", "crm_deal", "crm_task", "crm_project_members"}
