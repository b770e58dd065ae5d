"""What an open session is worth, and which backend it names (R1, R28)."""

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, get_user
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from rbac_site.backends import SiteBackend
from roles.models.versions import STAMP_ATTRIBUTE, VERSION_ATTRIBUTE
from tests.factories import give

pytestmark = pytest.mark.django_db

OURS = "rbac_site.backends.SiteBackend"
OUT = [{"is_active": False}, {"state": "suspended"}, {"state": "rejected"}]


@pytest.fixture(autouse=True)
def _no_throttle_of_the_test_before():
    cache.clear()


def person(*roles, **values):
    user = User.objects.create_user("ann", "ann@example.com", password="demo", **values)
    for role in roles:
        give(user, role)
    return user


def sign_in(login="ann", password="demo"):
    client = Client()
    client.post("/auth/login/", {"login": login, "password": password})
    return client


def who(client):
    """Give whom the next request of the session would have."""

    class Request:
        session = client.session

    return get_user(Request())


@pytest.mark.parametrize("login", ["ann", "ann@example.com"])
def test_a_session_names_the_one_backend_and_brings_the_versions(login):
    """Another backend's `get_user` would know nothing of the policy version (stack.md)."""
    user = person("user")
    client = sign_in(login)
    assert client.session[SESSION_KEY] == str(user.pk)
    assert client.session[BACKEND_SESSION_KEY] == OURS
    found = who(client)
    assert hasattr(found, VERSION_ATTRIBUTE)
    assert hasattr(found, STAMP_ATTRIBUTE)
    assert found.has_perm("contacts.view") and not found.has_perm("contacts.delete")


def test_a_session_that_was_opened_without_the_form_is_no_different():
    client, user = Client(), person("user")
    client.force_login(user)
    assert client.session[BACKEND_SESSION_KEY] == OURS
    assert hasattr(who(client), VERSION_ATTRIBUTE)


def test_whoever_waits_may_come_in_and_has_their_profile_alone():
    person("owner", state="waiting")
    assert who(sign_in()).get_all_permissions() == {"profile.view"}


@pytest.mark.parametrize("values", OUT)
def test_whoever_is_out_is_authenticated_by_no_password_and_fetched_by_no_session(values):
    user, backend = person("owner", **values), SiteBackend()
    assert backend.authenticate(None, username="ann", password="demo") is None
    assert backend.get_user(user.pk) is None
    assert not who(sign_in()).is_authenticated
    User.objects.update(is_active=True, state="active")
    assert backend.authenticate(None, username="ann", password="demo") == user
    assert backend.get_user(user.pk) == user


@pytest.mark.parametrize("values", [*OUT, {"state": "waiting"}])
def test_an_open_session_is_worth_nothing_from_the_next_request_on(values):
    user = person("owner")
    client = sign_in()
    assert who(client).has_perm("roles.edit")
    assert client.get("/roles/role/").status_code == 200
    User.objects.filter(pk=user.pk).update(**values)
    assert not who(client).has_perm("roles.edit")
    assert client.get("/roles/role/").status_code in (302, 403)


def test_a_role_that_is_taken_back_is_gone_from_the_open_session():
    user = person("owner")
    client = sign_in()
    assert client.get("/roles/role/").status_code == 200
    user.role_assignments.all().delete()
    assert client.get("/roles/role/").status_code == 403
    give(user, "owner")
    assert client.get("/roles/role/").status_code == 200


def test_the_session_of_a_deleted_person_is_nobodys():
    user = person()
    client = sign_in()
    assert who(client).is_authenticated
    user.delete()
    assert not who(client).is_authenticated


def test_a_changed_password_ends_the_session():
    user = person()
    client = sign_in()
    assert who(client).is_authenticated
    user.set_password("another")
    user.save()
    assert not who(client).is_authenticated
    assert who(sign_in(password="another")).is_authenticated
