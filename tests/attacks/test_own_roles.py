"""A role of one's own that gives nothing yet: nobody fills it for themselves (D2, D4, threat 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from roles.core.changes import RoleChanges
from roles.core.errors import Refused
from roles.services.role import change_role
from tests.factories import fetch, give, give_second_factor, make_role, make_user

pytestmark = pytest.mark.django_db
DEFINES = "roles.view roles.edit privileges.define"


@pytest.fixture
def ann():
    """Somebody who may define privileges, for others."""
    return make_user("ann", make_role("definer", level=50, permissions=DEFINES))


def resting(ann):
    role = make_role("vault", level=20, second_factor=True)
    give(ann, role)
    return role


def later(ann):
    role = make_role("later", level=20)
    give(ann, role, valid_from=timezone.now() + timedelta(days=1))
    return role


def below_one_that_rests(ann):
    base = make_role("below", level=10)
    give(ann, make_role("vault", level=20, base="below", second_factor=True))
    return base


def name_in(role, acting_user):
    changes = RoleChanges(privileges_added=frozenset({"vault.open"}))
    change_role(acting_user=fetch(acting_user), role=role, changes=changes)


@pytest.mark.parametrize("theirs", [resting, later, below_one_that_rests])
def test_nobody_names_a_privilege_in_a_role_of_theirs_that_counts_later(ann, theirs):
    """D2: setting up a second factor, or a day's wait, would have given it to them."""
    with pytest.raises(Refused, match="D2"):
        name_in(theirs(ann), ann)
    give_second_factor(ann)
    assert not fetch(ann).has_perm("vault.open")


def test_who_asks_no_more_for_a_second_factor_gives_themselves_nothing(ann):
    """The role rests for Ann, who covers the rest of it: to let it count is to give it to her."""
    role = make_role("vault", level=20, second_factor=True, privileges="vault.open")
    give(ann, role)
    with pytest.raises(Refused, match="D2"):
        change_role(
            acting_user=fetch(ann),
            role=role,
            changes=RoleChanges(values={"second_factor": (True, False)}),
        )


def test_whoever_may_define_privileges_names_them_in_roles_of_others(ann):
    """The twin, with a role that was hers and has ended."""
    role = make_role("vault", level=20, second_factor=True)
    give(ann, role, valid_until=timezone.now() - timedelta(days=1))
    ben = make_user("ben", role)
    give_second_factor(ben)
    name_in(role, ann)
    assert fetch(ben).has_perm("vault.open") and not fetch(ann).has_perm("vault.open")


def test_what_stands_on_a_role_of_hers_is_not_hers(ann):
    """D2 speaks of roles that she holds; the heir is Ben's, and she defines privileges for him."""
    role = make_role("vault", level=10, second_factor=True)
    ben = make_user("ben", make_role("heir", level=20, base="vault", privileges="vault.open"))
    give(ann, role)
    changes = RoleChanges(values={"second_factor": (True, False)})
    change_role(acting_user=fetch(ann), role=role, changes=changes)
    assert fetch(ben).has_perm("vault.open") and not fetch(ann).has_perm("vault.open")


def test_to_take_from_her_role_what_its_base_gives_is_no_giving(ann):
    """And to name it there, so that it would stay when the base loses it, is (D2)."""
    make_role("below", level=5, privileges="vault.open")
    role = make_role("vault", level=20, base="below", second_factor=True, privileges="vault.open")
    give(ann, role)
    changes = RoleChanges(privileges_removed=frozenset({"vault.open"}))
    change_role(acting_user=fetch(ann), role=role, changes=changes)
    assert not role.privilege_grants.exists()
    with pytest.raises(Refused, match="D2"):
        name_in(role, ann)
