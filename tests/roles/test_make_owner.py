"""`manage.py make_owner USERNAME`: the first Owner of a new installation, and only the first."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roles import policy
from roles.models import AuditEntry, RoleAssignment
from tests.factories import fetch, give, make_user

pytestmark = pytest.mark.django_db


def make_owner(username):
    out = StringIO()
    call_command("make_owner", username, stdout=out)
    return out.getvalue()


def owners():
    held = RoleAssignment.objects.filter(role__code="owner")
    return set(held.values_list("user__username", flat=True))


def test_it_makes_the_first_owner_and_says_so():
    ann = make_user("ann")
    assert not fetch(ann).has_perm("roles.edit")
    assert make_owner("ann") == "ann is Owner now.\n"
    assert owners() == {"ann"}
    assert fetch(ann).has_perm("roles.edit")
    assert policy.is_owner(fetch(ann))


def test_the_log_says_that_the_system_did_it():
    make_user("ann")
    make_owner("ann")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == (None, "role.assigned")
    assert (entry.subject_name, entry.beside_name) == ("Owner", "ann")
    assert entry.changes == [{"field": "role", "old": None, "new": "owner"}]


def test_it_works_once():
    make_user("ann")
    make_user("ben")
    make_owner("ann")
    for username in ("ben", "ann"):
        with pytest.raises(CommandError, match="ann is Owner already"):
            make_owner(username)
    assert owners() == {"ann"}


def test_it_does_not_work_where_an_owner_is_suspended_or_has_not_begun():
    """Whoever holds the role can be brought back; the command is no way around them."""
    make_user("ben")
    give(make_user("ann", state="suspended"), "owner", valid_from=datetime(2999, 1, 1, tzinfo=UTC))
    with pytest.raises(CommandError, match="ann is Owner already"):
        make_owner("ben")
    assert owners() == {"ann"}


@pytest.mark.parametrize("username", ["nobody", "", "ANN", "ann "])
def test_it_refuses_a_name_that_is_nobodys(username):
    make_user("ann")
    with pytest.raises(CommandError, match="There is no user"):
        make_owner(username)
    assert owners() == set()


@pytest.mark.parametrize(
    "values",
    [{"is_active": False}, {"state": "waiting"}, {"state": "suspended"}, {"state": "rejected"}],
)
def test_it_refuses_whoever_could_not_act(values):
    """R1, D7: an Owner who may not come in would lock everybody out."""
    make_user("ann", **values)
    with pytest.raises(CommandError, match="ann is not active"):
        make_owner("ann")
    assert owners() == set()
    assert not AuditEntry.objects.exists()


def test_it_wants_a_name():
    with pytest.raises(CommandError, match="required: username"):
        call_command("make_owner")
