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
