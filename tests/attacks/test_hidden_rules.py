"""Rules over several fields, one of them hidden: neither words nor refusals tell of it (R23).

Whatever the hidden value is, the same request has the same answer; the twin is somebody who may
read the field, and is told by the rule itself.
"""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Lower

from crm.models import Contact, Project
from roles.core.vocabulary import FieldLevel
from roles.policy import constraints

from .conftest import agent

pytestmark = pytest.mark.django_db
CODES = ("projects.view", "projects.edit", "projects.create")
RULE = "cannot end before it starts"


def planner(**levels):
    """Sign somebody in who edits all projects, with these levels of fields."""
    levels = {name: FieldLevel.from_code(level) for name, level in levels.items()}
    return agent(*CODES, fields={"projects": levels})


class Api:
    """The HTTP door."""

    def change(self, client, project, **values):
        """Change some fields; give whether it was done, and what was said."""
        url = f"/api/v1/projects/{project.pk}/"
        answer = client.patch(url, json.dumps(values), content_type="application/json")
        assert answer.status_code in (200, 400), answer.content
        return answer.status_code == 200, answer.json().get("errors")

    def create(self, client, **values):
        """Make a project."""
        url = "/api/v1/projects/"
        answer = client.post(url, json.dumps(values), content_type="application/json")
        assert answer.status_code in (201, 400), answer.content
        return answer.status_code == 201, answer.json().get("errors")


class Admin:
    """The admin's pages."""

    def change(self, client, project, **values):
        """Post the page's own form with some values changed."""
        url = f"/crm/project/{project.pk}/change/"
        form = client.get(url).context["adminform"].form
        shown = {name: form[name].value() or "" for name in form.fields}
        return self._sent(client.post(url, shown | values))

    def create(self, client, **values):
        """Post the form of a new project."""
        form = client.get("/crm/project/add/").context["adminform"].form
        shown = {name: form[name].value() or "" for name in form.fields}
        return self._sent(client.post("/crm/project/add/", shown | values))

    def _sent(self, answer):
        assert answer.status_code in (200, 302)
        if answer.status_code == 302:
            return True, None
        return False, answer.context["adminform"].form.errors.get_json_data()


@pytest.fixture(params=[Api, Admin], ids=["api", "admin"])
def door(request):
    return request.param()


def project(**values):
    return Project.objects.create(**{"name": "Fair", "end_date": "2026-09-09", **values})


STARTS = ("2026-01-01", "2026-08-08", None)


@pytest.mark.parametrize("end", ["2026-05-05", "2030-01-01", "1999-01-01"])
def test_a_hidden_date_cannot_be_found_by_trying(door, end):
    client, found = planner(start_date="hidden"), []
    for start in STARTS:
        one = project(start_date=start)
        found.append(door.change(client, one, end_date=end))
        one.refresh_from_db()
        assert str(one.end_date) == "2026-09-09"
    done, said = found[0]
    assert not done and said.keys() == {"end_date"} and "bind" in str(said)
    assert "start" not in str(said).lower() and all(answer == found[0] for answer in found)


def test_whoever_may_read_the_date_is_told_by_the_rule_itself(door):
    client, one = planner(start_date="read_only"), project(start_date="2026-05-05")
    done, said = door.change(client, one, end_date="2026-05-04")
    assert not done and RULE in str(said)
    assert door.change(client, one, end_date="2026-05-06") == (True, None)
    one.refresh_from_db()
    assert str(one.end_date) == "2026-05-06"


def test_what_no_rule_binds_is_written_and_what_stands_is_kept(door):
    """R17: sending back the date that stands there is not writing it."""
    client, one = planner(start_date="hidden"), project(start_date="2026-05-05")
    assert door.change(client, one, name="Show", end_date="2026-09-09") == (True, None)
    one.refresh_from_db()
    assert (one.name, str(one.start_date)) == ("Show", "2026-05-05")


def test_a_new_record_has_nothing_hidden_to_tell_of(door):
    assert door.create(planner(start_date="hidden"), name="New", end_date="1999-01-01")[0]
    assert str(Project.objects.get().end_date) == "1999-01-01"


def no_more_than(limit):
    """Give a `clean` that says what it has seen."""

    def clean(record):
        if record.start_date and str(record.start_date) > limit:
            raise ValidationError({"name": f"It begins on {record.start_date}."})

    return clean


@pytest.mark.parametrize(("level", "tells"), [("hidden", False), ("read_only", True)])
def test_what_a_model_says_of_its_own_accord_is_told_to_who_reads_all_of_it(
    door, monkeypatch, level, tells
):
    monkeypatch.setattr(Project, "clean", no_more_than("2026-01-01"))
    one = project(start_date="2026-05-05")
    done, said = door.change(planner(start_date=level), one, name="Show")
    assert not done and ("2026-05-05" in str(said)) is tells


@pytest.fixture
def once(monkeypatch):
    """Let the name of a project be unique for each status."""
    rule = UniqueConstraint(fields=["name", "status"], name="once")
    monkeypatch.setattr(Project._meta, "constraints", [*Project._meta.constraints, rule])
    constraints._rules.cache_clear()
    yield
    constraints._rules.cache_clear()


def test_a_name_that_is_taken_in_a_hidden_place_is_not_told_of(door, once):
    project(name="Taken", status="planned"), project(name="Apart", status="active")
    client, one = planner(status="hidden"), project(status="planned")
    taken, apart, free = (door.change(client, one, name=n) for n in ("Taken", "Apart", "Free"))
    assert taken == apart == free and not free[0]


def test_a_name_that_is_taken_where_one_may_look_is_told_of(door, once):
    project(name="Taken", status="planned"), project(name="Apart", status="active")
    client, one = planner(), project(status="planned")
    done, said = door.change(client, one, name="Taken")
    assert not done and "already exists" in str(said)
    assert door.change(client, one, name="Apart") == (True, None)


def test_a_new_name_that_is_taken_is_refused_without_naming_what_is_hidden(door, once):
    project(name="Taken", status="planned")
    client = planner(status="hidden")
    done, said = door.create(client, name="Taken")
    assert not done and "status" not in str(said).lower() and "go together" in str(said)
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (UniqueConstraint(fields=["owner", "email"], name="x"), {"owner", "email"}),
        (UniqueConstraint(Lower("email"), "-phone", name="x"), {"email", "phone"}),
        (
            UniqueConstraint(fields=["email"], condition=Q(account_id=None), name="x"),
            {"email", "account"},
        ),
        (
            UniqueConstraint(Lower(F("account__name")), "email", name="x"),
            {"account", "email"},
        ),
    ],
)
def test_a_rule_binds_the_fields_of_its_expressions_and_conditions(rule, fields):
    found = constraints.fields_of(rule, Contact)
    assert {name.lstrip("-") for name in found} == fields
