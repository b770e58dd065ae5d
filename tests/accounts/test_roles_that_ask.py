"""A role that asks for a second factor rests, in every door, until its holder has set one up."""

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from crm.models import Contact
from roles import policy
from roles.core.changes import RoleChanges
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry, Role
from roles.services.role import change_role
from tests.factories import fetch, give, give_second_factor, make_role, make_user

from .test_invitation_pages import words
from .test_second_factor import is_in, turn_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


@pytest.fixture
def vault():
    return make_role(
        "vault",
        level=40,
        second_factor=True,
        permissions="contacts.view contacts.edit roles.view",
        privileges="vault.open",
        records={"contacts": "all"},
    )


@pytest.fixture
def ann(vault):
    user = make_user("ann", vault, "user", email="ann@x.org")
    user.set_password("demo")
    user.save()
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", ["roles.view", "vault.open", "roles.view_role", "no.such"])
def test_it_gives_nothing_until_there_is_one_and_all_of_it_at_once_then(ann, name):
    known = name != "no.such"
    assert not fetch(ann).has_perm(name)
    assert not async_to_sync(fetch(ann).ahas_perm)(name)
    give_second_factor(ann)
    assert fetch(ann).has_perm(name) is known
    assert async_to_sync(fetch(ann).ahas_perm)(name) is known


def test_records_lists_and_holders_agree(ann):
    theirs = Contact.objects.create(last_name="Wolf", owner=make_user("ben"))
    assert not fetch(ann).has_perm("contacts.edit", theirs)
    assert list(Contact.objects.accessible_by(fetch(ann), "view")) == []
    assert ann not in policy.holders("roles.view")
    assert signed_in(ann).get(f"/api/v1/contacts/{theirs.pk}/").status_code == 404
    give_second_factor(ann)
    assert fetch(ann).has_perm("contacts.edit", theirs)
    assert list(Contact.objects.accessible_by(fetch(ann), "view")) == [theirs]
    assert ann in policy.holders("roles.view")
    assert signed_in(ann).get(f"/api/v1/contacts/{theirs.pk}/").status_code == 200


def test_what_stands_on_it_asks_too(vault):
    make_role("heir", base=vault, permissions="leads.view")
    hal, hob = make_user("hal", "heir"), make_user("hob", "heir")
    give_second_factor(hal)
    assert fetch(hal).has_perm("leads.view") and not fetch(hob).has_perm("leads.view")


def test_it_does_not_carry_its_level_while_it_rests(ann):
    assert policy.access_for(fetch(ann)).rank == 10
    give_second_factor(ann)
    assert policy.access_for(fetch(ann)).rank == 40


def test_taking_the_second_factor_off_lets_it_rest_again_at_once(ann):
    factor = give_second_factor(ann)
    assert fetch(ann).has_perm("roles.view")
    factor.delete()
    assert not fetch(ann).has_perm("roles.view")
    give_second_factor(ann)
    call_command("remove_second_factor", "ann")
    assert not fetch(ann).has_perm("roles.view")


def test_the_person_and_their_factor_can_be_deleted_together(ann):
    give_second_factor(ann)
    User.objects.filter(pk=ann.pk).delete()
    assert not User.objects.filter(pk=ann.pk).exists()


@pytest.mark.parametrize("values", [{"is_active": False}, {"state": "suspended"}])
def test_a_second_factor_lets_nobody_in_who_is_out(ann, values):
    give_second_factor(ann)
    User.objects.filter(pk=ann.pk).update(**values)
    assert fetch(ann) is None
    assert not User.objects.get(pk=ann.pk).has_perm("roles.view")


def test_it_costs_no_query(ann, django_assert_num_queries):
    give_second_factor(ann)
    fetch(ann).has_perm("roles.view")
    with django_assert_num_queries(1):
        assert fetch(ann).has_perm("roles.view")
    give_second_factor(make_user("ben"))
    factor = ann.authenticator_set.get()
    factor.save()
    with django_assert_num_queries(2):  # the person, and the one statement that fills the cache
        assert fetch(ann).has_perm("roles.view")


def test_the_reason_names_the_way_out(ann):
    decision = policy.check(fetch(ann), "roles.view")
    assert decision.because == "Vault gives roles.view only with a second factor, not set up yet."
    answer = signed_in(ann).get("/api/v1/roles/")
    assert answer.status_code == 403
    assert "once you have set up a second factor" in answer.json()["detail"]
    give_second_factor(ann)
    assert signed_in(ann).get("/api/v1/roles/").status_code == 200


# Signing in


def test_signing_in_leads_to_where_it_is_set_up_and_the_role_works_from_there_on(ann):
    client = Client()
    answer = client.post("/auth/login/", {"login": "ann", "password": "demo"})
    assert is_in(client) and answer.url == "/auth/second-factor/"
    assert "Vault asks for it, and gives you nothing" in words(client.get(answer.url))
    page = words(client.get("/"))
    assert (
        "Vault asks for a second factor." in page and client.get("/roles/role/").status_code == 403
    )
    turn_on(client)
    assert "asks for a second factor" not in words(client.get("/"))
    assert client.get("/roles/role/").status_code == 200


def test_whoever_has_nothing_else_may_set_it_up_too(vault):
    user = User.objects.create_user("eve", "eve@x.org", "demo")
    give(user, vault)
    client = Client()
    client.post("/auth/login/", {"login": "eve", "password": "demo"})
    assert client.get("/").status_code == 200 and client.get("/profile/").status_code == 403
    turn_on(client)
    assert client.get("/roles/role/").status_code == 200


def test_turning_it_off_says_what_goes_with_it(ann):
    client = Client()
    client.post("/auth/login/", {"login": "ann", "password": "demo"})
    turn_on(client)
    assert "Vault" in words(client.get("/auth/second-factor/off/"))


# Asking for it


def asks(role, asked):
    return {
        "role": role,
        "changes": RoleChanges(values={"second_factor": (not asked, asked)}),
    }


@pytest.fixture
def manager():
    make_role(
        "chief",
        level=60,
        permissions="roles.view roles.edit contacts.view",
        records={"contacts": "team"},
    )
    return make_user("mia", "chief")


@pytest.mark.parametrize("asked", [True, False])
def test_who_has_all_that_a_role_gives_decides_whether_it_asks(manager, asked):
    role = make_role("rep", second_factor=not asked, permissions="contacts.view")
    change_role(acting_user=manager, **asks(role, asked))
    role.refresh_from_db()
    assert role.second_factor is asked
    entry = AuditEntry.objects.get(action="role.changed")
    assert entry.changes == [{"field": "second_factor", "old": not asked, "new": asked}]


@pytest.mark.parametrize("asked", [True, False])
def test_nobody_opens_or_closes_so_what_they_do_not_have_themselves(manager, asked):
    role = make_role("rep", second_factor=not asked, permissions="contacts.view deals.view")
    with pytest.raises(Refused, match="View on Deals"):
        change_role(acting_user=manager, **asks(role, asked))
    role.refresh_from_db()
    assert role.second_factor is not asked


def test_it_reaches_what_stands_on_the_role(manager):
    role = make_role("rep", permissions="contacts.view")
    make_role("heir", base=role, privileges="app.heir")
    with pytest.raises(Refused, match=r"app[.]heir"):
        change_role(acting_user=manager, **asks(role, True))


def test_an_owner_may_ask_it_of_owner_too():
    olga = make_user("olga", "owner")
    change_role(acting_user=olga, **asks(Role.objects.get(code="owner"), True))
    assert not fetch(olga).has_perm("roles.view")
    give_second_factor(olga)
    assert fetch(olga).has_perm("roles.view")


def test_a_project_that_knows_of_none_cannot_ask_for_it(settings):
    settings.ROLES_DIRECTORY = "roles.directory.NullDirectory"
    olga = make_user("olga", "owner")
    role = make_role("rep", permissions="contacts.view")
    with pytest.raises(Invalid, match="Nobody can set up a second factor here"):
        change_role(acting_user=olga, **asks(role, True))
    page = signed_in(olga).get(f"/roles/role/{role.pk}/change/").content.decode()
    assert 'id="id_second_factor"' not in page


# What is said of a role that rests


def test_the_explanation_says_which_role_rests(ann):
    said = " ".join(policy.explain(fetch(ann), "roles.view").reasons)
    assert "Vault gives nothing: it asks for a second factor, not set up yet." in said
    give_second_factor(ann)
    assert "Vault gives roles.view" in " ".join(policy.explain(fetch(ann), "roles.view").reasons)


def test_the_person_and_their_administrator_see_which_role_rests(ann):
    olga = signed_in(make_user("olga", "owner"))
    url = f"/accounts/user/{ann.pk}/change/"
    mine = signed_in(ann).get("/api/v1/me/").json()
    assert [role["code"] for role in mine["resting"]] == ["vault"]
    assert "gives you nothing until you have one" in words(signed_in(ann).get("/profile/"))
    assert "Rests: no second factor yet" in words(olga.get(url))
    assert olga.get("/api/v1/users/ann/access/").json()["resting"][0]["code"] == "vault"
    give_second_factor(ann)
    assert signed_in(ann).get("/api/v1/me/").json()["resting"] == []
    assert "gives you nothing until you have one" not in words(signed_in(ann).get("/profile/"))
    assert "Rests" not in words(olga.get(url))
