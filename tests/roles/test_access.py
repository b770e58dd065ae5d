"""What roles give side by side, without mixing, and the reasons (R1, R2, R11, R12, R15)."""

from roles.core.access import NO_ACCESS, Access, WaitingAccess
from roles.core.compile import Rules, compile_role
from roles.core.names import Shadows
from roles.core.specs import Catalogue
from tests.core.test_compile import CATALOGUE, compiled, role


def test_a_shadowed_privilege_gives_nothing_in_any_layer_and_its_neighbour_stands():
    shadowed = "contacts.view contacts.invite contacts.merge crm.zap_contact auth.view_group"
    base = role("base", privileges=f"{shadowed} report.export")
    assert compiled("top", base, role("top", "base")).privileges.keys() == {"report.export"}
    free = Rules(CATALOGUE, Shadows())
    assert "auth.view_group" in compile_role("base", {"base": base}, free).privileges


def test_two_roles_are_joined_without_mixing():
    wide = compiled("wide", role("wide", "", "contacts.view", records={"contacts": {"*": "all"}}))
    narrow = compiled("narrow", role("narrow", "", "contacts.view contacts.edit", level=30))
    access = Access([wide, narrow], CATALOGUE.aliases)
    assert access.codes == {"contacts.view", "contacts.edit"}
    assert access.names == access.codes | {"crm.view_contact"}
    assert access.scopes_for("contacts", "view") == {"all", "own"}
    assert access.scopes_for("contacts", "edit") == {"own"}  # the wide scope carries no edit
    assert access.scopes_for("contacts", "delete") == set()
    assert (access.rank, NO_ACCESS.rank) == (30, 0)


def test_an_owner_outranks_level_100():
    hundred = compiled("top", role("top", level=100))
    owner = compiled("owner", role("owner", level=100))
    assert Access([owner]).rank > Access([hundred]).rank == 100


def test_a_decision_names_the_role_and_the_road():
    base, own = role("user", permissions="leads.view"), role("rep", "user", "admin.view")
    access = Access([compiled("rep", base, own)])
    assert "Rep gives leads.view, inherited from User (R4)" in access.explain("leads.view").because
    assert "implied" in access.explain("users.view").because
    refused = access.explain("deals.view")
    assert not refused and "No current role gives deals.view" in refused.because


def test_who_waits_has_the_profile_and_only_where_it_exists():
    waiting = WaitingAccess(CATALOGUE)
    assert waiting.names == waiting.codes == {"profile.view"}
    assert waiting.explain("profile.view") and not waiting.explain("contacts.view")
    assert WaitingAccess(Catalogue()).codes == set()
