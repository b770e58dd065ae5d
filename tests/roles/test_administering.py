"""Section 6 at the services and in the decision on a record: whom, which roles, how much."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from roles import policy
from roles.core import clock
from roles.core.changes import RoleChanges, difference
from roles.core.errors import Refused
from roles.core.specs import RoleSpec
from roles.core.vocabulary import ALL, FieldLevel
from roles.models import AuditEntry, Role, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from roles.services.delegation import Exceeds
from roles.services.installation import switch_modules
from roles.services.loading import read_role
from roles.services.records import change_record, delete_record
from roles.services.role import change_role, create_role, delete_role
from tests.factories import fetch, give, make_role, make_user, role_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(1)
ADMINISTERS = "roles.view roles.create roles.edit roles.delete users.view users.edit users.delete"
OWN_WORK = "contacts.view contacts.edit tasks.comment"


@pytest.fixture
def chief(db):
    """Somebody of rank 50 who may administer and works on contacts of their team."""
    make_role(
        "chief",
        level=50,
        permissions=f"{ADMINISTERS} {OWN_WORK}",
        privileges="app.crm",
        records={"contacts": "team"},
    )
    return fetch(make_user("chief", "chief"))


@pytest.fixture
def rep(db):
    return make_role("rep", permissions="contacts.view deals.export")


def grant(actor, role, *codes):
    return change_role(acting_user=actor, role=role, changes=RoleChanges(granted=frozenset(codes)))


def rows():
    return (
        {role.code: read_role(role) for role in Role.objects.all()},
        set(RoleAssignment.objects.values_list("user__username", "role__code")),
        AuditEntry.objects.count(),
    )


def refused(attempt, *words):
    """Expect a refusal with all the words, which leaves nothing behind."""
    before = rows()
    with pytest.raises(Refused) as caught:
        attempt()
    assert rows() == before
    for word in words:
        assert word in str(caught.value)
    return caught.value


# Roles (D3, D4, D6, D8)


def test_who_may_edit_roles_edits_those_below_within_what_they_have(chief, rep):
    """D1, D3, D4, with the same change by the same person refused where it goes beyond."""
    assert grant(chief, rep, "contacts.edit").granted == {"contacts.edit"}
    found = refused(lambda: grant(chief, rep, "tasks.comment", "contacts.export"))
    assert str(found) == (
        "You cannot give Export on Contacts because you do not have it yourself. Ask an Owner."
    )
    assert isinstance(found, Exceeds) and found.excess[0].about == "contacts.export"


def test_what_they_do_not_have_they_cannot_take_away_either(chief, rep):
    """D4, worked example 5."""
    revoked = RoleChanges(revoked=frozenset({"deals.export"}))
    refused(
        lambda: change_role(acting_user=chief, role=rep, changes=revoked),
        "You cannot take away Export on Deals",
    )
    change_role(
        acting_user=chief, role=rep, changes=RoleChanges(revoked=frozenset({"contacts.view"}))
    )
    assert read_role(role_of("rep")).permissions == {"deals.export"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"records": {("contacts", "*"): (frozenset(), frozenset({ALL}))}}, "reach is narrower"),
        ({"records": {("contacts", "view"): (frozenset(), frozenset({ALL}))}}, "“All”"),
        ({"privileges_added": frozenset({"app.other"})}, "privilege “app.other”"),
        ({"values": {"level": (10, 50)}}, "D3"),
        ({"values": {"base": (None, "user")}}, "“User” gives"),
    ],
)
def test_no_other_part_of_a_role_is_a_way_round(chief, rep, changes, words):
    refused(lambda: change_role(acting_user=chief, role=rep, changes=RoleChanges(**changes)), words)


@pytest.mark.parametrize(
    "changes",
    [
        {"records": {("contacts", "*"): (frozenset(), frozenset({"team"}))}},
        {"privileges_added": frozenset({"app.crm"})},
        {"values": {"level": (10, 49)}},
        {"values": {"name": ("Rep", "Sales Rep"), "description": ("", "Sells.")}},
        {"values": {"base": (None, "guest")}},
        {"fields": {("contacts", "phone"): (None, FieldLevel.HIDDEN)}},
    ],
)
def test_each_part_of_a_role_can_be_changed_within_what_they_have(chief, rep, changes):
    give(User.objects.get(username="chief"), "guest")
    assert change_role(acting_user=fetch(chief), role=rep, changes=RoleChanges(**changes))


def test_a_new_role_is_held_to_the_same(chief):
    """D3, D4, D10: a clone is a new role."""
    spec = RoleSpec(code="", name="New", level=10, permissions=frozenset({"contacts.view"}))
    more = spec.with_changes(permissions=spec.permissions | {"deals.view"})
    refused(lambda: create_role(acting_user=chief, wanted=more), "View on Deals")
    refused(lambda: create_role(acting_user=chief, wanted=spec.with_changes(level=50)), "D3")
    role = create_role(acting_user=chief, wanted=spec, cloned_from="rep")
    assert read_role(role).permissions == {"contacts.view"}


def test_what_stands_on_a_role_is_changed_with_it(chief, rep):
    """D6, and D4 for what the heir would gain."""
    heir = make_role("heir", level=50, base=rep)
    refused(lambda: grant(chief, rep, "contacts.edit"), "“Heir” is based on this role", "D6")
    Role.objects.filter(pk=heir.pk).update(level=20)
    assert grant(chief, rep, "contacts.edit")
    make_role("wide", base=rep, records={"contacts": "all"})
    refused(lambda: grant(chief, rep, "contacts.create"))
    changes = RoleChanges(revoked=frozenset({"contacts.edit"}))
    refused(lambda: change_role(acting_user=chief, role=rep, changes=changes), "“Wide”")


def test_roles_at_one_s_own_level_are_left_alone(chief):
    for role in (make_role("peer", level=50), role_of("manager"), role_of("owner")):
        described = RoleChanges(values={"description": (role.description, "Mine")})
        refused(lambda r=role, d=described: change_role(acting_user=chief, role=r, changes=d), "D3")
    make_role("junior", level=49)
    delete_role(acting_user=chief, role=role_of("junior"))
    refused(lambda: delete_role(acting_user=chief, role=role_of("peer")), "D3")


def test_a_disabled_module_hides_nothing_from_the_comparison(chief, rep):
    """R7: the stored grant returns with the module, so it is not given by who never had it."""
    switch_modules(["contacts", "deals"], enabled=False)
    actor = fetch(chief)
    refused(lambda: grant(actor, rep, "deals.view"), "View on Deals")
    assert grant(actor, rep, "contacts.edit")


def test_two_roles_do_not_cover_together(rep):
    """R15."""
    make_role(
        "one",
        level=50,
        permissions=f"{ADMINISTERS} leads.view",
        records={"leads": "all"},
        fields={"leads": {"phone": "hidden"}},
    )
    make_role("two", level=50, permissions="leads.view")
    actor = make_user("two", "one", "two")
    wanted = RoleChanges(
        granted=frozenset({"leads.view"}),
        records={("leads", "*"): (frozenset(), frozenset({ALL}))},
    )
    refused(lambda: change_role(acting_user=actor, role=rep, changes=wanted), "R15")
    hidden = {("leads", "phone"): (None, FieldLevel.HIDDEN)}
    wanted = RoleChanges(granted=wanted.granted, records=wanted.records, fields=hidden)
    assert change_role(acting_user=actor, role=rep, changes=wanted)


def test_defining_privileges_gives_nobody_one_of_their_own(rep):
    """D4 covers them for others; D2: not by a role that one holds oneself."""
    make_role("definer", level=50, permissions=f"{ADMINISTERS} privileges.define")
    actor = fetch(make_user("dee", "definer", "rep"))
    added = RoleChanges(privileges_added=frozenset({"app.pay"}))
    refused(lambda: change_role(acting_user=actor, role=rep, changes=added), "D2")
    assert change_role(acting_user=actor, role=make_role("other"), changes=added)


# People (D2, D3, D5, D7)


def test_a_role_is_given_within_rank_and_effect(chief, rep):
    """D5: both ranks, and the whole effect covered."""
    ann, plain = make_user("ann"), make_role("plain", permissions="contacts.view")
    refused(lambda: assign_role(acting_user=chief, user=ann, role=rep), "Export on Deals")
    peer = make_role("peer", level=50)
    refused(lambda: assign_role(acting_user=chief, user=ann, role=peer), "D3")
    refused(lambda: assign_role(acting_user=chief, user=ann, role=role_of("owner")), "D3")
    assign_role(acting_user=chief, user=ann, role=plain)
    assert ann.role_assignments.get().role == plain


def test_taking_back_asks_for_the_ranks_alone(chief, rep):
    ann, ben = make_user("ann", "rep"), make_user("ben", "manager")
    refused(lambda: unassign_role(acting_user=chief, user=ben, role=role_of("manager")), "D3")
    unassign_role(acting_user=chief, user=ann, role=rep)
    assert not ann.role_assignments.exists()


@pytest.mark.parametrize("target", ["peer", "peer of tomorrow", "suspended peer", "superuser"])
def test_whoever_is_not_below_is_not_touched(chief, target):
    """Worked example 4: later roles count, and so does a suspended account's."""
    with clock.moment(NOW):
        ben = make_user("ben", "user", is_superuser=target == "superuser")
        if target != "superuser":
            moments = {"valid_from": NOW + DAY} if "tomorrow" in target else {}
            give(ben, make_role("peer", level=50), **moments)
        if "suspended" in target:
            User.objects.filter(pk=ben.pk).update(state="suspended")
        plain = make_role("plain", permissions="contacts.view")
        refused(lambda: assign_role(acting_user=chief, user=ben, role=plain), "D3")
        refused(lambda: unassign_role(acting_user=chief, user=ben, role=role_of("user")), "D3")


def test_whose_higher_role_has_ended_is_below_again(chief):
    """D3; that role itself is still not theirs to take from the books."""
    with clock.moment(NOW):
        ben, peer = make_user("ben"), make_role("peer", level=50)
        give(ben, peer, valid_until=NOW)
        refused(lambda: unassign_role(acting_user=chief, user=ben, role=peer), "D3")
        plain = make_role("plain", permissions="contacts.view")
        assign_role(acting_user=chief, user=ben, role=plain)
    assert ben.role_assignments.filter(role=plain).exists()


def test_nobody_changes_their_own_roles(chief):
    """D2, whatever they cover."""
    me, plain = User.objects.get(username="chief"), make_role("plain", level=1)
    refused(lambda: assign_role(acting_user=chief, user=me, role=plain), "D2")
    refused(lambda: unassign_role(acting_user=chief, user=me, role=role_of("chief")), "D2")


def test_deleting_a_role_moves_its_people_only_where_the_actor_may_assign(chief, rep):
    """D9 within D3 and D5."""
    spare = make_role("spare", permissions="contacts.view")
    make_user("ann", spare)
    refused(lambda: delete_role(acting_user=chief, role=spare, move_to=rep), "Export on Deals")
    boss = make_user("boss", "manager")
    give(boss, spare)
    target = make_role("target")
    refused(lambda: delete_role(acting_user=chief, role=spare, move_to=target), "D3")
    boss.role_assignments.all().delete()
    assert delete_role(acting_user=chief, role=spare, move_to=target).people == 1


def test_assigning_needs_users_edit_and_not_only_roles_edit(rep):
    """D1."""
    make_role("editor", level=50, permissions="roles.view roles.edit roles.delete contacts.view")
    actor, ann = make_user("ed", "editor"), make_user("ann")
    plain = make_role("plain", permissions="contacts.view")
    refused(lambda: assign_role(acting_user=actor, user=ann, role=plain), "D1")
    give(ann, plain)
    target = make_role("target")
    refused(lambda: delete_role(acting_user=actor, role=plain, move_to=target), "D1")


def test_people_and_roles_are_not_saved_as_mere_records(owner, chief, rep):
    """Threats 3 and 19: the door for records asks nothing of section 6."""
    ann = make_user("ann")
    ann.is_superuser = True
    for actor in (owner, chief):
        refused(lambda a=actor: change_record(acting_user=a, record=ann), "services of their own")
        refused(lambda a=actor: delete_record(acting_user=a, record=rep), "services of their own")
    assert not User.objects.get(username="ann").is_superuser


# The decision on a record (R14's second half)


def answers(actor, code, records):
    """Ask the single check and the list, which must agree (R22)."""
    action = code.rpartition(".")[2]
    single = {str(r): bool(policy.check(actor, code, r)) for r in records}
    if code.partition(".")[0] in ("users", "roles") and code != "users.approve":
        listed = policy.accessible(type(records[0])._base_manager.all(), actor, action)
        assert {str(r) for r in listed if r in records} == {n for n, yes in single.items() if yes}
        for record in records:
            if hasattr(actor, "has_perm"):
                assert actor.has_perm(code, record) == single[str(record)]
    return {name for name, yes in single.items() if yes}


@pytest.fixture
def crowd(chief):
    make_user("low", "user")
    make_user("none")
    make_user("peer", "manager")
    make_user("boss", "administrator")
    make_user("sam", is_superuser=True)
    give(make_user("later"), "manager", valid_from=NOW + DAY)
    give(make_user("once"), "manager", valid_until=NOW)
    make_user("gone", "manager", state="suspended")
    make_user("olga", "owner")
    return list(User.objects.all())


def test_a_person_as_a_record_is_answered_by_rank(chief, crowd):
    """R14, D3; without a role nobody has anything, and an unknown action is denied."""
    with clock.moment(NOW):
        everybody = {str(user) for user in crowd}
        assert answers(chief, "users.view", crowd) == everybody
        assert answers(chief, "users.edit", crowd) == {"low", "none", "once"}
        assert answers(chief, "users.delete", crowd) == {"low", "none", "once"}
        assert answers(chief, "users.approve", crowd) == set()
        olga = fetch(User.objects.get(username="olga"))
        assert answers(olga, "users.edit", crowd) == everybody
        for out in (AnonymousUser(), fetch(User.objects.get(username="none"))):
            assert answers(out, "users.edit", crowd) == set()
        assert not policy.check(chief, "users.frobnicate", crowd[0])


def test_nobody_deletes_or_approves_themselves_or_the_last_owner(crowd):
    """D2, D7; a superuser is answered as an Owner, and is none for either."""
    with clock.moment(NOW):
        everybody = {str(user) for user in crowd}
        olga, sam = (fetch(User.objects.get(username=name)) for name in ("olga", "sam"))
        assert answers(olga, "users.delete", crowd) == everybody - {"olga"}
        deletable = {str(u) for u in crowd if policy.check(sam, "users.delete", u)}
        assert deletable == everybody - {"olga", "sam"}
        assert answers(olga, "users.approve", crowd) == everybody - {"olga"}
        second = make_user("otto", "owner")
        crowd = [*crowd, second]
        assert {str(u) for u in crowd if policy.check(sam, "users.delete", u)} == (
            everybody | {"otto"}
        ) - {"sam"}


def test_a_role_as_a_record_is_answered_by_level_and_by_what_stands_on_it(chief):
    """D3, D6, D8."""
    low = make_role("low", level=10)
    make_role("high", level=60, base=make_role("middle", level=20, base=low))
    make_role("free", level=49)
    roles = list(Role.objects.all())
    assert answers(chief, "roles.view", roles) == {str(role) for role in roles}
    assert answers(chief, "roles.edit", roles) == {"Free", "User", "Guest"}
    assert answers(chief, "roles.delete", roles) == {"Free"}
    olga = fetch(make_user("olga", "owner"))
    assert answers(olga, "roles.edit", roles) == {str(role) for role in roles}
    assert answers(olga, "roles.delete", roles) == {"Free", "Low", "Middle", "High", "Chief"}


def test_the_decision_names_the_rule(chief, crowd):
    peer = User.objects.get(username="peer")
    assert "D3" in policy.check(chief, "users.edit", peer).because
    assert "D8" in policy.check(chief, "roles.edit", role_of("manager")).because


def test_fields_of_a_person_are_writable_by_rank(chief, crowd):
    """R17: the mask follows the decision."""
    low, peer = (User.objects.get(username=name) for name in ("low", "peer"))
    assert policy.field_mask(chief, low).writable
    assert not policy.field_mask(chief, peer).writable
    assert policy.field_mask(chief, peer).readable


# Locks


def test_locks_are_what_the_services_would_refuse(chief, rep):
    """D4, worked example 5: one function for grid and API."""
    spec = read_role(rep)
    locks = policy.locks_for(chief, spec, spec)
    assert {"deals.export", "deals.view", "contacts.export"} <= locks.cells.keys()
    assert not {"contacts.view", "contacts.edit", "tasks.comment"} & locks.cells.keys()
    for code in ("deals.view", "contacts.export"):
        refused(lambda c=code: grant(chief, rep, c))
    for code in ("contacts.edit", "tasks.comment"):
        assert grant(chief, rep, code)
    assert locks.whole is None
    offers = policy.offers_for(chief, spec, spec)
    assert offers.level_max == 49 and offers.privileges_to_give() is not None
    bases = policy.excess_of_bases(chief, spec, spec, ["administrator", "manager", "user"])
    assert bases.keys() == {"administrator", "manager", "user"}
    assert policy.locks_for(
        chief, read_role(role_of("manager")), read_role(role_of("manager"))
    ).whole


def test_nothing_is_locked_for_an_owner(owner, rep):
    locks = policy.locks_for(fetch(owner), read_role(rep), read_role(rep))
    assert not (locks.whole or locks.cells)
    assert policy.offers_for(fetch(owner), read_role(rep), read_role(rep)).are_all
    assert policy.excess_of_bases(fetch(owner), read_role(rep), read_role(rep), ["manager"]) == {}
    assert difference(read_role(rep), read_role(rep)) == RoleChanges()
