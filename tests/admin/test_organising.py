"""The pages of teams and departments: who finds them, what they do, and what they refuse."""

import pytest
from django.test import Client

from accounts.models import Department, Team, User
from roles.models import AuditEntry
from tests.factories import make_department, make_team, make_user

from .people import browser_of, with_rights, words

pytestmark = pytest.mark.django_db
RIGHTS = "users.view groups.manage"


@pytest.fixture
def mia(db):
    """Somebody of rank 50 who may manage teams and departments."""
    return with_rights("mia", RIGHTS)


@pytest.fixture
def ann(db):
    return make_user("ann", "user", first_name="Ann", last_name="Lee")


@pytest.fixture
def peer(db):
    return make_user("pat", "manager")


def members(team) -> set[str]:
    return set(team.members.values_list("username", flat=True))


def post(client, address, do, **values):
    return client.post(address, {"do": do, **values})


# Who finds them


@pytest.mark.parametrize("address", ["/teams/", "/departments/", "/teams/a/", "/departments/b/"])
def test_they_are_there_for_who_may_manage_them_and_for_nobody_else(mia, address):
    """D1, R1."""
    make_team("a")
    make_department("b")
    assert mia.get(address).status_code == 200
    assert "/teams/" in mia.get("/").content.decode()
    other = with_rights("max", "users.view users.edit")
    for answer in (other.get(address), other.post(address, {"do": "delete", "name": "x"})):
        assert answer.status_code == 403
    assert "/teams/" not in other.get("/").content.decode()
    assert "/login/" in Client().get(address).url
    User.objects.filter(username="mia").update(state="suspended")
    assert "/login/" in mia.get(address).url
    assert (Team.objects.count(), Department.objects.count()) == (1, 1)


def test_what_is_not_there_is_not_found(mia):
    assert mia.get("/teams/none/").status_code == 404
    assert mia.get("/departments/none/").status_code == 404


def test_people_are_counted_as_far_as_they_are_seen(ann):
    """R23: without users.view nobody is counted, named or offered."""
    make_team("a", ann)
    make_department("b", ann)
    sees, blind = with_rights("mia", RIGHTS), with_rights("max", "groups.manage")
    assert "1 person" in words(sees.get("/teams/")) and "Ann Lee" in words(sees.get("/teams/a/"))
    assert "1 person" in words(sees.get("/departments/"))
    for address in ("/teams/", "/departments/"):
        assert "0 people" in words(blind.get(address))
    assert "Ann Lee" not in words(blind.get("/teams/a/"))
    assert "Add Member" not in words(blind.get("/teams/a/"))


def test_of_several_the_named_one_is_shown_and_changed(mia, ann):
    for code in ("alpha", "beta", "gamma"):
        make_team(code), make_department(code)
    ann.department = Department.objects.get(code="beta")
    ann.save()
    make_department("emea", make_user("eva"), parent=ann.department)
    page = mia.get("/departments/beta/").context
    assert (page["people"], page["people_below"], page["is_in_use"]) == (1, 2, True)
    page = mia.get("/departments/gamma/").context
    assert (page["people"], page["people_below"], page["is_in_use"]) == (0, 0, False)
    for kind, model in (("teams", Team), ("departments", Department)):
        assert mia.get(f"/{kind}/beta/").context["title"] == "Beta"
        assert post(mia, f"/{kind}/beta/", "rename", name="Second").status_code == 302
        assert model.objects.get(name="Second").code == "beta"


def test_a_hidden_username_is_neither_offered_nor_asked(ann):
    """R16, R23."""
    team = make_team("a", ann)
    client = with_rights("mia", RIGHTS, fields={"users": {"username": "hidden"}})
    page = client.get("/teams/a/")
    assert f"User {ann.pk}" in words(page) and 'value="ann"' not in page.content.decode()
    assert "Add Member" not in words(page)
    assert members(team) == {"ann"}


# Teams


def test_a_team_is_made_filled_renamed_and_deleted(mia, ann):
    """D6a, D13."""
    assert mia.post("/teams/", {"name": "Spring Fair"}).status_code == 302
    team = Team.objects.get(code="spring-fair")
    assert post(mia, "/teams/spring-fair/", "add", username="ANN").status_code == 302
    assert members(team) == {"ann"}
    page = mia.get("/teams/spring-fair/")
    assert "Ann Lee" in words(page) and 'value="remove"' in page.content.decode()
    assert post(mia, "/teams/spring-fair/", "remove", username="ann").status_code == 302
    assert members(team) == set()
    assert post(mia, "/teams/spring-fair/", "rename", name="Autumn").status_code == 302
    team.refresh_from_db()
    assert (team.code, team.name) == ("spring-fair", "Autumn")
    assert post(mia, "/teams/spring-fair/", "delete").url == "/teams/"
    assert not Team.objects.exists()
    for action in ("team.created", "team.renamed", "team.deleted"):
        assert AuditEntry.objects.filter(action=action).count() == 1
    assert AuditEntry.objects.filter(action="user.moved", subject_id=ann.pk).count() == 2


@pytest.mark.parametrize("name", ["Alpha", "alpha", "!!!", "", "x" * 101])
def test_a_name_that_makes_no_code_of_its_own_is_refused_at_its_field(mia, name):
    make_team("alpha")
    answer = mia.post("/teams/", {"name": name})
    assert answer.status_code == 400 and answer.context["form"].errors["name"]
    assert Team.objects.count() == 1


def test_a_peer_is_neither_added_nor_removed_and_keeps_the_team(mia, peer, ann):
    """D3: the control is not there, and the forged post is refused whole."""
    team = make_team("a", peer, ann)
    page = mia.get("/teams/a/")
    assert page.content.decode().count('value="remove"') == 1
    assert "You cannot delete this team" in words(page)
    other = make_team("b")
    for address, do in (("/teams/a/", "remove"), ("/teams/b/", "add")):
        answer = post(mia, address, do, username="pat")
        assert answer.status_code == 400 and "(D3)" in words(answer)
    assert post(mia, "/teams/a/", "delete").status_code == 400
    assert (members(team), members(other)) == ({"pat", "ann"}, set())


def test_nobody_joins_a_team_by_themselves_but_an_owner(mia, owner):
    """D6a, D1."""
    team = make_team("a")
    assert post(mia, "/teams/a/", "add", username="mia").status_code == 400
    assert members(team) == set()
    assert post(owner, "/teams/a/", "add", username="olga").status_code == 302
    assert members(team) == {"olga"}


@pytest.mark.parametrize(
    "forged", [{"members": "1"}, {"code": "other"}, {"name": "Evil"}, {"id": "2"}]
)
def test_something_else_posted_refuses_the_whole(mia, ann, forged):
    """Threat 3."""
    team = make_team("a")
    answer = post(mia, "/teams/a/", "add", username="ann", **forged)
    assert answer.status_code == 400
    assert f"There is no field “{next(iter(forged))}”." in words(answer)
    team.refresh_from_db()
    assert members(team) == set() and team.name == "A"


def test_somebody_who_is_not_there_and_somebody_deleted_are_refused_alike(mia, ann):
    """R23."""
    User.objects.filter(pk=ann.pk).update(deleted_at=ann.date_joined)
    team = make_team("a")
    for username in ("ann", "never"):
        answer = post(mia, "/teams/a/", "add", username=username)
        assert f"There is nobody with the username “{username}”." in words(answer)
    assert members(team) == set()


def test_an_act_that_there_is_none_of_is_not_found(mia):
    """R21."""
    make_team("a")
    assert post(mia, "/teams/a/", "explode").status_code == 404
    assert mia.post("/teams/a/", {"name": "x"}).status_code == 404


# Departments


def test_a_department_is_made_moved_renamed_and_deleted(mia, ann):
    """D6a, D13."""
    sales = make_department("sales")
    assert mia.post("/departments/", {"name": "North", "parent": sales.pk}).status_code == 302
    north = Department.objects.get(code="north")
    assert north.parent == sales
    assert "1 person is in it" not in words(mia.get("/departments/north/"))
    assert post(mia, "/departments/north/", "move", parent="").status_code == 302
    assert post(mia, "/departments/north/", "rename", name="Far North").status_code == 302
    north.refresh_from_db()
    assert (north.parent, north.name) == (None, "Far North")
    assert post(mia, "/departments/north/", "delete").url == "/departments/"
    assert not Department.objects.filter(code="north").exists()
    for action in ("created", "moved", "renamed", "deleted"):
        assert AuditEntry.objects.filter(action=f"department.{action}").count() == 1


def test_the_tree_lists_each_below_its_parent(mia, ann):
    sales = make_department("sales")
    make_department("alps")
    north = make_department("north", ann, parent=sales)
    make_department("arctic", parent=north)
    rows = mia.get("/departments/").context["rows"]
    assert [(r["department"].code, r["depth"], r["people"]) for r in rows] == [
        ("alps", 0, 0),
        ("sales", 0, 0),
        ("north", 1, 1),
        ("arctic", 2, 0),
    ]


def test_a_department_in_use_is_not_deleted_and_says_why(mia, ann):
    make_department("sales", ann)
    page = mia.get("/departments/sales/")
    assert 'value="delete"' not in page.content.decode()
    answer = post(mia, "/departments/sales/", "delete")
    assert answer.status_code == 400 and "Move them to another one first" in words(answer)
    assert Department.objects.filter(code="sales").exists()


def test_a_department_is_not_moved_below_itself(mia):
    """R9."""
    sales = make_department("sales")
    north = make_department("north", parent=sales)
    for parent in (sales, north):
        assert post(mia, "/departments/sales/", "move", parent=parent.pk).status_code == 400
    sales.refresh_from_db()
    assert sales.parent is None


def test_a_department_with_a_peer_below_it_is_locked_and_not_moved_by_a_forged_post(mia, peer):
    """D3, D6a; without the peer it moves."""
    sales = make_department("sales")
    make_department("north", peer, parent=sales)
    far = make_department("far")
    page = mia.get("/departments/sales/")
    assert 'value="move"' not in page.content.decode()
    assert "You cannot move this department" in words(page) and "(D3)" in words(page)
    assert post(mia, "/departments/sales/", "move", parent=far.pk).status_code == 400
    sales.refresh_from_db()
    assert sales.parent is None
    User.objects.filter(pk=peer.pk).update(department=None)
    assert post(mia, "/departments/sales/", "move", parent=far.pk).status_code == 302


# How they scale


@pytest.mark.parametrize("address", ["/teams/", "/departments/", "/teams/a/", "/departments/b/"])
def test_queries_do_not_grow_with_teams_departments_and_people(
    address, django_assert_max_num_queries
):
    client = browser_of(make_user("root", "owner"))
    team, department = make_team("a"), make_department("b")
    for number in range(60):
        team.members.add(make_user(f"p{number}", department=department))
        make_team()
        make_department(parent=department)
    client.get(address)
    with django_assert_max_num_queries(16):
        client.get(address)
