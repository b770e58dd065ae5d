"""A limited token in the wrong hands: it gives nobody what it does not name (R20a, D4, threat 4).

Each refusal has its twin: the same request with a token that names what is given.
"""

from secrets import token_hex

import pytest
from django.test import Client

from accounts.models import User
from crm.models import Contact
from roles.core.limits import Limit
from roles.core.specs import RoleSpec
from roles.models import RoleAssignment, RoleGrant
from roles.services.installation import install_role
from roles.services.tokens import create_token

from .conftest import owner, person

pytestmark = pytest.mark.django_db
ADMINISTERS = "users.view users.edit users.create users.delete users.invite roles.view roles.edit"


class Program:
    """Whoever holds a token of an Owner, limited to some permissions."""

    def __init__(self, user, permissions):
        limit = None if permissions is None else Limit(frozenset(permissions.split()))
        _token, secret = create_token(acting_user=user, name=token_hex(4), limit=limit)
        self._client = Client(raise_request_exception=False)
        self._headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, method, path, body=None):
        """Give the status of the answer."""
        answer = getattr(self._client, method.lower())(
            f"/api/v1/{path}",
            data=body if body is not None else "",
            content_type="application/json",
            headers=self._headers,
        )
        return answer.status_code


@pytest.fixture
def olga(db):
    return owner()


@pytest.fixture
def seller(db):
    """A role of one permission."""
    return install_role(
        RoleSpec(code="seller", name="Seller", level=10, permissions=frozenset({"deals.view"}))
    )


def test_it_gives_nobody_a_role_of_what_it_does_not_name(olga, seller):
    ben = person("ben")
    give = ("POST", "users/ben/roles/", {"role": "seller"})
    assert Program(olga, ADMINISTERS).ask(*give) == 403
    assert not RoleAssignment.objects.filter(user=ben).exists()
    assert Program(olga, f"{ADMINISTERS} deals.view").ask(*give) == 201


@pytest.mark.parametrize("role", ["owner", "administrator"])
def test_it_makes_nobody_an_owner_or_administrator(olga, role):
    person("ben")
    give = ("POST", "users/ben/roles/", {"role": role})
    assert Program(olga, ADMINISTERS).ask(*give) == 403
    assert Program(olga, None).ask(*give) == 201


def test_it_ticks_no_cell_that_it_does_not_name(olga, seller):
    tick = ("PATCH", "roles/seller/matrix/", {"grant": ["deals.export"]})
    assert Program(olga, f"{ADMINISTERS} deals.view").ask(*tick) == 403
    assert not RoleGrant.objects.filter(role__code="seller", permission="deals.export").exists()
    assert Program(olga, f"{ADMINISTERS} deals.view deals.export").ask(*tick) == 200


def test_it_invites_nobody_to_a_role_of_what_it_does_not_name(olga, seller):
    invite = ("POST", "invitations/", {"email": "x@example.com", "role": "seller"})
    assert Program(olga, ADMINISTERS).ask(*invite) == 403
    assert Program(olga, f"{ADMINISTERS} deals.view").ask(*invite) == 201


def test_it_administers_nobody_without_the_permission(olga):
    person("ben", "user")
    for method, path, body in (
        ("POST", "users/ben/suspend/", {}),
        ("PATCH", "users/ben/", {"first_name": "B"}),
        ("DELETE", "users/ben/", None),
    ):
        assert Program(olga, "users.view roles.view").ask(method, path, body) == 403
    assert User.objects.get(username="ben").state == "active"
    assert Program(olga, "users.view users.edit").ask("POST", "users/ben/suspend/", {}) == 200


def test_it_opens_no_record_to_others_without_edit(olga):
    contact = Contact.objects.create(last_name="Lee", owner=olga)
    person("ben", "user")
    share = ("POST", f"contacts/{contact.pk}/shares/", {"user": "ben", "give": "view"})
    assert Program(olga, "contacts.view").ask(*share) == 403
    assert Program(olga, "contacts.view contacts.edit").ask(*share) == 201


def test_it_reads_no_more_of_the_log_than_it_names(olga):
    Contact.objects.create(last_name="Lee", owner=olga)
    assert Program(olga, "contacts.view").ask("GET", "activities/") == 403
    assert Program(olga, "activities.view").ask("GET", "activities/") == 200


def test_the_token_of_whoever_was_deleted_is_worth_nothing(olga):
    ann = person("ann", "owner")
    program = Program(ann, None)
    assert program.ask("GET", "me/") == 200
    whole = Program(olga, None)
    assert whole.ask("DELETE", "users/ann/") == 204
    assert program.ask("GET", "me/") == 401
