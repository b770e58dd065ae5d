"""What a change has in excess of the actor: which thing, by which rule, and the way out (D3-D6)."""

from dataclasses import replace

import pytest

from roles.core.access import Access
from roles.core.compile import Rules, compile_role
from roles.core.coverage import Excess, Ground
from roles.core.delegation import Wish, excess_of_assigning, excess_of_change, excess_of_touching
from roles.core.locks import NO_LOCKS, locks_on
from roles.core.names import Shadows
from roles.core.offers import Offers
from roles.core.role_masks import PARTS
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from tests.factories import levels, scopes, words

from .small import CATALOGUE, FIELDS

GROUND = Ground(CATALOGUE, FIELDS)
ALL_CONTACTS = {"records": {"contacts": "all", "deals": "all"}}


def spec(code, permissions="", *, level=10, records=None, fields=None, **rest):
    return RoleSpec(
        code=code,
        name=code.capitalize(),
        level=level,
        permissions=words(permissions),
        records=scopes(records or {}),
        fields=levels(fields or {}),
        **rest,
    )


def compiled(role, *others):
    specs = {one.code: one for one in (role, *others)}
    return compile_role(role.code, specs, Rules(CATALOGUE, Shadows()))


def actor(*roles):
    return Access([compiled(role) for role in roles])


def manager(permissions="contacts.view contacts.edit", level=50, **rest):
    return spec("manager", permissions, level=level, **{"records": {"contacts": "team"}, **rest})


def change(who, before, after, *others):
    wish = Wish(
        before=before and compiled(before, *others), after=after and compiled(after, *others)
    )
    return excess_of_change(who, wish, GROUND)


REP = spec("rep", "contacts.view")


def test_what_one_does_not_have_is_too_much_to_give_and_to_take():
    """D4: a cell that is not covered can be neither ticked nor unticked."""
    who, more = actor(manager()), spec("rep", "contacts.view deals.export")
    given = Excess("permission", "D4", "deals.export", "rep")
    assert change(who, REP, more) == (given,)
    assert change(who, more, REP) == (replace(given, taken=True),)
    assert change(who, REP, spec("rep", "contacts.view contacts.edit")) == ()


def test_a_wider_scope_than_one_s_own_is_named():
    who = actor(manager())
    (found,) = change(who, REP, spec("rep", "contacts.view", **ALL_CONTACTS))
    assert (found.kind, found.lacking, found.remedy) == ("scopes", ("all",), "narrow")
    assert change(who, REP, spec("rep", "contacts.view", records={"contacts": "team"})) == ()
    assert (
        change(
            actor(manager(records={"contacts": "all"})),
            REP,
            spec("rep", "contacts.view", records={"contacts": "team"}),
        )
        == ()
    )


@pytest.mark.parametrize("level", ["hidden", "read_only"])
def test_a_field_more_open_than_one_s_own_is_named(level):
    who = actor(manager(fields={"contacts": {"phone": level}}))
    closed = spec("rep", "contacts.view", fields={"contacts": {"phone": "hidden"}})
    (found, *_rest) = change(who, closed, REP)
    assert (found.kind, found.lacking) == ("fields", ("phone",))
    as_own = spec("rep", "contacts.view", fields={"contacts": {"phone": level}})
    assert change(who, closed, as_own) == ()


def test_two_roles_do_not_cover_together_what_neither_covers_alone():
    """R15: one has the scope, the other the field."""
    wide = spec(
        "wide", "contacts.view", level=50, fields={"contacts": {"phone": "hidden"}}, **ALL_CONTACTS
    )
    deep = spec("deep", "contacts.view", level=50)
    wished = spec("rep", "contacts.view", **ALL_CONTACTS)
    (found,) = change(actor(wide, deep), None, wished)
    assert (found.kind, found.about) == ("together", "contacts.view")
    both = spec("both", "contacts.view", level=50, **ALL_CONTACTS)
    assert change(actor(wide, deep, both), None, wished) == ()


@pytest.mark.parametrize(("before", "after", "remedy"), [(50, 50, "ask_owner"), (10, 50, "lower")])
def test_a_level_at_one_s_own_rank_is_too_high(before, after, remedy):
    """D3, both as it was and as it is wished for."""
    found = change(actor(manager()), spec("rep", level=before), spec("rep", level=after))
    assert (found[0].kind, found[0].rule, found[0].remedy) == ("level", "D3", remedy)
    assert change(actor(manager()), spec("rep", level=10), spec("rep", level=49)) == ()


def test_what_stands_on_the_role_is_asked_about_as_the_role_is():
    """D6, and D4 of what the heir gains through its own wider scope."""
    who = actor(manager("contacts.view contacts.edit"))
    after = spec("rep", "contacts.view contacts.edit")
    for heir, expected in (
        (spec("boss", level=50, base="rep"), ("level", "D6")),
        (spec("boss", base="rep", **ALL_CONTACTS), ("scopes", "D4")),
    ):
        pair = (compiled(heir, REP), compiled(heir, after))
        found = excess_of_change(who, Wish(compiled(REP), compiled(after), heirs=(pair,)), GROUND)
        first = found[0]
        assert (first.kind, first.rule) == expected
        assert (first.role, first.via) == ("boss", "heir")
    heir = spec("boss", base="rep", level=49)
    pair = (compiled(heir, REP), compiled(heir, after))
    assert not excess_of_change(who, Wish(compiled(REP), compiled(after), heirs=(pair,)), GROUND)


def test_a_base_is_covered_if_all_that_it_gives_is():
    who, low = (
        actor(manager()),
        spec("low", "contacts.view deals.view", privileges=words("app.crm")),
    )
    based = REP.with_changes(base="low")
    wish = Wish(compiled(REP), compiled(based, low), base_after=compiled(low))
    found = {(one.about, one.via) for one in excess_of_change(who, wish, GROUND)}
    assert {("deals.view", "base"), ("app.crm", "base")} <= found


def test_a_privilege_needs_to_be_held_or_the_right_to_define_them():
    named = REP.with_changes(privileges=words("app.crm"))
    assert change(actor(manager()), REP, named)[0].kind == "privilege"
    assert change(actor(manager()), named, REP)[0].kind == "privilege"
    holder = manager(privileges=words("app.crm"))
    assert change(actor(holder), REP, named) == ()


def test_nobody_lends_themselves_a_grant_that_the_base_would_keep_for_them():
    """An own grant beside the base's changes nothing today; it would stay when the base's goes."""
    low = spec("low", "deals.export")
    based = REP.with_changes(base="low")
    doubled = based.with_changes(permissions=words("contacts.view deals.export"))
    assert change(actor(manager()), based, doubled, low)[0].about == "deals.export"
    assert change(actor(manager("contacts.view deals.export")), based, doubled, low) == ()


def test_a_grant_that_nothing_declares_any_more_is_nobody_s_to_take_but_an_owner_s():
    old = spec("rep", "contacts.view gone.view")
    assert change(actor(manager()), old, REP)[0].about == "gone.view"
    owner = Access([compiled(spec("owner", level=100))])
    assert change(owner, old, REP) == ()


def test_an_owner_passes_and_meets_no_locks():
    """D1."""
    owner = Access([compiled(spec("owner", level=100))])
    top = spec("top", "deals.export", level=100, privileges=words("a.b"))
    assert change(owner, None, top) == ()
    assert excess_of_assigning(owner, compiled(top), GROUND) == ()
    assert excess_of_touching(owner, compiled(top), [compiled(top)]) == ()
    assert locks_on(owner, compiled(top), GROUND) is NO_LOCKS


def test_somebody_without_a_role_can_do_nothing_to_any():
    for role in (REP, spec("empty", level=0)):
        assert change(Access(), None, role)
        assert excess_of_assigning(Access(), compiled(role), GROUND)


def test_the_locks_name_what_cannot_be_touched_and_nothing_else():
    """Worked example 5."""
    who = actor(manager())
    rep = spec(
        "rep", "contacts.view deals.export", records={"deals": "all"}, privileges=words("app.crm")
    )
    locks = locks_on(who, compiled(rep), GROUND)
    assert locks.whole is None
    assert {"deals.export", "deals.view", "settings.edit", "contacts.merge"} <= locks.cells.keys()
    assert not {"contacts.view", "contacts.edit"} & locks.cells.keys()
    assert locks.cells["deals.export"].kind == "permission"
    peer = locks_on(who, compiled(spec("peer", level=50)), GROUND)
    assert peer.whole is not None and peer.whole.rule == "D3"


def offers(who, role, *heirs):
    standing = tuple((compiled(heir, role), compiled(heir, role)) for heir in heirs)
    return Offers(
        who, Wish(compiled(role), compiled(role), heirs=standing), GROUND, {"name", *PARTS}
    )


def test_what_is_not_covered_can_be_chosen_no_other_way_and_what_is_up_to_ones_own():
    """D4: neither wider than one's own, nor at all where the cell is not one's own."""
    rep = spec("rep", "contacts.view deals.export", records={"contacts": "team", "deals": "all"})
    found = offers(actor(manager()), rep)
    assert found.excess_of_scopes("deals", "*", words("own")).about == "deals.export"
    assert found.excess_of_scopes("contacts", "view", words("own")) is None
    assert found.excess_of_scopes("contacts", "*", frozenset()) is None
    wider = found.excess_of_scopes("contacts", "*", words("team all"))
    assert (wider.kind, wider.lacking) == ("scopes", ("all",))
    assert found.excess_of_scopes("contacts", "edit", words("all")) is None  # it gives no edit
    assert found.level_max == 49


def test_a_field_can_be_opened_as_far_as_it_is_open_to_oneself():
    mine = manager(fields={"contacts": {"notes": "read_only"}})
    rep = spec("rep", "contacts.view", fields={"contacts": {"notes": "hidden"}})
    found = offers(actor(mine), rep)
    assert found.excess_of_level("contacts", "notes", FieldLevel.READ_ONLY) is None
    assert found.excess_of_level("contacts", "notes", FieldLevel.EDITABLE).lacking == ("notes",)
    assert found.excess_of_level("contacts", "notes", None).kind == "fields"


def test_a_choice_that_is_too_much_in_a_role_on_this_one_names_that_role():
    """D6."""
    heir = spec("heir", "deals.view", base="rep")
    found = offers(actor(manager()), REP, heir)
    excess = found.excess_of_scopes("deals", "*", words("team"))
    assert (excess.via, excess.role) == ("heir", "heir")
    assert offers(actor(manager()), REP).excess_of_scopes("deals", "*", words("team")) is None


def test_privileges_come_and_go_as_far_as_they_are_held():
    rep = REP.with_changes(privileges=words("app.crm app.pay"))
    found = offers(actor(manager(privileges=words("app.crm"))), rep)
    assert found.privileges_to_give() == {"app.crm"} and found.privileges_to_keep() == {"app.pay"}


def test_an_owner_can_choose_anything():
    """D1."""
    found = offers(Access([compiled(spec("owner", level=100))]), REP)
    assert found.are_all and found.level_max == 100 and found.privileges_to_give() is None
    assert found.excess_of_scopes("deals", "*", words("all")) is None
    assert found.excess_of_level("contacts", "*", None) is None
    assert found.excess_of_second_factor() is None


def test_fields_that_are_added_later_count_too():
    """R10: an allow-list that names every field of today does not cover one that hides nothing."""
    named = dict.fromkeys(sorted(FIELDS["contacts"]), "editable")
    who = actor(manager(fields={"contacts": {"*": "hidden", **named}}))
    (found,) = change(who, None, REP)
    assert (found.kind, found.lacking) == ("fields", ("*",))
    listed = spec("rep", "contacts.view", fields={"contacts": {"*": "hidden", **named}})
    assert change(who, None, listed) == ()
