"""Who moves whom in the organisation, by hand and one at a time (D3, D6a, R17)."""

import pytest

from accounts.models import Membership, User
from accounts.services import organisation, placing
from roles.core.errors import Invalid, Refused
from roles.models import AuditEntry
from tests.factories import fetch, make_department, make_role, make_team, make_user, set_manager

pytestmark = pytest.mark.django_db
MOVES = ("manager", "department", "joins", "leaves", "teams", "members", "new team")


def actor_with(name, *, level=50, **values):
    role = make_role(permissions="users.view users.edit groups.manage", level=level, **values)
    return fetch(make_user(name, role))


def move(name, actor, person):
    """Give a service that moves the person, ready to be called by the actor."""
    stored = User.objects.get(pk=person.pk)
    team, theirs = make_team(), make_team("", person)
    boss, place = make_user(), make_department()
    by, one = {"acting_user": actor}, {"acting_user": actor, "person": stored}
    return {
        "manager": lambda: placing.move_to_manager(**one, manager=boss),
        "department": lambda: placing.move_to_department(**one, department=place),
        "joins": lambda: placing.join_team(**one, team=team),
        "leaves": lambda: placing.leave_team(**one, team=theirs),
        "teams": lambda: placing.move_to_teams(**one, teams=[team]),
        "members": lambda: placing.set_members(**by, team=team, members=[stored]),
        "new team": lambda: organisation.create_team(
            **by, code="new", name="New", members=[stored]
        ),
    }[name]


def place_of(person):
    row = User.objects.filter(pk=person.pk).values("manager", "department").get()
    return row, set(Membership.objects.filter(user=person).values_list("team", flat=True))


@pytest.mark.parametrize("name", MOVES)
def test_nobody_moves_themselves_in_any_way_and_is_told_so(name):
    """D6a: in these very words, not in those for a rank; an Owner moves themselves (D1)."""
    mia, olga = actor_with("mia"), fetch(make_user("olga", "owner"))
    call, before = move(name, mia, mia), place_of(mia)
    with pytest.raises(Refused, match="Nobody moves themselves"):
        call()
    assert place_of(mia) == before
    call, before = move(name, olga, olga), place_of(olga)
    call()
    assert place_of(olga) != before


@pytest.mark.parametrize("name", MOVES)
def test_who_is_not_below_is_moved_in_no_way(name):
    """D3; whoever is below is."""
    mia = actor_with("mia")
    peer, low = make_user("peer", make_role(level=50)), make_user("low", make_role(level=10))
    call, before = move(name, mia, peer), place_of(peer)
    with pytest.raises(Refused, match="D3"):
        call()
    assert place_of(peer) == before
    call, before = move(name, mia, low), place_of(low)
    call()
    assert place_of(low) != before


@pytest.mark.parametrize(("level", "match"), [("read_only", "manager"), ("hidden", "no field")])
def test_a_manager_that_the_actor_may_not_write_stays(level, match):
    """R17: a read-only one is named, a hidden one refused as no field at all."""
    low, boss = make_user("low"), make_user("boss")
    clerk = actor_with("clerk", fields={"users": {"manager": level}})
    with pytest.raises(Refused, match=match):
        placing.move_to_manager(acting_user=clerk, person=low, manager=boss)
    assert place_of(low)[0]["manager"] is None
    placing.move_to_manager(acting_user=actor_with("mia"), person=low, manager=boss)
    assert place_of(low)[0]["manager"] == boss.pk


def test_nobody_is_made_to_report_to_themselves(owner):
    """R9: said at the field, before the cycle is; nothing of it is logged."""
    low, count = make_user("low"), AuditEntry.objects.count()
    with pytest.raises(Invalid, match="Nobody reports to themselves") as caught:
        placing.move_to_manager(acting_user=owner, person=low, manager=low)
    assert set(caught.value.errors) == {"manager"}
    assert AuditEntry.objects.count() == count


def test_nobody_moves_whom_they_report_to_and_themselves_along():
    """D6a: moving whom one reports to moves oneself; an Owner may."""
    low = make_user("low", make_role(level=10))
    mia, boss = actor_with("mia"), make_user("boss")
    set_manager(User.objects.get(pk=mia.pk), low)
    with pytest.raises(Refused, match="Nobody moves themselves"):
        placing.move_to_manager(acting_user=mia, person=low, manager=boss)
    assert place_of(low)[0]["manager"] is None
    other = actor_with("other", level=60)
    placing.move_to_manager(acting_user=other, person=low, manager=boss)
    assert place_of(low)[0]["manager"] == boss.pk


def test_who_does_not_move_along_is_not_asked_about():
    """D3, D6a: whoever stands elsewhere may be as high as they like."""
    high, boss, mia = make_user("high", "owner"), make_user("boss"), actor_with("mia")
    low, under = make_user("low", make_role(level=10)), make_user("under", make_role(level=10))
    set_manager(under, low)
    set_manager(high, boss)
    placing.move_to_manager(acting_user=mia, person=low, manager=boss)
    north, south = make_department("north", under), make_department("south", high)
    organisation.move_department(acting_user=mia, department=north, parent=south)
    north.refresh_from_db()
    assert (place_of(low)[0]["manager"], north.parent) == (boss.pk, south)


def test_who_changes_teams_is_in_these_and_nobody_else_in_others(owner):
    """Who leaves one team stays in the rest; who is in all that are named leaves all others."""
    ann, ben = make_user("ann"), make_user("ben")
    first, _second, third = (make_team(code, ann, ben) for code in ("first", "second", "third"))
    fourth = make_team("fourth", ben)

    def teams(person):
        return set(Membership.objects.filter(user=person).values_list("team__code", flat=True))

    placing.leave_team(acting_user=owner, person=ann, team=first)
    assert teams(ann) == {"second", "third"}
    placing.move_to_teams(acting_user=owner, person=ann, teams=[third, fourth])
    assert teams(ann) == {"third", "fourth"}
    assert teams(ben) == {"first", "second", "third", "fourth"}
