"""A person's own page says who they are here, which roles they hold and what they may do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.effective import areas_of
from accounts.models import Department, Team
from tests.factories import fetch, give, make_role, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def open_profile(user):
    client = Client()
    client.force_login(user)
    return client.get("/profile/")


def page_of(user) -> str:
    answer = open_profile(user)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def may(user) -> dict[str, list[str]]:
    """Give module → its lines as they read, “Actions: whose”."""
    return {
        str(module.label): [": ".join(filter(None, (x.actions, x.reach))) for x in module.lines]
        for area in areas_of(fetch(user))
        for module in area.modules
    }


def test_it_shows_name_username_address_state_and_last_sign_in():
    values = {"first_name": "Ann", "last_name": "Lee", "email": "ann@x.org"}
    page = page_of(make_user("ann", "guest", **values))
    for words in ("Ann Lee", "ann", "ann@x.org", "Active", "Last sign-in"):
        assert f"{words}</d" in page


@pytest.mark.parametrize("role", ["owner", "administrator", "manager", "user", "guest"])
def test_everyone_with_a_built_in_role_has_it(role):
    page = page_of(make_user("ann", role))
    assert "Your profile" in page and "With no end" in page


def test_without_the_permission_it_is_refused_and_has_no_link():
    ann = make_user("ann", make_role("bare", permissions="contacts.view"))
    client = Client()
    client.force_login(ann)
    assert open_profile(ann).status_code == 403
    assert "/profile/" not in client.get("/").content.decode()
    give(ann, "guest")
    assert open_profile(ann).status_code == 200
    assert "/profile/" in client.get("/").content.decode()


def test_nobody_else_s_page_can_be_asked_for_and_anonymous_people_sign_in():
    make_user("ben", "guest", first_name="Benjamin")
    ann = make_user("ann", "owner")
    client = Client()
    assert client.get("/profile/").url.startswith("/auth/login/")
    client.force_login(ann)
    assert client.get("/profile/ben/").status_code == 404
    assert "Benjamin" not in client.get("/profile/?user=ben").content.decode()


def test_roles_come_with_their_dates_and_ended_ones_not_at_all():
    """R2."""
    ann = make_user("ann", make_role("plain", name="Plain"))
    day = timedelta(days=1)
    give(ann, make_role("past", name="Past"), valid_until=NOW - day)
    give(ann, make_role("later", name="Later"), valid_from=NOW + day)
    give(ann, make_role("short", name="Short"), valid_from=NOW - day, valid_until=NOW + day)
    give(ann, "guest")
    page = page_of(ann)
    assert "<strong>Past</strong>" not in page
    assert '<strong>Later</strong> <span class="held-state">Not yet</span>' in page
    assert page.count("Not yet") == 1
    until = (NOW + day).strftime("%-d %B %Y, %H:%M")
    assert f"until {until}" in page and "With no end" in page


def test_actions_stand_together_where_they_reach_the_same_records():
    records = {"contacts": {"*": "all", "edit": "own"}, "leads": "team department"}
    role = make_role(
        "agent",
        permissions="contacts.view contacts.create contacts.edit leads.view users.view",
        records=records,
    )
    assert may(make_user("ann", role)) == {
        "Contacts": ["View and create: all records", "Edit: your own records"],
        "Leads": ["View: your own records, your teams’ and your department’s"],
        "Users": ["View"],
    }


def test_two_roles_are_joined_action_by_action():
    """R15: the scope of one role does not carry the action of the other."""
    one = make_role("one", permissions="deals.view", records={"deals": "all"})
    two = make_role("two", permissions="deals.view deals.edit", records={"deals": "own"})
    assert may(make_user("ann", one, two)) == {
        "Deals": ["View: all records", "Edit: your own records"]
    }


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ({"view": "own", "edit": "all"}, "View and edit: your own records"),
        ({"view": "team", "edit": "own"}, "Edit: your own records"),
        ({"view": "department", "edit": "team"}, "your teams’, where you may view them"),
    ],
)
def test_editing_reaches_no_further_than_seeing(records, words):
    """R14."""
    role = make_role("agent", permissions="deals.view deals.edit", records={"deals": records})
    assert may(make_user("ann", role))["Deals"][-1].endswith(words)


def test_what_has_no_effect_is_not_promised():
    """Worked example 6."""
    role = make_role("agent", permissions="tasks.edit tasks.create roles.view roles.edit")
    assert may(make_user("ann", role)) == {
        "Tasks": ["Create: your own records"],
        "Roles": ["View and edit"],
    }
    assert may(make_user("olga", "owner"))["Roles"] == [
        "View, create, edit, delete, export and import"
    ]


def test_features_and_privileges_are_named_and_those_of_others_are_not():
    role = make_role("agent", permissions="profile.view tasks.comment", privileges="app.crm")
    page = page_of(make_user("ann", role))
    assert "Comment on tasks" in page and "app.crm" in page
    assert "Hide and restore comments" not in page


def test_a_hidden_field_is_not_named():
    """R23."""
    permissions = "profile.view contacts.view"
    role = make_role(
        "agent", permissions=permissions, fields={"contacts": {"birth_date": "hidden"}}
    )
    assert "birth" not in page_of(make_user("ann", role))


def test_whoever_has_nothing_is_told_what_to_do():
    page = page_of(make_user("ann", make_role("bare", permissions="profile.view")))
    assert "Features" in page and "Own profile" in page


def test_it_shows_teams_department_and_manager_by_name_to_whoever_sees_people():
    """R24: the manager is somebody else."""
    sales = Department.objects.create(code="sales", name="Field Sales")
    boss = make_user("boss", first_name="Bo", last_name="Sson")
    ann = make_user("ann", "guest", department=sales, manager=boss)
    for name in ("Alpha", "Beta"):
        ann.teams.add(Team.objects.create(code=name.lower(), name=name))
    page = page_of(ann)
    assert "Field Sales</dd>" in page and "Alpha, Beta</dd>" in page
    assert "No access</dd>" in page and "Bo Sson" not in page
    give(ann, make_role("seer", permissions="users.view"))
    assert "Bo Sson</dd>" in page_of(ann)


def test_the_number_of_queries_does_not_grow_with_roles(django_assert_max_num_queries):
    ann = make_user("ann", "guest", *(make_role(f"role-{n}") for n in range(20)))
    client = Client()
    client.force_login(ann)
    client.get("/")
    with django_assert_max_num_queries(4):
        client.get("/profile/")


def test_a_password_is_changed_within_the_frame_and_leads_back():
    ann = make_user("ann", "guest")
    ann.set_password("demo")
    ann.save()
    client = Client()
    client.force_login(ann)
    assert client.get("/password_change/").url == "/auth/password/change/"
    assert "Your account" in client.get("/auth/password/change/").content.decode()
    data = {"oldpassword": "demo", "password1": "Xy9!longenough", "password2": "Xy9!longenough"}
    answer = client.post("/auth/password/change/", data)
    assert answer.url == "/profile/" and client.get("/profile/").status_code == 200
    ann.refresh_from_db()
    assert ann.check_password("Xy9!longenough")


def test_whoever_has_no_password_is_led_to_the_mail_that_makes_one():
    ann = make_user("ann", "guest")
    ann.set_unusable_password()
    ann.save()
    client = Client()
    client.force_login(ann)
    assert client.get("/auth/password/change/").url == "/auth/password/reset/"
