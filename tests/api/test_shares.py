"""Shares under `{id}/shares/`: for whoever may edit the record (R19)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models.user import State
from crm.models import ContactShare
from tests.factories import make_role, make_team, make_user

from .people import MODELS, Asker, errors, make, named, person, problem, with_role

VIEW_AND_EDIT = "contacts.view contacts.edit"


@pytest.fixture
def ann(db):
    """Ann may view and edit contacts of her own, and owns one."""
    return with_role("ann", VIEW_AND_EDIT, code="sharer")


@pytest.fixture
def ben(ann):
    return person("ben", "sharer")


@pytest.fixture
def shares(ann):
    """The address of the shares of Ann's contact."""
    return f"contacts/{make('contacts', 'Lee', ann.user).pk}/shares/"


def record_of(shares):
    return shares.removesuffix("shares/")


@pytest.mark.parametrize("module", MODELS)
def test_every_record_module_can_share(olga, sam, module):
    record = make(module, "One", olga.user)
    path = f"{module}/{record.pk}/"
    problem(sam.ask("GET", path), 404)
    made = olga.ask("POST", f"{path}shares/", {"user": "sam", "give": "view"})
    assert made.status_code == 201
    assert sam.ask("GET", path).status_code == 200
    problem(sam.ask("PATCH", path, {}), 403)
    assert [row["user"] for row in olga.read(f"{path}shares/")["results"]] == ["sam"]
    assert olga.ask("DELETE", f"{path}shares/{made.json()['id']}/").status_code == 204
    problem(sam.ask("GET", path), 404)


def test_a_share_for_edit_lets_its_receiver_write_and_share_on(ann, ben, shares):
    cid = person("cid", "sharer")
    made = ann.ask("POST", shares, {"user": "ben", "give": "edit"})
    assert made.status_code == 201
    share = made.json()
    assert share == {
        "id": share["id"],
        "user": "ben",
        "team": None,
        "give": "edit",
        "given_by": "ann",
        "created_at": share["created_at"],
    }
    assert ben.ask("PATCH", record_of(shares), {"last_name": "Li"}).status_code == 200
    assert ben.ask("POST", shares, {"user": "cid", "give": "view"}).status_code == 201
    assert cid.names("contacts/") == ["Li"]


def test_of_several_shares_the_named_one_is_taken_back(ann, ben, shares):
    for name in ("cid", "dan"):
        person(name, "sharer")
    made = [ann.ask("POST", shares, {"user": n, "give": "view"}) for n in ("cid", "ben", "dan")]
    assert ann.ask("DELETE", f"{shares}{made[1].json()['id']}/").status_code == 204
    assert {share.user.username for share in ContactShare.objects.all()} == {"cid", "dan"}


def test_only_the_list_of_shares_is_turned_by_pages(ann, ben, shares):
    assert ann.ask("GET", f"{shares}?page=1").status_code == 200
    refused = ann.ask("POST", f"{shares}?page=1", {"user": "ben", "give": "view"})
    assert list(errors(refused)) == ["page"] and not ContactShare.objects.exists()


def test_sharing_again_changes_the_share(ann, ben, shares):
    first = ann.ask("POST", shares, {"user": "ben", "give": "edit"})
    again = ann.ask("POST", shares, {"user": "ben", "give": "view"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    problem(ben.ask("PATCH", record_of(shares), {}), 403)


def test_a_team_is_named_by_its_code(ann, ben, shares):
    team = make_team("alpha", ben.user)
    made = ann.ask("POST", shares, {"team": "alpha", "give": "view"})
    assert made.status_code == 201
    assert (made.json()["user"], made.json()["team"]) == (None, "alpha")
    assert ben.names("contacts/") == ["Lee"]
    team.members.clear()
    assert ben.names("contacts/") == []


def test_order_of_answers(ann, ben, shares):
    """R23: not signed in 401, not in view reach 404, in view and not for edit 403."""
    body = {"user": "ann", "give": "view"}
    dan = with_role("dan", "leads.view")
    for method in ("GET", "POST"):
        problem(Asker().ask(method, shares, body), 401)
        problem(dan.ask(method, shares, body), 403)
        problem(ben.ask(method, shares, body), 404)
        problem(ann.ask(method, "contacts/999999/shares/", body), 404)
    share = ann.ask("POST", shares, {"user": "ben", "give": "view"}).json()["id"]
    for method, path in (("GET", shares), ("POST", shares), ("DELETE", f"{shares}{share}/")):
        problem(ben.ask(method, path, body), 403)
    assert ContactShare.objects.get().user == ben.user


def test_nobody_shut_out_shares(ann, shares):
    """R1."""
    ann.user.state = State.SUSPENDED
    ann.user.save()
    problem(ann.ask("POST", shares, {"user": "ann", "give": "view"}), 401)


def test_a_share_of_another_record_is_not_found(ann, ben, shares):
    other = make("contacts", "Other", ben.user)
    theirs = ContactShare.objects.create(record=other, user=ann.user)
    problem(ann.ask("DELETE", f"{shares}{theirs.pk}/"), 404)
    problem(ann.ask("DELETE", f"{shares}{10**17}/"), 404)
    assert ContactShare.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"give": "view"}, "user"),
        ({"user": "ben"}, "give"),
        ({"user": "ben", "team": "alpha", "give": "view"}, "user"),
        ({"user": "ben", "give": "delete"}, "give"),
        ({"user": "ben", "give": "*"}, "give"),
        ({"user": "nobody", "give": "view"}, "user"),
        ({"user": {"username": "ben"}, "give": "view"}, "user"),
        ({"user": ["ben"], "give": "view"}, "user"),
        ({"user": "ben\x00", "give": "view"}, "user"),
        ({"team": "nobody", "give": "view"}, "team"),
        ({"user": "ben", "give": "view", "given_by": "ben"}, "given_by"),
        ({"user": "ben", "give": "view", "id": 1}, "id"),
        ({"user": "ben", "give": "view", "record": 1}, "record"),
        ([], "non_field_errors"),
    ],
)
def test_what_is_no_share_is_refused_by_name(ann, ben, shares, body, named):
    make_team("alpha")
    assert list(errors(ann.ask("POST", shares, body))) == [named]
    assert not ContactShare.objects.exists()


def test_parameters_that_mean_nothing_are_refused(ann, ben, shares):
    errors(ann.ask("GET", f"{shares}?give=view"))
    errors(ann.ask("GET", f"{shares}?ordering=user"))
    errors(ann.ask("POST", f"{shares}?page=1", {"user": "ben", "give": "view"}))
    problem(ann.ask("PATCH", shares, {}), 405)
    assert ann.ask("GET", f"{shares}?page=1&page_size=1").status_code == 200


def test_who_shared_it_is_told_to_who_may_view_people(ann, ben, shares):
    """R24: a giver out of sight is "no access"; the receiver is named to who can take it back."""
    ann.ask("POST", shares, {"user": "ben", "give": "edit"})
    row = ben.read(shares)["results"][0]
    assert (row["user"], row["given_by"]) == ("ben", "no access")
    eva = with_role("eva", f"{VIEW_AND_EDIT} users.view", records={"contacts": "all"})
    assert eva.read(shares)["results"][0]["given_by"] == "ann"


def test_a_list_of_shares_costs_the_same_for_one_and_many(ann, shares):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert ann.ask("GET", shares).status_code == 200
        return len(asked)

    ann.ask("POST", shares, {"user": make_user("x").username, "give": "view"})
    one = queries()
    for number in range(5):
        ann.ask("POST", shares, {"user": make_user(f"x{number}").username, "give": "view"})
        ann.ask("POST", shares, {"team": make_team(f"t{number}").code, "give": "view"})
    assert len(ann.read(shares)["results"]) == 11
    assert queries() == one


def test_a_new_record_can_be_shared_at_once(olga, sam):
    made = olga.ask("POST", "contacts/", named("contacts", "New"))
    path = f"contacts/{made.json()['id']}/"
    assert olga.ask("POST", f"{path}shares/", {"user": "sam", "give": "view"}).status_code == 201
    assert sam.names("contacts/") == ["New"]
    assert olga.ask("DELETE", path).status_code == 204
    assert sam.names("contacts/") == []
    assert olga.ask("POST", f"{path}restore/").status_code == 200
    assert sam.names("contacts/") == ["New"]


def test_a_share_opens_a_reference_to_the_record_as_well(ann, ben):
    """R24: what may be viewed by a share may be chosen and seen in another record."""
    role = make_role(permissions="accounts.view accounts.edit contacts.view contacts.edit")
    eva, fay = person("eva", role), person("fay", role)
    account = make("accounts", "Initech", eva.user)
    contact = make("contacts", "Lee", fay.user)
    path = f"contacts/{contact.pk}/"
    errors(fay.ask("PATCH", path, {"account": account.pk}))
    eva.ask("POST", f"accounts/{account.pk}/shares/", {"user": "fay", "give": "view"})
    assert fay.ask("PATCH", path, {"account": account.pk}).json()["account"] == account.pk
