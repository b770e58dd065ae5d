"""What a limit leaves of an access: never more, and within it the same (R20a). No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.core.access import NO_ACCESS, Access, WaitingAccess
from roles.core.limits import Limit, limited

from .test_compile import CATALOGUE, compiled, role

ALIASES = CATALOGUE.aliases
CODES = sorted(CATALOGUE.permissions)
PRIVILEGES = ("app.crm", "report.export")


def limit(permissions="", privileges=""):
    return Limit(frozenset(permissions.split()), frozenset(privileges.split()))


def access():
    """One wide role that views all contacts, one narrow that edits; an implied permission."""
    wide = role("wide", "", "contacts.view log.view", "app.crm", {"contacts": {"*": "all"}})
    narrow = role("narrow", "", "contacts.view contacts.edit", level=30)
    return Access([compiled("wide", wide), compiled("narrow", narrow)], ALIASES)


def owner():
    return Access([compiled("owner", role("owner", level=100), named=PRIVILEGES)], ALIASES)


def test_a_limit_leaves_what_it_names_and_django_s_name_of_it():
    left = limited(access(), limit("contacts.view leads.view", "app.crm report.export"), ALIASES)
    assert left.codes == {"contacts.view"}
    assert left.privileges == {"app.crm"}
    assert left.names == {"contacts.view", "crm.view_contact", "app.crm"}


def test_a_limit_does_not_let_its_permissions_imply_others():
    """R5: `log.view` implies `users.view`, which must be named to be left."""
    assert access().can("users.view")
    assert limited(access(), limit("log.view"), ALIASES).codes == {"log.view"}
    assert limited(access(), limit("users.view"), ALIASES).codes == {"users.view"}


def test_each_role_keeps_its_own_scopes():
    """R15: nothing is mixed across roles for being limited."""
    left = limited(access(), limit("contacts.view contacts.edit"), ALIASES)
    for action in ("view", "edit", "delete"):
        assert left.scopes_for("contacts", action) == access().scopes_for("contacts", action)
    assert left.scopes_for("contacts", "view") == {"all", "own"}
    only_edit = limited(access(), limit("contacts.edit"), ALIASES)
    assert only_edit.scopes_for("contacts", "view") == set()


def test_a_limited_owner_keeps_their_rank_and_gives_no_more_than_is_left():
    """D3 is asked of the rank; to give what one does not have (D4) no limit can name."""
    whole, left = owner(), limited(owner(), limit("contacts.view"), ALIASES)
    assert whole.is_owner and not left.is_owner
    assert whole.outranks_all and left.outranks_all
    assert not limited(access(), limit("contacts.view"), ALIASES).outranks_all
    assert left.rank == whole.rank == 101
    assert left.codes == {"contacts.view"}
    assert left.scopes_for("contacts", "view") == {"all"}


def test_who_waits_has_the_profile_only_if_the_limit_names_it():
    """R1."""
    waiting = WaitingAccess(CATALOGUE)
    assert limited(waiting, limit("profile.view contacts.view"), ALIASES).names == {"profile.view"}
    assert limited(waiting, limit("contacts.view"), ALIASES).names == set()


def test_of_nothing_nothing_is_left():
    assert limited(NO_ACCESS, limit("contacts.view"), ALIASES) is NO_ACCESS


def test_a_refusal_says_whether_the_limit_or_the_roles_speak():
    left = limited(access(), limit("contacts.view leads.view"), ALIASES)
    assert left.explain("contacts.view").because == access().explain("contacts.view").because
    assert "limited" in left.explain("contacts.edit").because
    assert "No current role gives" in left.explain("leads.view").because


@pytest.mark.parametrize("whole", [access, owner])
@given(
    codes=st.frozensets(st.sampled_from(CODES)), names=st.frozensets(st.sampled_from(PRIVILEGES))
)
def test_what_is_left_is_what_both_give(whole, codes, names):
    whole, left = whole(), limited(whole(), Limit(codes, names), ALIASES)
    assert left.codes == whole.codes & codes
    assert left.privileges == whole.privileges & names
    assert left.names <= whole.names
    for code in CODES:
        module, _dot, action = code.rpartition(".")
        assert bool(left.explain(code)) is left.can(code) is (whole.can(code) and code in codes)
        mine = [r.code for r in left.roles_giving(code)]
        assert mine == ([r.code for r in whole.roles_giving(code)] if code in codes else [])
        reached = {(scopes, role.code) for scopes, role in whole.reach_of(module, action)}
        assert {(scopes, role.code) for scopes, role in left.reach_of(module, action)} <= reached
