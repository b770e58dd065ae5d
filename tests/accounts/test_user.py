"""A person: what the database refuses, and how far each state lets them in (R1)."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.directory import OrganisationDirectory
from accounts.models import User
from roles import policy
from roles.core.vocabulary import Standing
from roles.directory import NullDirectory, get_directory
from tests.factories import make_user
from tests.roles.database import refused, store

pytestmark = pytest.mark.django_db

STANDINGS = {
    ("active", True): Standing.ACTIVE,
    ("waiting", True): Standing.WAITING,
    ("rejected", True): Standing.DENIED,
    ("suspended", True): Standing.DENIED,
    ("active", False): Standing.DENIED,
    ("waiting", False): Standing.DENIED,
    ("rejected", False): Standing.DENIED,
    ("suspended", False): Standing.DENIED,
}


def test_a_username_is_taken_in_any_case():
    store(User, username="Ann")
    with refused():
        store(User, username="ANN")
    assert store(User, username="Anne").pk


def test_an_address_is_taken_in_any_case_and_none_is_nobodys():
    store(User, username="a", email="ann@example.com")
    with refused():
        store(User, username="b", email="Ann@Example.com")
    store(User, username="c", email="")
    assert store(User, username="d", email="").pk


def test_there_is_no_other_state_than_the_four():
    with refused():
        store(User, username="a", state="sleeping")
    for number, state in enumerate(("active", "waiting", "rejected", "suspended")):
        assert store(User, username=f"u{number}", state=state).pk


def test_a_new_person_is_active_and_holds_nothing():
    user = User.objects.create_user("ann")
    assert (user.state, user.is_active, user.is_superuser) == ("active", True, False)
    assert user.get_all_permissions() == set()


@pytest.mark.parametrize(("state", "is_active"), STANDINGS)
def test_the_standing_of_a_person_and_the_queries_for_it_agree(state, is_active):
    user = make_user("ann", state=state, is_active=is_active)
    directory = get_directory()
    assert isinstance(directory, OrganisationDirectory)
    standing = directory.standing_of(user)
    assert standing is STANDINGS[state, is_active]
    active = User.objects.filter(directory.active_people()).exists()
    waiting = User.objects.filter(directory.waiting_people()).exists()
    assert (active, waiting) == (standing is Standing.ACTIVE, standing is Standing.WAITING)


def test_a_state_that_nothing_knows_is_denied():
    """R21: the column refuses one; a person in memory may have it all the same."""
    user = make_user("ann", "owner")
    assert policy.check(user, "contacts.view")
    user.state = "sleeping"
    assert get_directory().standing_of(user) is Standing.DENIED
    assert not policy.check(user, "contacts.view")


def test_without_a_directory_people_are_active_or_not(settings):
    settings.ROLES_DIRECTORY = "roles.directory.NullDirectory"
    directory = get_directory()
    assert isinstance(directory, NullDirectory)
    ann, ben = make_user("ann", "user", state="suspended"), make_user("ben", is_active=False)
    assert directory.standing_of(ann) is Standing.ACTIVE
    assert directory.standing_of(ben) is Standing.DENIED
    assert directory.standing_of(AnonymousUser()) is Standing.DENIED
    assert list(User.objects.filter(directory.active_people())) == [ann]
    assert not User.objects.filter(directory.waiting_people()).exists()
    assert isinstance(directory.active_people(), Q)
    assert ann.has_perm("contacts.view")
