"""Who may change roles and who holds them: who has the permission for it right now (D1, R1, R2)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from roles import policy
from roles.core import clock
from roles.core.changes import RoleChanges
from roles.core.errors import Refused
from roles.core.specs import RoleSpec
from roles.models import AuditEntry, Role, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from roles.services.role import change_role, create_role, delete_role
from tests.factories import fetch, give, make_role, make_user, role_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(1)


ACTORS = {
    "anonymous": lambda: AnonymousUser(),
    "nobody": lambda: None,
    "without a role": lambda: fetch(make_user()),
    "manager": lambda: fetch(make_user("", "manager")),
    "administrator of tomorrow": lambda: _for_a_time("administrator", valid_from=NOW + DAY),
    "staff": lambda: fetch(make_user("", "manager", is_staff=True)),
    "waiting owner": lambda: make_user("", "owner", state="waiting"),
    "suspended owner": lambda: make_user("", "owner", state="suspended"),
    "rejected owner": lambda: make_user("", "owner", state="rejected"),
    "deactivated owner": lambda: make_user("", "owner", is_active=False),
    "suspended superuser": lambda: make_user("", is_superuser=True, state="suspended"),
    "waiting superuser": lambda: make_user("", is_superuser=True, state="waiting"),
    "deactivated superuser": lambda: make_user("", is_superuser=True, is_active=False),
    "owner of yesterday": lambda: _for_a_time("owner", valid_until=NOW),
    "owner of tomorrow": lambda: _for_a_time("owner", valid_from=NOW + DAY),
}


def _for_a_time(role, **moments):
    user = make_user()
    give(user, role, **moments)
    return fetch(user)


MAY = {
    "owner": lambda: fetch(make_user("", "owner")),
    "owner fetched in any way": lambda: make_user("", "owner"),
    "superuser": lambda: fetch(make_user("", is_superuser=True)),
    "owner until tomorrow": lambda: _for_a_time("owner", valid_until=NOW + DAY),
    "administrator": lambda: fetch(make_user("", "administrator")),
}


def do_everything(actor, rep, ann):
    """Give each service with its name, ready to be called."""
    return {
        "create": lambda: create_role(acting_user=actor, wanted=RoleSpec(code="", name="New")),
        "change": lambda: change_role(
            acting_user=actor, role=rep, changes=RoleChanges(granted=frozenset({"deals.view"}))
        ),
        "assign": lambda: assign_role(acting_user=actor, user=ann, role=rep),
        "unassign": lambda: unassign_role(acting_user=actor, user=ann, role=role_of("guest")),
        "delete": lambda: delete_role(acting_user=actor, role=role_of("spare")),
    }


@pytest.fixture
def rep(db):
    make_role("spare")
    return make_role("rep", permissions="leads.view")


@pytest.fixture
def ann(rep):
    return make_user("ann", "guest")


def state():
    return (
        set(Role.objects.values_list("code", "name")),
        set(role_of("rep").grants.values_list("permission_id", flat=True)),
        set(RoleAssignment.objects.values_list("user__username", "role__code")),
    )


@pytest.mark.parametrize("kind", ACTORS)
def test_whoever_has_no_permission_for_it_right_now_changes_nothing(rep, ann, kind):
    with clock.moment(NOW):
        actor = ACTORS[kind]()
        before, entries = state(), AuditEntry.objects.count()
        for name, attempt in do_everything(actor, rep, ann).items():
            with pytest.raises(Refused, match="D1"):
                attempt()
            assert (state(), AuditEntry.objects.count()) == (before, entries), name


@pytest.mark.parametrize("kind", MAY)
def test_whoever_has_the_permissions_and_covers_the_roles_may_do_all_of_it(rep, ann, kind):
    with clock.moment(NOW):
        actor = MAY[kind]()
        for attempt in do_everything(actor, rep, ann).values():
            attempt()
    roles, grants, held = state()
    assert ("new", "New") in roles and ("spare", "Spare") not in roles
    assert grants == {"leads.view", "deals.view"}
    assert {code for name, code in held if name == "ann"} == {"rep"}


def test_a_user_who_becomes_administrator_may_from_the_next_request_on(rep, ann):
    user = make_user("adm", "user")
    attempt = do_everything(fetch(user), rep, ann)["change"]
    with pytest.raises(Refused):
        attempt()
    give(user, "administrator")
    with pytest.raises(Refused):  # the request that began before keeps its answers
        attempt()
    assert do_everything(fetch(user), rep, ann)["change"]()


def test_an_owner_who_lost_the_role_since_the_request_began_changes_nothing(rep, ann):
    """Threat 17: what they were when they were fetched is looked at again before the write."""
    user = make_user("otto", "owner")
    actor = fetch(user)
    assert policy.is_owner(actor)
    user.role_assignments.all().delete()
    before = state()
    for name, attempt in do_everything(actor, rep, ann).items():
        with pytest.raises(Refused, match="D1"):
            attempt()
        assert state() == before, name
