"""People and the organisation are changed by whoever manages them, and by nobody else (D1-D7)."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from accounts.models import Department, Membership, Team, User
from accounts.services import organisation, people, placing
from accounts.services.approval import approve_person, reject_person
from accounts.signals import organisation_changed, person_changed
from roles import policy
from roles.core.errors import Blocked, Invalid, Refused
from roles.models import AuditEntry
from tests.factories import (
    fetch,
    give,
    make_department,
    make_role,
    make_team,
    make_user,
    role_of,
    set_manager,
)

from .joining import ORIGIN

pytestmark = pytest.mark.django_db
ADMINISTERS = (
    "users.view users.create users.edit users.delete users.approve groups.manage passwords.manage"
)


@pytest.fixture
def chief(db):
    make_role("chief", level=50, permissions=f"{ADMINISTERS} contacts.view")
    return fetch(make_user("chief", "chief"))


@pytest.fixture
def low(db):
    return make_user("low", "user", email="low@example.org")


def stored(user):
    return User.objects.get(pk=user.pk)


def actions_on(person, target=None):
    """Give each service that changes a person, ready to be called by an actor."""
    team, department = make_team(), make_department()
    factor = Authenticator(user=person, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.bulk_create([factor], ignore_conflicts=True)
    waiting = {"state": "waiting"}
    return {
        "edit": (people.edit_person, {"values": {"email": "new@example.org"}}, {}),
        "suspend": (people.suspend_person, {}, {}),
        "restore": (people.restore_person, {}, {"state": "suspended"}),
        "delete": (people.delete_person, {}, {}),
        "approve": (_approve, {}, waiting),
        "reject": (_reject, {}, waiting),
        "password": (people.reset_password, {"origin": ORIGIN}, {}),
        "second factor": (people.remove_second_factor, {}, {}),
        "manager": (placing.move_to_manager, {"manager": None}, {}),
        "department": (placing.move_to_department, {"department": department}, {}),
        "team": (_join, {"team": team}, {}),
    }


def _approve(*, acting_user, person):
    approve_person(acting_user=acting_user, user=person)


def _reject(*, acting_user, person):
    reject_person(acting_user=acting_user, user=person)


def _join(*, acting_user, person, team):
    placing.set_members(acting_user=acting_user, team=team, members=[person])


NAMES = (
    *("edit", "suspend", "restore", "delete", "approve"),
    *("reject", "password", "second factor", "manager", "department", "team"),
)


def attempt(name, actor, person):
    service, values, state = actions_on(person)[name]
    User.objects.filter(pk=person.pk).update(**state)
    return lambda: service(acting_user=actor, person=stored(person), **values)


def row(person):
    found = User.objects.filter(pk=person.pk).values().get()
    return found, set(Membership.objects.values_list("team", "user")), AuditEntry.objects.count()


def refused(call, person, *words, kind=Refused):
    before = row(person)
    with pytest.raises(kind) as caught:
        call()
    assert row(person) == before
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_below_is_managed_and_it_is_logged(chief, low, name):
    """D1, D3, D13."""
    set_manager(low, stored(chief))
    entries = AuditEntry.objects.count()
    attempt(name, chief, low)()
    entry = AuditEntry.objects.order_by("pk").last()
    assert AuditEntry.objects.count() == entries + 1
    assert (entry.actor, entry.subject_id) == (stored(chief), str(low.pk))
    assert entry.action.startswith("user.")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["peer", "superuser", "suspended peer", "Owner"])
def test_whoever_is_not_below_is_not_touched(chief, name, target):
    """D3: also by their e-mail address, their password, their place."""
    person = make_user("ben", is_superuser=target == "superuser")
    if target != "superuser":
        give(person, "owner" if target == "Owner" else make_role("peer", level=50))
    make_user("olga", "owner")
    if "suspended" in target:
        User.objects.filter(pk=person.pk).update(state="suspended")
    refused(attempt(name, chief, person), person, "D3")


@pytest.mark.parametrize("name", NAMES)
def test_each_needs_its_own_permission(low, name):
    """D1, R1: all the others do not stand for it; nor does anybody who is out."""
    needed = {
        "delete": "users.delete",
        "approve": "users.approve",
        "reject": "users.approve",
        "password": "passwords.manage",
        "second factor": "passwords.manage",
        "department": "groups.manage",
        "team": "groups.manage",
    }.get(name, "users.edit")
    rest = [code for code in ADMINISTERS.split() if code != needed]
    make_role("rest", level=90, permissions=[*rest, "roles.edit"])
    call = attempt(name, fetch(make_user("rex", "rest")), low)
    refused(call, low, "D1")
    for out in (
        AnonymousUser(),
        make_user("gone", "owner", is_active=False),
        make_user("sue", "owner", state="suspended"),
        make_user("wim", "owner", state="waiting"),
    ):
        refused(attempt(name, out, low), low, "D1")


@pytest.mark.parametrize(
    "name", ["suspend", "restore", "delete", "approve", "reject", "second factor"]
)
@pytest.mark.parametrize("role", ["owner", "superuser", "chief"])
def test_nobody_lets_themselves_in_or_out(chief, name, role):
    """D2, whoever they are."""
    make_user("other", "owner")
    person = make_user("me", is_superuser=True) if role == "superuser" else make_user("me", role)
    actor = fetch(person)
    shut_out_already = name in ("restore", "approve", "reject")
    refused(attempt(name, actor, person), person, "D1" if shut_out_already else "D2")


def test_the_last_owner_is_neither_suspended_nor_deleted(low):
    """D7: by a superuser, who is none."""
    olga, sam = make_user("olga", "owner"), fetch(make_user("sam", is_superuser=True))
    for service in (people.suspend_person, people.delete_person):
        refused(lambda s=service: s(acting_user=sam, person=olga), olga, "D7", kind=Blocked)
    otto = make_user("otto", "owner")
    people.suspend_person(acting_user=sam, person=olga)
    assert stored(olga).state == "suspended"
    refused(lambda: people.delete_person(acting_user=sam, person=otto), otto, "D7", kind=Blocked)


# Who they are


def test_a_person_is_made_without_roles_rank_or_password(chief):
    made = people.create_person(
        acting_user=chief, values={"username": "new", "email": "new@example.org"}, origin=ORIGIN
    )
    assert (made.state, made.has_usable_password(), made.role_assignments.count()) == (
        "active",
        False,
        0,
    )
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.action, entry.subject_name) == ("user.created", "new")


@pytest.mark.parametrize(
    "name", ["is_superuser", "is_staff", "state", "is_active", "manager", "password", "deleted_at"]
)
def test_nothing_but_who_they_are_is_written_by_name(owner, low, name):
    """Threat 3: mass assignment, by an Owner too."""
    for call in (
        lambda: people.edit_person(acting_user=owner, person=low, values={name: True}),
        lambda: people.create_person(
            acting_user=owner, values={"username": "x", name: True}, origin=ORIGIN
        ),
    ):
        refused(call, low, name)
    assert not User.objects.filter(username="x").exists()


def test_a_field_that_the_actor_may_not_write_is_refused_by_name(low):
    """R17: read-only fields of people hold here too, of those who are there and of new ones."""
    make_role(
        "clerk",
        level=50,
        permissions="users.view users.edit users.create",
        fields={"users": {"email": "read_only"}},
    )
    clerk = fetch(make_user("cleo", "clerk"))
    values = {"email": "other@example.org"}
    refused(lambda: people.edit_person(acting_user=clerk, person=low, values=values), low, "email")
    made = {"acting_user": clerk, "origin": ORIGIN}
    values = {"username": "new", "email": "new@example.org"}
    refused(lambda: people.create_person(values=values, **made), low, "email")
    people.edit_person(acting_user=clerk, person=low, values={"first_name": "Lo"})
    assert stored(low).first_name == "Lo"
    assert people.create_person(values={"username": "new"}, **made).pk


def test_a_name_or_address_is_had_once_and_free_again_after_deletion(owner, low):
    """R26."""
    values = {"username": "twin", "email": "LOW@example.org"}
    with pytest.raises(Invalid):
        people.create_person(acting_user=owner, values=values, origin=ORIGIN)
    people.delete_person(acting_user=owner, person=low)
    people.create_person(acting_user=owner, values=values, origin=ORIGIN)
    with pytest.raises(Invalid):
        people.undelete_person(acting_user=owner, person=low)
    assert stored(low).deleted_at


# In and out


def test_whoever_is_deleted_is_out_and_comes_back_as_they_were(owner, low):
    """R1, R26: what they were when they were deleted, not more."""
    User.objects.filter(pk=low.pk).update(state="suspended")
    people.delete_person(acting_user=owner, person=low)
    assert fetch(low) is None and not stored(low).has_perm("contacts.view")
    assert low not in policy.accessible(User.objects.all(), owner)
    assert low in policy.trashed(User.objects.all(), owner)
    refused(lambda: people.edit_person(acting_user=owner, person=low, values={}), low, "trash")
    people.undelete_person(acting_user=owner, person=low)
    assert stored(low).state == "suspended" and fetch(low) is None


def test_a_deleted_superuser_has_nothing(owner):
    sam = make_user("sam", is_superuser=True)
    assert sam.has_perm("contacts.view")
    people.delete_person(acting_user=owner, person=sam)
    assert not stored(sam).has_perm("contacts.view")


def test_the_trash_of_people_is_held_to_rank_too(chief, owner):
    ben = make_user("ben", make_role("peer", level=50))
    people.delete_person(acting_user=owner, person=ben)
    refused(lambda: people.undelete_person(acting_user=chief, person=ben), ben, "D3")
    low = make_user("low")
    people.delete_person(acting_user=chief, person=low)
    assert people.undelete_person(acting_user=chief, person=low).deleted_at is None


def test_whoever_waits_is_approved_with_roles_that_the_actor_may_give(chief):
    """D5, D12."""
    wim = make_user("wim", state="waiting")
    many = [make_role("plain", permissions="contacts.view"), role_of("user")]
    call = {"acting_user": chief, "user": wim}
    beyond = "goes beyond what you have yourself"  # and not what: they may view no role (R23)
    refused(lambda: approve_person(**call, roles=many), wim, beyond)
    assert not wim.role_assignments.exists()
    approve_person(**call, roles=many[:1])
    assert fetch(wim).has_perm("contacts.view")
    refused(lambda: approve_person(**call), wim, "waits")
    refused(lambda: reject_person(**call), wim, "waits")


def test_a_reset_password_opens_nothing_any_more(chief, low):
    low.set_password("old one")
    low.save()
    people.reset_password(acting_user=chief, person=low, origin=ORIGIN)
    assert not stored(low).check_password("old one")


# The organisation (D6a)


@pytest.fixture
def boss(db):
    return make_user("boss", "administrator")


def test_whoever_moves_with_somebody_is_asked_about_too(chief, low, boss):
    """D3 for every person moved: the ones below a manager, those in a department, a team's."""
    set_manager(boss, low)
    refused(
        lambda: placing.move_to_manager(acting_user=chief, person=low, manager=stored(chief)),
        low,
        "D3",
    )
    north = make_department("north")
    inner = make_department("inner", boss, low, parent=north)
    south = make_department("south")
    move = {"acting_user": chief, "department": north, "parent": south}
    refused(lambda: organisation.move_department(**move), low, "D3")
    team = make_team("alpha", low, boss)
    refused(lambda: organisation.delete_team(acting_user=chief, team=team), low, "D3")
    refused(lambda: placing.set_members(acting_user=chief, team=team, members=[low]), boss, "D3")
    set_manager(boss, None)
    User.objects.get(pk=boss.pk)
    placing.move_to_manager(acting_user=chief, person=low, manager=stored(chief))
    boss.refresh_from_db()
    boss.department, boss.manager = None, None
    boss.save()
    organisation.move_department(**move)
    placing.set_members(acting_user=chief, team=team, members=[boss])
    assert set(team.members.all()) == {boss}
    assert Department.objects.get(pk=inner.pk).parent == north


def test_nobody_moves_themselves_but_an_owner(chief, owner):
    """D6a, D1."""
    team, department = make_team(), make_department()
    for actor, may in ((chief, False), (fetch(owner), True)):
        me = stored(actor)
        for call in (
            lambda a=actor, m=me: placing.move_to_department(
                acting_user=a, person=m, department=department
            ),
            lambda a=actor, m=me: placing.set_members(acting_user=a, team=team, members=[m]),
            lambda a=actor, m=me: organisation.delete_team(acting_user=a, team=team),
        ):
            if may:
                call()
            elif "delete_team" not in call.__code__.co_names:
                refused(call, me, "D")


def test_a_cycle_is_refused_in_words(owner, low):
    """R9."""
    ben = make_user("ben")
    set_manager(ben, low)
    with pytest.raises(Invalid, match="reports to"):
        placing.move_to_manager(acting_user=owner, person=low, manager=ben)
    top = make_department("top")
    sub = make_department("sub", parent=top)
    with pytest.raises(Invalid, match="part of"):
        organisation.move_department(acting_user=owner, department=top, parent=sub)


def test_teams_and_departments_are_made_renamed_and_deleted(chief, low):
    """D1, D13."""
    team = organisation.create_team(acting_user=chief, code="alpha", name="Alpha")
    north = organisation.create_department(acting_user=chief, code="north", name="North")
    inner = organisation.create_department(
        acting_user=chief, code="inner", name="Inner", parent=north
    )
    organisation.rename(acting_user=chief, part=team, name="Beta")
    assert Team.objects.get(code="alpha").name == "Beta"
    with pytest.raises(Blocked, match="people or departments"):
        organisation.delete_department(acting_user=chief, department=north)
    placing.move_to_department(acting_user=chief, person=low, department=inner)
    with pytest.raises(Blocked, match="people or departments"):
        organisation.delete_department(acting_user=chief, department=inner)
    placing.move_to_department(acting_user=chief, person=stored(low), department=None)
    organisation.delete_department(acting_user=chief, department=inner)
    placing.set_members(acting_user=chief, team=team, members=[low])
    organisation.delete_team(acting_user=chief, team=team)
    assert not Team.objects.exists() and Department.objects.count() == 1
    told = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert told[-8:] == [
        "department.created",
        "department.created",
        "team.renamed",
        "user.moved",
        "user.moved",
        "department.deleted",
        "user.moved",
        "team.deleted",
    ]
    with pytest.raises(Invalid):
        organisation.create_department(acting_user=chief, code="north", name="Again")
    for call in (
        lambda: organisation.create_team(acting_user=low, code="x", name="X"),
        lambda: organisation.rename(acting_user=low, part=north, name="X"),
        lambda: organisation.delete_department(acting_user=low, department=north),
        lambda: organisation.create_department(acting_user=low, code="x", name="X"),
        lambda: organisation.move_department(acting_user=low, department=north, parent=None),
    ):
        refused(call, low, "D1")


def test_changes_are_announced_when_they_are_committed(
    chief, low, django_capture_on_commit_callbacks
):
    heard = []

    def listen(*, action, **kwargs):
        heard.append(action)

    for signal in (person_changed, organisation_changed):
        signal.connect(listen)
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            people.suspend_person(acting_user=chief, person=low)
            organisation.create_team(acting_user=chief, code="alpha", name="Alpha")
            assert heard == []
        for callback in callbacks:
            callback()
    finally:
        for signal in (person_changed, organisation_changed):
            signal.disconnect(listen)
    assert heard == ["user.suspended", "team.created"]


def test_who_moves_the_department_they_are_in_is_told_that_they_would_move_themselves(db):
    """D6a: by way of the department as by hand; an Owner may."""
    role = make_role(permissions="users.view groups.manage", level=50)
    keeper = make_user("keeper-of-groups", role)
    place = make_department("place-of-the-keeper", keeper)
    above = make_department("above-the-keeper")
    with pytest.raises(Refused, match="Nobody moves themselves"):
        organisation.move_department(acting_user=fetch(keeper), department=place, parent=above)
    owner = make_user("owner-in-the-place", "owner", department=place)
    organisation.move_department(acting_user=fetch(owner), department=place, parent=above)
    place.refresh_from_db()
    assert place.parent == above
