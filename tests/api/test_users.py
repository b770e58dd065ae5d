"""Users over HTTP: who may see them, what is shown of them, and what they can be asked by."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
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


def test_the_terms_of_a_held_role_are_changed_one_by_one(boss):
    """D13: what is not sent stays; one that has ended goes on, and can be taken back."""
    give(User.objects.get(username="ben"), "rep")
    assert boss.ask("PATCH", "users/ben/roles/rep/", {"reason": "cover"}).status_code == 200
    until = "2126-01-01T00:00:00Z"
    changed = boss.ask("PATCH", "users/ben/roles/rep/", {"valid_until": until})
    assert (
        changed.json().items() >= {"role": "rep", "valid_until": until, "reason": "cover"}.items()
    )
    past = {"valid_until": "2020-01-01T00:00:00Z"}
    assert boss.ask("PATCH", "users/ben/roles/rep/", past).status_code == 200
    assert held(boss, "ben") == ["user"]
    assert boss.ask("PATCH", "users/ben/roles/rep/", {"valid_until": None}).status_code == 200
    assert held(boss, "ben") == ["rep", "user"]
    boss.ask("PATCH", "users/ben/roles/rep/", past)
    assert boss.ask("DELETE", "users/ben/roles/rep/").status_code == 204


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"role": "user"}, "role"),
        ({"user": "ann"}, "user"),
        ({"assigned_by": "ann"}, "assigned_by"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"reason": None}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        (
            {"valid_from": "2126-01-02T00:00Z", "valid_until": "2126-01-01T00:00Z"},
            "valid_until",
        ),
    ],
)
def test_what_are_no_terms_is_refused_by_name_and_nothing_is_saved(boss, body, named):
    give(User.objects.get(username="ben"), "rep")
    before = boss.read("users/ben/roles/")
    assert list(errors(boss.ask("PATCH", "users/ben/roles/rep/", {"reason": "x"} | body))) == [
        named
    ]
    assert boss.read("users/ben/roles/") == before


def test_terms_are_held_to_the_ranks_and_to_what_giving_asks_for(boss, company):
    """D2, D3, D5, D7 and R23, in the order of the answers."""
    for username, role in (("ben", "closer"), ("max", "rep")):
        give(User.objects.get(username=username), role)
    body = {"reason": "x"}
    for address in ("ben/roles/closer", "max/roles/rep", "olga/roles/owner"):
        problem(boss.ask("PATCH", f"users/{address}/", body), 403)
    problem(boss.ask("PATCH", "users/ben/roles/rep/", body), 404)
    problem(boss.ask("PATCH", "users/none/roles/rep/", body), 404)
    problem(Asker().ask("PATCH", "users/ben/roles/closer/", body), 401)
    viewer = with_role("vic", "users.view roles.view", level=90)
    problem(viewer.ask("PATCH", "users/ben/roles/closer/", body), 403)
    blind = with_role("eve", "users.view users.edit deals.delete deals.view", level=90)
    problem(blind.ask("PATCH", "users/ben/roles/closer/", body), 403)
    root = person("root", is_superuser=True)
    problem(root.ask("PATCH", "users/olga/roles/owner/", {"valid_until": "2126-01-01T00:00Z"}), 409)
    assert root.ask("PATCH", "users/olga/roles/owner/", body).status_code == 200
    assert company.ask("PATCH", "users/ben/roles/closer/", body).status_code == 200


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
    problem(viewer.ask("GET", "users/ben/roles/"), 403)
    problem(viewer.ask("POST", "users/ben/roles/", {"role": "rep"}), 403)
    problem(viewer.ask("DELETE", "users/ben/roles/user/"), 403)
    problem(viewer.ask("POST", "users/none/roles/", {"role": "rep"}), 403)
    problem(boss.ask("POST", "users/none/roles/", {"role": "rep"}), 404)


def test_roles_are_named_to_who_may_view_roles(boss):
    """R24: a role is a record of a module of its own; who may give one needs no more than D5."""
    viewer = with_role("vic", "users.view")
    assert "roles" not in viewer.read("users/ben/") and viewer.read("users/ben/")["rank"] == 10
    assert list(errors(viewer.ask("GET", "users/?role=user"))) == ["role"]
    giver = with_role("gil", "users.view users.edit contacts.view", level=50)
    assert giver.ask("POST", "users/ben/roles/", {"role": "rep"}).status_code == 201
    assert held(boss, "ben") == ["rep", "user"]


def test_a_role_that_can_neither_be_viewed_nor_given_is_answered_as_none(boss):
    """R24, as an invitation's is; who may view it is told why they cannot give it (D5)."""
    make_role("chief", level=60)
    make_user("wes", state="waiting")
    rights = "users.view users.edit users.approve"
    gil, vic = (
        with_role("gil", rights, level=50),
        with_role("vic", f"{rights} roles.view", level=50),
    )
    for path, body in (
        ("users/ben/roles/", {"role": "CODE"}),
        ("users/wes/approve/", {"roles": ["CODE"]}),
    ):
        sent = [json.loads(json.dumps(body).replace("CODE", code)) for code in ("chief", "none")]
        said = [errors(gil.ask("POST", path, one)) for one in sent]
        assert json.dumps(said[0]).replace("chief", "none") == json.dumps(said[1])
        assert "(D3)" in problem(vic.ask("POST", path, sent[0]), 403)["detail"]


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


# Making, changing, shutting out


def test_a_user_is_made_changed_and_moved(company):
    body = {
        "username": "eva",
        "first_name": "Eva",
        "email": "eva@example.com",
        "department": "sales",
        "manager": "ann",
        "teams": ["alpha"],
    }
    made = company.ask("POST", "users/", body)
    assert made.status_code == 201, made.content
    assert made["Location"].endswith("/api/v1/users/eva/")
    assert made.json().items() >= (body | {"state": "active", "roles": [], "rank": 0}).items()
    change = {"last_name": "Moss", "manager": None, "teams": [], "department": None}
    answer = company.ask("PATCH", "users/eva/", change)
    assert answer.status_code == 200
    assert answer.json() == made.json() | change


def test_what_was_read_can_be_sent_back_and_changes_nothing(company):
    shown = company.read("users/ann/")
    answer = company.ask("PATCH", "users/ann/", shown | {"last_name": "Li"})
    assert answer.status_code == 200
    assert answer.json() == shown | {"last_name": "Li"}
    stale = company.ask("PATCH", "users/ann/", {"last_name": "Lo"}, **{"If-Match": '"old"'})
    problem(stale, 412)


def test_a_new_user_name_is_a_new_address(company):
    answer = company.ask("PATCH", "users/ann/", {"username": "anna"})
    assert (answer.status_code, answer.json()["username"]) == (200, "anna")
    problem(company.ask("GET", "users/ann/"), 404)
    assert company.read("users/anna/") == answer.json()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"is_superuser": True}, "is_superuser"),
        ({"is_staff": True}, "is_staff"),
        ({"password": "x"}, "password"),
        ({"state": "active"}, "state"),
        ({"rank": 100}, "rank"),
        ({"roles": ["owner"]}, "roles"),
        ({"groups": [1]}, "groups"),
        ({"email": "nobody"}, "email"),
        ({"email": "Ann@Example.com"}, "email"),
        ({"username": ""}, "username"),
        ({"manager": "none"}, "manager"),
        ({"department": "none"}, "department"),
        ({"teams": ["none"]}, "teams"),
        ({"teams": "alpha"}, "teams"),
    ],
)
def test_what_cannot_be_set_of_a_user_is_refused_by_name(company, change, named):
    """Threat 3: no authority is supplied by the caller."""
    before = company.read("users/ben/")
    assert list(errors(company.ask("PATCH", "users/ben/", change))) == [named]
    assert company.read("users/ben/") == before
    body = {"username": "new", **change}
    assert list(errors(company.ask("POST", "users/", body))) == [named]
    problem(company.ask("GET", "users/new/"), 404)


def test_a_cycle_of_managers_is_refused(company):
    """R9."""
    assert list(errors(company.ask("PATCH", "users/ann/", {"manager": "ben"}))) == ["manager"]


def test_a_change_is_whole_or_not_at_all(boss):
    """D6a: who may edit users moves nobody to another team; then the name stays too."""
    before = boss.read("users/ben/")
    problem(boss.ask("PATCH", "users/ben/", {"last_name": "New", "teams": ["alpha"]}), 403)
    assert boss.read("users/ben/") == before
    assert boss.ask("PATCH", "users/ben/", {"last_name": "New"}).status_code == 200


def test_a_user_is_suspended_restored_and_deleted(boss):
    """R1, from the next request on."""
    eva = person("eva", "rep")
    assert boss.ask("POST", "users/eva/suspend/").json()["state"] == "suspended"
    problem(eva.ask("GET", "me/"), 401)
    problem(boss.ask("POST", "users/eva/suspend/"), 409)
    assert boss.ask("POST", "users/eva/restore/").json()["state"] == "active"
    problem(boss.ask("DELETE", "users/eva/"), 403)
    assert person("own", "owner").ask("DELETE", "users/eva/").status_code == 204
    problem(boss.ask("GET", "users/eva/"), 404)
    errors(boss.ask("POST", "users/ben/restore/", {"state": "active"}))


def test_nobody_administers_themselves_a_peer_or_somebody_above(boss):
    """D2, D3."""
    make_user("peer", make_role("peer2", level=60))
    for username in ("max", "peer", "olga", "ann"):
        problem(boss.ask("POST", f"users/{username}/suspend/"), 403)
        problem(boss.ask("PATCH", f"users/{username}/", {"email": "me@example.com"}), 403)
        assert boss.read(f"users/{username}/")["state"] == "active"


def test_the_last_owner_is_not_shut_out(company):
    """D7."""
    second = person("ute")
    give(second.user, "owner", valid_until="2126-01-01T00:00Z")
    problem(second.ask("POST", "users/olga/suspend/"), 409)
    assert second.ask("DELETE", "users/olga/").status_code in (403, 409)
    assert company.read("me/")["rank"] == 101


def test_whoever_waits_is_approved_with_roles_or_rejected(company):
    """D5, D12."""
    codes = "users.view roles.view users.approve contacts.view"
    approver = person("app", "user", make_role(level=60, permissions=codes))
    make_role("rep", level=10, permissions="contacts.view")
    for name in ("wim", "wes"):
        make_user(name, state="waiting")
    for body in ({"roles": ["owner"]}, {"roles": ["manager"]}):
        problem(approver.ask("POST", "users/wim/approve/", body), 403)
    for body in ({"roles": "rep"}, {"roles": ["none"]}, {"role": "rep"}):
        errors(approver.ask("POST", "users/wim/approve/", body))
    assert company.read("users/wim/")["state"] == "waiting"
    shown = approver.ask("POST", "users/wim/approve/", {"roles": ["rep"]}).json()
    assert (shown["state"], [held["role"] for held in shown["roles"]]) == ("active", ["rep"])
    assert approver.ask("POST", "users/wes/reject/").json()["state"] == "rejected"
    problem(approver.ask("POST", "users/wes/approve/", {}), 409)
    problem(
        with_role("vic", "users.view users.edit", level=90).ask("POST", "users/wim/reject/"), 403
    )


# Teams and departments


def test_teams_are_made_filled_renamed_and_deleted(company):
    made = company.ask("POST", "teams/", {"code": "beta", "name": "Beta", "members": ["ann"]})
    assert (made.status_code, made.json()) == (
        201,
        {"code": "beta", "name": "Beta", "members": ["ann"]},
    )
    answer = company.ask("PATCH", "teams/beta/", {"name": "Second", "members": ["ben"]})
    assert answer.json() == {"code": "beta", "name": "Second", "members": ["ben"]}
    assert [team["code"] for team in company.read("teams/")["results"]] == ["alpha", "beta"]
    assert company.ask("DELETE", "teams/beta/").status_code == 204
    problem(company.ask("GET", "teams/beta/"), 404)


def test_departments_form_a_tree(company):
    made = company.ask("POST", "departments/", {"code": "emea", "name": "EMEA", "parent": "sales"})
    assert made.json() == {"code": "emea", "name": "EMEA", "parent": "sales", "people": 0}
    assert company.read("departments/sales/")["people"] == 2
    assert list(errors(company.ask("PATCH", "departments/sales/", {"parent": "emea"}))) == [
        "parent"
    ]
    assert company.ask("PATCH", "departments/emea/", {"parent": None}).json()["parent"] is None
    problem(company.ask("DELETE", "departments/sales/"), 409)
    assert company.ask("DELETE", "departments/emea/").status_code == 204


@pytest.mark.parametrize("path", ["teams/alpha/", "departments/sales/"])
def test_a_team_and_a_department_are_sent_back_as_they_were_shown(company, path):
    """R17: sending back what stands is not writing it; a code never changes."""
    shown = company.read(path)
    answer = company.ask("PATCH", path, shown | {"name": "Renamed"})
    assert (answer.status_code, answer.json()) == (200, shown | {"name": "Renamed"})
    assert list(errors(company.ask("PATCH", path, shown | {"code": "other"}))) == ["code"]


def test_who_is_in_the_trash_is_no_member(company):
    """R26."""
    assert company.read("teams/alpha/")["members"] == ["ann"]
    assert company.ask("DELETE", "users/ann/").status_code == 204
    assert company.read("teams/alpha/")["members"] == []


def test_a_department_s_number_of_people_is_set_by_nobody(company):
    """Nothing that is sent is dropped in silence."""
    body = {"code": "new", "name": "New", "people": 9}
    for answer in (
        company.ask("PATCH", "departments/sales/", {"name": "Sold", "people": 9}),
        company.ask("POST", "departments/", body),
    ):
        assert errors(answer) == {"people": ["This is set by the server."]}
    assert company.read("departments/sales/")["name"] == "Sales"


def test_who_may_not_name_people_changes_a_team_and_names_no_members(company):
    """R16, R23: `members` is to them a name that does not exist."""
    hidden = {"users": {"username": "hidden"}}
    rights = "users.view groups.manage"
    blind = with_role("bly", rights, level=50, fields=hidden)
    answer = blind.ask("PATCH", "teams/alpha/", {"name": "First"})
    assert (answer.status_code, answer.json()) == (200, {"code": "alpha", "name": "First"})
    told = errors(blind.ask("PATCH", "teams/alpha/", {"members": []}))
    assert told == {"members": ["There is no field “members”."]}


def test_the_organisation_is_seen_with_users_view_and_changed_with_groups_manage(company):
    """D6a."""
    viewer = with_role("vic", "users.view", level=90)
    keeper = person("kim", make_role(permissions="users.view groups.manage", level=40))
    for path, body in (
        ("teams/", {"code": "x", "name": "X"}),
        ("departments/", {"code": "x", "name": "X"}),
    ):
        problem(Asker().ask("GET", path), 401)
        assert viewer.ask("GET", path).status_code == 200
        problem(viewer.ask("POST", path, body), 403)
        problem(viewer.ask("PATCH", f"{path}none/", {"name": "Y"}), 403)
        assert keeper.ask("POST", path, body).status_code == 201
        problem(keeper.ask("PATCH", f"{path}none/", {"name": "Y"}), 404)
        for wrong in ({"code": "y"}, {"name": ""}, {"boss": "ann"}):
            errors(keeper.ask("PATCH", f"{path}x/", wrong))
    problem(keeper.ask("PATCH", "teams/x/", {"members": ["ann"]}), 403)
    problem(keeper.ask("PATCH", "teams/x/", {"members": ["kim"]}), 403)
    make_user("low", "guest")
    assert keeper.ask("PATCH", "teams/x/", {"members": ["low"]}).json()["members"] == ["low"]


def test_who_may_only_move_people_moves_them(boss):
    """D6a: a department and teams need `groups.manage`; what else is sent is asked for as ever."""
    make_department("north")
    mover = with_role("mona", "users.view groups.manage", level=50)
    moved = mover.ask("PATCH", "users/ben/", {"department": "north"})
    assert moved.status_code == 200 and moved.json()["department"] == "north"
    for body in ({"email": "x@example.org"}, {"department": None, "manager": "mona"}):
        assert "Users: Edit" in problem(mover.ask("PATCH", "users/ben/", body), 403)["detail"]
    assert boss.read("users/ben/")["department"] == "north"
    viewer = with_role("vic", "users.view", level=50)
    problem(viewer.ask("PATCH", "users/ben/", {"department": None}), 403)


def test_no_name_is_too_odd_to_be_looked_for_in_the_trash(db):
    problem(person("olga", "owner").ask("POST", "users/a%00b/undelete/"), 404)


def test_who_may_make_people_and_view_none_is_told_that_it_is_done(boss):
    """R17: the answer shows no more than they may read of the new person, which is nothing."""
    maker = with_role("mae", "users.create", level=50)
    made = maker.ask("POST", "users/", {"username": "nina"})
    assert made.status_code == 201 and made.json() == {}
    assert boss.read("users/nina/")["username"] == "nina"
    assert errors(maker.ask("POST", "users/", {"username": "nina"})).keys() == {"username"}
