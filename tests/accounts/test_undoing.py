"""Undo of what happened to people and the organisation, checked as any change (D2-D7, D13)."""

import pytest

from accounts.models import Department, Invitation, RegistrationDomain, Team, User
from accounts.services import approval, invitations, organisation, people, placing, registration
from accounts.services.bulk import change_people
from crm.models import Contact, ContactShare
from roles.core.errors import Blocked, Refused
from roles.models import AuditEntry
from roles.services.assignment import assign_role, unassign_role
from roles.services.log_actions import declared_actions
from roles.services.sharing import share_record
from roles.services.undoing import can_be_undone, undo, why_final
from tests.factories import (
    fetch,
    give,
    make_department,
    make_role,
    make_team,
    make_user,
    role_of,
)

from .happenings import let_everything_happen
from .joining import ORIGIN, accept, invite

pytestmark = pytest.mark.django_db
LOOKING = "activities.view activities.undo users.view roles.view"


@pytest.fixture
def olga(owner):
    return fetch(owner)


def actor_with(username, permissions, *, level=50, **values):
    role = make_role(permissions=f"{LOOKING} {permissions}", level=level, **values)
    return fetch(make_user(username, role))


def last(action=""):
    found = AuditEntry.objects.order_by("pk")
    return (found.filter(action=action) if action else found).last()


def refuse(actor, entry, error=Blocked, match="moved on"):
    """Expect a refusal that leaves no trace."""
    count = AuditEntry.objects.count()
    with pytest.raises(error, match=match):
        undo(acting_user=actor, entry=entry)
    assert AuditEntry.objects.count() == count


def stored(person):
    return User.objects.get(pk=person.pk)


def held(person):
    return set(person.role_assignments.values_list("role__code", flat=True))


# All there is


def test_everything_that_can_happen_is_undone_or_says_why_not(olga):
    """Nothing answers that it is of no known kind."""
    let_everything_happen(olga, make_user("ann"))
    first = {entry.action: entry for entry in AuditEntry.objects.order_by("-pk")}
    assert first.keys() == declared_actions()
    because = {action: why_final(entry) for action, entry in first.items()}
    assert not [action for action, words in because.items() if "of this kind" in words]
    kept = {action for action, words in because.items() if words}
    assert kept == {
        "invitation.accepted",
        "invitation.resent",
        "invitation.revoked",
        "token.created",
        "token.revoked",
        "user.joined",
        "user.password_changed",
        "user.password_reset",
        "user.recovery_codes_made",
        "user.registered",
        "user.second_factor_added",
        "user.second_factor_removed",
    }


@pytest.mark.parametrize(
    ("act", "because"),
    [
        (people.reset_password, "A password that was reset cannot be brought back"),
    ],
)
def test_what_is_lost_for_good_is_said(olga, act, because):
    act(acting_user=olga, person=make_user("ann"), origin=ORIGIN)
    assert not can_be_undone(last())
    refuse(olga, last(), match=because)


def test_an_invitation_that_was_taken_back_stays_so(olga):
    sent = invite(olga)
    made = undo(acting_user=olga, entry=last("invitation.sent"))
    assert made.action == "invitation.revoked"
    assert Invitation.objects.get(pk=sent.invitation.pk).revoked_at is not None
    refuse(olga, made, match="Invite them anew")
    refuse(olga, last("invitation.sent"), match="accepted or taken back meanwhile")


def test_an_invitation_is_taken_back_by_who_could_give_its_role(olga):
    """D5; and not once somebody came in by it."""
    invite(olga, role="administrator")
    entry = last("invitation.sent")
    refuse(actor_with("ina", "users.invite"), entry, Refused, "not below your own")
    undo(acting_user=olga, entry=entry)
    accept(invite(olga, email="b@x.org"))
    refuse(olga, last("invitation.sent"), match="accepted or taken back meanwhile")


# Teams and departments


def team_of(olga, *members):
    team = organisation.create_team(acting_user=olga, code="alpha", name="Alpha")
    placing.set_members(acting_user=olga, team=team, members=members)
    return team


def members():
    return set(Team.objects.get(code="alpha").members.values_list("username", flat=True))


def test_a_deleted_team_comes_back_with_its_members(olga):
    organisation.delete_team(
        acting_user=olga, team=team_of(olga, make_user("ann"), make_user("ben"))
    )
    entry = last()
    made = undo(acting_user=olga, entry=entry)
    assert (made.action, made.undoes) == ("team.created", entry)
    assert Team.objects.get().name == "Alpha" and members() == {"ann", "ben"}
    refuse(olga, entry)
    again = undo(acting_user=olga, entry=made)
    assert not Team.objects.exists()
    undo(acting_user=olga, entry=again)
    assert members() == {"ann", "ben"}


def test_who_is_gone_by_then_is_no_member_again(olga):
    ann, ben, cat = (make_user(name) for name in ("ann", "ben", "cat"))
    organisation.delete_team(acting_user=olga, team=team_of(olga, ann, ben, cat))
    entry = last()
    people.delete_person(acting_user=olga, person=ben)
    User.objects.filter(pk=cat.pk).delete()
    undo(acting_user=olga, entry=entry)
    assert members() == {"ann"}


def test_a_team_comes_back_by_who_could_move_its_members(olga):
    """D3, D6a: strictly below, whole or not at all, and nobody moves themselves."""
    low, high = (make_user(n, make_role(level=lv)) for n, lv in (("low", 10), ("high", 50)))
    organisation.delete_team(acting_user=olga, team=team_of(olga, low, high))
    entry = last()
    mia = actor_with("mia", "groups.manage")
    refuse(mia, entry, Refused, "not below your own")
    assert not Team.objects.exists()
    refuse(actor_with("vic", ""), entry, Refused, "Teams and departments")
    undo(acting_user=olga, entry=entry)
    placing.set_members(acting_user=olga, team=Team.objects.get(), members=[low])
    organisation.delete_team(acting_user=olga, team=Team.objects.get())
    undo(acting_user=mia, entry=last())
    assert members() == {"low"}
    placing.set_members(acting_user=olga, team=Team.objects.get(), members=[mia])
    organisation.delete_team(acting_user=olga, team=Team.objects.get())
    refuse(mia, last(), Refused, "Nobody moves themselves")


def test_what_was_shared_with_a_team_ends_with_it_by_entries_of_its_own(olga):
    """D13, R19: each is there to be undone once the team is back, by who may edit the record."""
    team, contact = team_of(olga), Contact.objects.create(last_name="Doe", owner=olga)
    share_record(acting_user=olga, record=contact, receiver=team, give="edit")
    deleter = actor_with("mia", "groups.manage")
    organisation.delete_team(acting_user=deleter, team=team)
    deleted, ended = last("team.deleted"), last("record.unshared")
    assert (ended.actor, ended.subject_id) == (deleter, str(contact.pk))
    assert not ContactShare.objects.exists()
    refuse(olga, ended)
    undo(acting_user=deleter, entry=deleted)
    assert not ContactShare.objects.exists()
    refuse(deleter, ended, Refused, "no such activity")
    undo(acting_user=olga, entry=ended)
    share = ContactShare.objects.get()
    assert (share.team.code, share.give) == ("alpha", "edit")


def test_a_new_team_is_deleted_again_unless_it_was_used(olga):
    team = organisation.create_team(acting_user=olga, code="alpha", name="Alpha")
    entry = last()
    organisation.rename(acting_user=olga, part=team, name="Beta")
    renamed = last()
    refuse(olga, entry)
    undo(acting_user=olga, entry=renamed)
    placing.join_team(acting_user=olga, person=make_user("ann"), team=team)
    joined = last()
    refuse(olga, entry)
    undo(acting_user=olga, entry=joined)
    undo(acting_user=olga, entry=entry)
    assert not Team.objects.exists()


def test_each_member_who_joined_or_left_at_once_has_an_undo_of_their_own(olga):
    ann, ben, cat = (make_user(name) for name in ("ann", "ben", "cat"))
    team = make_team("alpha", cat)
    placing.set_members(acting_user=olga, team=team, members=[ann, ben])
    entries = {e.subject_name: e for e in AuditEntry.objects.filter(action="user.moved")}
    assert entries.keys() == {"ann", "ben", "cat"}
    for name, left in (("ann", {"ben"}), ("cat", {"ben", "cat"}), ("ben", {"cat"})):
        undo(acting_user=olga, entry=entries[name])
        assert members() == left
        refuse(olga, entries[name])


def test_a_deleted_department_comes_back_below_its_parent(olga):
    sales = make_department("sales")
    north = organisation.create_department(
        acting_user=olga, code="north", name="North", parent=sales
    )
    created = last()
    organisation.delete_department(acting_user=olga, department=north)
    entry = last()
    made = undo(acting_user=olga, entry=entry)
    assert Department.objects.get(code="north").parent == sales
    refuse(olga, entry)
    refuse(olga, created)  # that one is gone: the new one is another
    undo(acting_user=olga, entry=made)
    organisation.delete_department(acting_user=olga, department=sales)
    refuse(olga, entry)
    assert not Department.objects.exists()


# Approving and rejecting (D12)


@pytest.fixture
def wes(db):
    return make_user("wes", "guest", state="waiting", email="wes@x.org")


def approve(olga, wes, *roles):
    chosen = [role_of(role) for role in roles]
    approval.approve_person(acting_user=olga, user=wes, roles=chosen)
    return last("user.approved")


def test_who_was_approved_waits_again_without_the_roles_that_they_got(olga, wes):
    give(wes, make_role("kept"))
    entry = approve(olga, wes, "user", "manager")
    made = undo(acting_user=olga, entry=entry)
    assert stored(wes).state == "waiting" and held(wes) == {"guest", "kept"}
    assert not fetch(wes).has_perm("contacts.view")
    refuse(olga, entry)
    undo(acting_user=olga, entry=last("user.reopened"))
    assert stored(wes).state == "active" and held(wes) == {"guest", "kept", "user", "manager"}
    assert {made.undoes, last("user.approved").undoes} == {entry, last("user.reopened")}


def test_who_was_rejected_waits_again(olga, wes):
    approval.reject_person(acting_user=olga, user=wes)
    entry = last()
    made = undo(acting_user=olga, entry=entry)
    assert stored(wes).state == "waiting" and made.action == "user.reopened"
    refuse(olga, entry)
    undo(acting_user=olga, entry=made)
    assert stored(wes).state == "rejected"


@pytest.mark.parametrize(
    "since", ["unassigned", "for a time", "from later on", "suspended", "deleted"]
)
def test_a_decision_that_was_built_upon_stays(olga, wes, since):
    """Whoever else holds the role as it was given here."""
    entry, user = approve(olga, wes, "user"), role_of("user")
    make_user("ann", user)
    if since in ("unassigned", "for a time", "from later on"):
        unassign_role(acting_user=olga, user=wes, role=user)
    if since == "from later on":
        give(wes, user, valid_from="2126-01-01T00:00Z")
    if since == "for a time":
        give(wes, user, valid_until="2126-01-01T00:00Z")
    if since == "suspended":
        people.suspend_person(acting_user=olga, person=wes)
    if since == "deleted":
        people.delete_person(acting_user=olga, person=wes)
    refuse(olga, entry)
    assert stored(wes).state != "waiting"


def test_a_decision_is_undone_by_who_could_have_made_it(olga, wes):
    """D1, D3: the permission, a person and roles below one's own."""
    entry = approve(olga, wes, make_role("mid", level=40))
    refuse(actor_with("vic", "users.edit"), entry, Refused, "Approve or reject")
    peer = actor_with("pia", "users.approve", level=40)
    refuse(peer, entry, Refused, "not below your own")
    assign_role(acting_user=olga, user=wes, role=make_role("top", level=60))
    host = actor_with("hal", "users.approve")
    refuse(host, entry, Refused, "not below your own")
    unassign_role(acting_user=olga, user=wes, role=role_of("top"))
    undo(acting_user=host, entry=entry)
    assert stored(wes).state == "waiting" and held(wes) == {"guest"}


def test_approving_again_by_undo_asks_for_the_roles_anew(olga, wes):
    """D5."""
    reopened = undo(acting_user=olga, entry=approve(olga, wes, "user"))
    host = actor_with("hal", "users.approve")
    refuse(host, last("user.reopened"), Refused, "you do not have it yourself")
    assert reopened and held(wes) == {"guest"}


def test_nobody_undoes_the_decision_on_themselves(olga, wes):
    """D2: an Owner neither."""
    entry = approve(olga, wes, "owner")
    refuse(fetch(wes), entry, Refused, "D2")


def test_the_last_owner_does_not_wait_again(olga, wes):
    """D7; a superuser may do all but that."""
    entry = approve(olga, wes, "owner")
    olga.role_assignments.all().delete()
    root = fetch(make_user("root", is_superuser=True))
    refuse(root, entry, match="last Owner")
    give(olga, "owner")
    undo(acting_user=root, entry=entry)
    assert stored(wes).state == "waiting" and held(wes) == {"guest"}


def test_the_last_owner_does_not_wait_again_whoever_made_them_one(olga, wes):
    """D7: the role was theirs before."""
    give(wes, "owner")
    entry = approve(olga, wes)
    olga.role_assignments.all().delete()
    refuse(fetch(make_user("root", is_superuser=True)), entry, match="last Owner")
    assert stored(wes).state == "active"


def test_a_role_above_oneself_is_not_taken_back_though_it_has_ended(olga, wes):
    """D3: what has ended counts for nobody's rank, and the role is above all the same."""
    top = make_role("top", level=60)
    approve(olga, wes)
    give(wes, top, valid_from="2020-01-01T00:00Z", valid_until="2020-01-02T00:00Z")
    host = actor_with("hal", "users.approve")
    with pytest.raises(Refused, match="not below your own"):
        approval.reopen_person(acting_user=host, user=wes, roles=[top])
    approval.reopen_person(acting_user=olga, user=wes, roles=[top])
    assert held(wes) == {"guest"}


def test_only_who_was_decided_on_can_wait_again(olga, wes):
    for state in ("waiting", "suspended"):
        User.objects.filter(pk=wes.pk).update(state=state)
        with pytest.raises(Blocked, match="approved or rejected"):
            approval.reopen_person(acting_user=olga, user=wes)


# People


def test_a_new_person_goes_to_the_trash_unless_something_was_done_with_them_since(olga):
    values = {"username": "neil", "email": "neil@x.org"}
    neil = people.create_person(acting_user=olga, values=values, origin=ORIGIN)
    entry = last()
    give(neil, "user")
    refuse(olga, entry)
    neil.role_assignments.all().delete()
    people.suspend_person(acting_user=olga, person=neil)
    refuse(olga, entry)
    people.restore_person(acting_user=olga, person=neil)
    people.edit_person(acting_user=olga, person=neil, values={"last_name": "Newton"})
    refuse(olga, entry)
    undo(acting_user=olga, entry=last())
    people.edit_person(acting_user=olga, person=neil, values={"email": "other@x.org"})
    refuse(olga, entry)
    undo(acting_user=olga, entry=last())
    made = undo(acting_user=olga, entry=entry)
    assert stored(neil).deleted_at is not None
    back = undo(acting_user=olga, entry=made)
    assert stored(neil).deleted_at is None and back.action == "user.undeleted"
    undo(acting_user=olga, entry=back)
    assert stored(neil).deleted_at is not None


def test_a_name_goes_back_and_a_hidden_address_stays(olga):
    """R23, threat 8: what they may not read is no part of it, and no refusal tells of it."""
    ann = make_user("ann", email="old@x.org", first_name="Ann")
    values = {"first_name": "Anna", "email": "new@x.org"}
    people.edit_person(acting_user=olga, person=ann, values=values)
    entry = last()
    hidden = {"users": {"email": "hidden"}}
    undo(acting_user=actor_with("edi", "users.edit", fields=hidden), entry=entry)
    assert (stored(ann).first_name, stored(ann).email) == ("Ann", "new@x.org")
    refuse(olga, entry)


def test_a_person_is_moved_back_by_who_could_move_them(olga):
    ann, sales = make_user("ann", make_role(level=60)), make_department("sales")
    placing.move_to_department(acting_user=olga, person=ann, department=sales)
    entry = last()
    refuse(actor_with("mia", "groups.manage"), entry, Refused, "not below your own")
    undo(acting_user=olga, entry=entry)
    assert stored(ann).department is None


@pytest.mark.parametrize("kind", ["manager", "department"])
def test_who_was_moved_with_others_is_moved_back_alone(olga, kind):
    """R25: many are singles, in the log too."""
    ann, ben, boss = (make_user(name) for name in ("ann", "ben", "boss"))
    target = boss if kind == "manager" else make_department("sales")
    move = placing.move_to_manager if kind == "manager" else placing.move_to_department
    change_people(acting_user=olga, people=[ann, ben], change=move, values={kind: target})
    entries = {e.subject_name: e for e in AuditEntry.objects.filter(action="user.moved")}
    undo(acting_user=olga, entry=entries["ann"])
    assert (getattr(stored(ann), kind), getattr(stored(ben), kind)) == (None, target)
    refuse(olga, entries["ann"])
    undo(acting_user=olga, entry=entries["ben"])
    assert getattr(stored(ben), kind) is None


# E-mail domains


def test_a_domain_is_closed_and_opened_again(olga):
    registration.allow_domain(acting_user=olga, name="example.org")
    entry = last()
    closed = undo(acting_user=olga, entry=entry)
    assert not RegistrationDomain.objects.exists()
    undo(acting_user=olga, entry=closed)
    assert RegistrationDomain.objects.get().name == "example.org"
    refuse(olga, closed)
    refuse(olga, entry)  # that one is gone: the new one is another
    refuse(actor_with("vic", ""), last("domain.allowed"), Refused, "no such activity")


def test_an_invitation_out_of_sight_is_no_activity(olga):
    """R23."""
    invite(olga)
    refuse(actor_with("vic", "users.edit"), last("invitation.sent"), Refused, "no such activity")
    assert invitations.INVITE == "users.invite"
