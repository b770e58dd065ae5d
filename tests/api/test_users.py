"""Users over HTTP: who may see them, what is shown of them, and what they can be asked by."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import give, make_department, make_role, make_team, make_user

from .people import Asker, errors, person, problem, with_role


@pytest.fixture
def company(olga):
    """Ann leads sales and holds two roles, one from later on; Ben reports to her."""
    ann = make_user("ann", "manager", first_name="Ann", last_name="Lee", email="ann@example.com")
    ben = make_user("ben", "user", manager=ann, state="suspended")
    make_department("sales", ann, ben)
    make_team("alpha", ann)
    give(ann, make_role("later", level=60), valid_from="2126-01-01T00:00Z")
    return olga


def names(asker, **query):
    return [row["username"] for row in asker.read("users/", **query)["results"]]


def test_a_user_is_shown_with_their_place_their_standing_and_their_roles(company):
    shown = company.read("users/ann/")
    assert (
        shown.items()
        >= {
            "username": "ann",
            "first_name": "Ann",
            "last_name": "Lee",
            "email": "ann@example.com",
            "department": "sales",
            "manager": None,
            "teams": ["alpha"],
            "state": "active",
            "rank": 50,
            "last_login": None,
        }.items()
    )
    assert [(held["role"], held["current"]) for held in shown["roles"]] == [
        ("later", False),
        ("manager", True),
    ]
    assert company.read("users/ben/")["manager"] == "ann"
    assert (company.read("users/ben/")["state"], company.read("users/olga/")["rank"]) == (
        "suspended",
        101,
    )
    assert not {"password", "is_superuser", "id", "groups"} & shown.keys()


def test_the_list_can_be_asked_by_place_standing_and_role(company):
    make_user("cid", is_active=False)
    assert set(names(company)) == {"ann", "ben", "cid", "olga"}
    for query, found in (
        ({"department": "sales"}, {"ann", "ben"}),
        ({"manager": "ann"}, {"ben"}),
        ({"state": "suspended"}, {"ben"}),
        ({"state": "deactivated"}, {"cid"}),
        ({"role": "manager"}, {"ann"}),
        ({"role": "later"}, set()),
        ({"team": "alpha"}, {"ann"}),
        ({"search": "lee"}, {"ann"}),
        ({"search": "example.com ann"}, {"ann"}),
        ({"email": "ann@example.com"}, {"ann"}),
        ({"team": "none"}, set()),
        ({"department": "none"}, set()),
    ):
        assert set(names(company, **query)) == found, query
    assert names(company, ordering="-username")[0] == "olga"


@pytest.mark.parametrize(
    "query",
    [
        "password=x",
        "password__icontains=a",
        "is_superuser=true",
        "state=odd",
        "state=",
        "manager__email=x",
        "ordering=password",
        "ordering=state",
        "groups=1",
        "id=1",
    ],
)
def test_what_no_door_shows_cannot_be_asked(company, query):
    """Threats 1 and 2."""
    assert list(errors(company.ask("GET", f"users/?{query}")))


def test_a_hidden_field_of_people_is_absent_and_cannot_be_asked(company):
    """R16, R23."""
    asker = with_role(
        "max", "users.view", fields={"users": {"email": "hidden", "manager": "hidden"}}
    )
    shown = asker.read("users/ann/")
    assert "email" not in shown and "manager" not in shown and shown["first_name"] == "Ann"
    said = {
        str(errors(asker.ask("GET", f"users/?{name}=x"))).replace(name, "NAME")
        for name in ("email", "shoe_size")
    }
    assert len(said) == 1
    assert names(asker, search="example.com") == []


def test_order_of_answers(company):
    """R23."""
    stranger = person("sam", "user")
    for path in ("users/", "users/ann/", "users/none/"):
        problem(Asker().ask("GET", path), 401)
        problem(stranger.ask("GET", path), 403)
    viewer = with_role("vic", "users.view")
    assert viewer.ask("GET", "users/").status_code == 200
    problem(viewer.ask("GET", "users/none/"), 404)
    problem(viewer.ask("GET", "users/a%00b/"), 404)


def test_the_list_costs_the_same_for_any_number(company):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            company.read("users/")
        return len(asked)

    queries()  # the first one also reads the policy
    few = queries()
    for number in range(5):
        user = make_user(f"u{number}", "user", "guest", manager=make_user(f"m{number}"))
        make_team(f"t{number}", user)
    assert queries() == few


# Roles of a user


@pytest.fixture
def boss(company):
    """Max, at level 60, edits users, and holds all that the built-in role User gives."""
    make_role("rep", level=10, permissions="contacts.view")
    make_role("closer", level=10, permissions="deals.delete")
    return person(
        "max",
        "user",
        make_role("boss", level=60, permissions="users.view users.edit contacts.view roles.view"),
    )


def held(asker, username):
    return [row["role"] for row in asker.read(f"users/{username}/roles/")["results"]]


def test_a_role_is_given_with_its_moments_and_taken_back(boss):
    body = {"role": "rep", "valid_until": "2126-01-01T00:00:00Z", "reason": "cover"}
    made = boss.ask("POST", "users/ben/roles/", body)
    assert made.status_code == 201
    assert made.json().items() >= (body | {"current": True, "name": "Rep"}).items()
    assert held(boss, "ben") == ["rep", "user"]
    assert list(errors(boss.ask("POST", "users/ben/roles/", body))) == ["role"]
    assert boss.ask("DELETE", "users/ben/roles/rep/").status_code == 204
    problem(boss.ask("DELETE", "users/ben/roles/rep/"), 404)
    assert held(boss, "ben") == ["user"]


def test_a_given_role_counts_from_the_next_request_on(boss):
    """R28."""
    sam = person("sam")
    problem(sam.ask("GET", "contacts/"), 403)
    boss.ask("POST", "users/sam/roles/", {"role": "rep"})
    assert sam.ask("GET", "contacts/").status_code == 200
    boss.ask("DELETE", "users/sam/roles/rep/")
    problem(sam.ask("GET", "contacts/"), 403)


def test_nobody_climbs_by_giving_roles(boss, company):
    """D2, D3, D5, example 4: oneself, a peer, who will be above; a role too high or too wide."""
    make_user("peer", make_role("peer", level=60))
    for username, role in (
        ("max", "rep"),
        ("peer", "rep"),
        ("ann", "rep"),
        ("olga", "rep"),
        ("ben", "boss"),
        ("ben", "owner"),
        ("ben", "closer"),
    ):
        before = held(company, username)
        problem(boss.ask("POST", f"users/{username}/roles/", {"role": role}), 403)
        assert held(company, username) == before
    assert boss.ask("POST", "users/ben/roles/", {"role": "rep"}).status_code == 201
    problem(boss.ask("DELETE", "users/max/roles/user/"), 403)
    problem(boss.ask("DELETE", "users/olga/roles/owner/"), 403)


def test_the_last_owner_stays(company):
    """D2, D7: a conflict that no other input could mend."""
    second = person("ute", "owner")
    problem(company.ask("DELETE", "users/olga/roles/owner/"), 403)
    assert company.ask("DELETE", "users/ute/roles/owner/").status_code == 204
    assert second.ask("GET", "roles/").status_code == 403
    give(second.user, "owner", valid_until="2126-01-01T00:00Z")
    problem(second.ask("DELETE", "users/olga/roles/owner/"), 409)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "role"),
        ({"role": "none"}, "role"),
        ({"role": ["rep"]}, "role"),
        ({"role": "rep", "valid_from": "soon"}, "valid_from"),
        (
            {"role": "rep", "valid_from": "2126-01-02T00:00Z", "valid_until": "2126-01-01T00:00Z"},
            "valid_until",
        ),
        ({"role": "rep", "reason": "x" * 501}, "reason"),
        ({"role": "rep", "user": "ann"}, "user"),
        ({"role": "rep", "assigned_by": "ann"}, "assigned_by"),
    ],
)
def test_what_is_no_assignment_is_refused_by_name(boss, body, named):
    assert list(errors(boss.ask("POST", "users/ben/roles/", body))) == [named]


def test_who_may_not_edit_users_gives_no_role(boss):
    viewer = with_role("vic", "users.view", level=90)
    assert viewer.ask("GET", "users/ben/roles/").status_code == 200
    problem(viewer.ask("POST", "users/ben/roles/", {"role": "rep"}), 403)
    problem(viewer.ask("DELETE", "users/ben/roles/user/"), 403)
    problem(viewer.ask("POST", "users/none/roles/", {"role": "rep"}), 403)
    problem(boss.ask("POST", "users/none/roles/", {"role": "rep"}), 404)


# Effective access


def test_access_says_of_each_permission_which_role_gives_it(boss):
    make_role("junior", base="rep", permissions="admin.view", privileges=["app.crm"])
    make_user("eva", "junior", "rep")
    found = boss.read("users/eva/access/")
    assert found["permissions"] == sorted(found["sources"]["permissions"])
    assert found["sources"]["permissions"]["contacts.view"] == [
        {"role": "junior", "kind": "inherited", "from": "rep", "by": None},
        {"role": "rep", "kind": "own", "from": "rep", "by": None},
    ]
    [implied] = found["sources"]["permissions"]["roles.view"]
    assert (implied["kind"], implied["by"]) == ("implied", "admin.view")
    assert found["sources"]["privileges"].keys() == {"app.crm"}
    assert found["modules"]["contacts"]["actions"] == ["view"]


def test_access_of_somebody_shut_out_is_nothing_and_needs_both_views(boss):
    """R1, R23."""
    assert boss.read("users/ben/access/")["permissions"] == []
    problem(with_role("vic", "users.view").ask("GET", "users/ben/access/"), 403)
    problem(with_role("ron", "roles.view").ask("GET", "users/ben/access/"), 403)
