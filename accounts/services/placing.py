"""Move people in the organisation: manager, department, teams (D6a).

Whoever moves changes whose records they reach and who reaches theirs. D3 is asked for everyone
who moves, those below a manager or in a department included; nobody but an Owner moves themselves.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from roles import policy
from roles.core.errors import Invalid, Refused
from roles.services.delegation import require_other, require_within
from roles.services.records import require_fields

from ..models import Department, Membership, ReportingLink, Team, User
from .acting import administering, changed, in_words, read
from .newcomers import log_person

GROUPS = "groups.manage"


def move_to_manager(*, acting_user: Any, person: User, manager: User | None) -> User:
    """Let somebody report to another person or to nobody, with all who report to them."""
    with administering(acting_user, "users.edit") as actor:
        person = movable(actor, person, "users.edit")
        require_fields(policy.check_changes(actor, person, {"manager": manager}))
        if manager == person:
            words = _("Nobody reports to themselves (R9). Choose another manager.")
            raise Invalid({"manager": [words]})
        below = ReportingLink.objects.filter(ancestor=person.pk).values("descendant")
        require_movable(actor, User.objects.filter(pk__in=below))
        old, person.manager = person.manager, manager
        if old != manager:
            with in_words():
                person.full_clean(exclude=["password"])
                person.save(update_fields=["manager"])
            row = changed("manager", old, manager)
            log_person(acting_user, "user.moved", person, [row], is_field_change=True)
    return person


def move_to_department(*, acting_user: Any, person: User, department: Department | None) -> User:
    """Put somebody into another department or into none, where it may be read (R17)."""
    with administering(acting_user, GROUPS) as actor:
        person = movable(actor, person)
        if "department" not in policy.field_mask(actor, person).readable:
            raise Refused(policy.no_such_field("department"))  # nobody moves what they may not see
        old, person.department = person.department, department
        if old != department:
            person.save(update_fields=["department"])
            row = changed("department", old, department)
            log_person(acting_user, "user.moved", person, [row], is_field_change=True)
    return person


def set_members(*, acting_user: Any, team: Team, members: Iterable[User]) -> None:
    """Let a team have exactly these members; whoever joins or leaves is moved.

    Who is in the trash is in nobody's list, so no list takes them out of the team (R26).
    """
    wished = {user.pk for user in members}
    with administering(acting_user, GROUPS) as actor:
        there = Membership.objects.filter(team=team, user__deleted_at=None)
        held = set(there.values_list("user_id", flat=True))
        moved = list(User.objects.select_for_update(of=("self",)).filter(pk__in=held ^ wished))
        for person in moved:
            movable(actor, person)
        for person in moved:
            joins = person.pk in wished
            if joins:
                Membership.objects.create(team=team, user=person)
            else:
                Membership.objects.filter(team=team, user=person).delete()
            _log_membership(acting_user, person, team, joins=joins)


def move_to_teams(*, acting_user: Any, person: User, teams: Iterable[Team]) -> User:
    """Let somebody be in exactly these teams."""
    wished = {team.pk for team in teams}
    with administering(acting_user, GROUPS):
        held = set(Membership.objects.filter(user=person).values_list("team_id", flat=True))
        for team in Team.objects.filter(pk__in=held - wished):
            leave_team(acting_user=acting_user, person=person, team=team)
        for team in Team.objects.filter(pk__in=wished - held):
            join_team(acting_user=acting_user, person=person, team=team)
    return person


def join_team(*, acting_user: Any, person: User, team: Team) -> User:
    """Put somebody into a team beside those that they are in."""
    with administering(acting_user, GROUPS) as actor:
        person = movable(actor, person)
        if Membership.objects.get_or_create(team=team, user=person)[1]:
            _log_membership(acting_user, person, team, joins=True)
    return person


def leave_team(*, acting_user: Any, person: User, team: Team) -> User:
    """Take somebody out of a team."""
    with administering(acting_user, GROUPS) as actor:
        person = movable(actor, person)
        if Membership.objects.filter(team=team, user=person).delete()[0]:
            _log_membership(acting_user, person, team, joins=False)
    return person


def movable(actor: Any, person: User, code: str = GROUPS) -> User:
    """Give somebody who moves as they are stored, locked; who moves themselves is told so first."""
    require_movable(actor, [person])
    return read(person, actor, code)


def _log_membership(acting_user: Any, person: User, team: Team, *, joins: bool) -> None:
    name = str(team)  # people have no field of this name, by which the log could look it up
    row = changed("team", None if joins else name, name if joins else None)
    row |= {"code": team.code}  # by which an undo finds it, whatever it is called by then
    log_person(acting_user, "user.moved", person, [row], is_field_change=True)


def require_movable(actor: Any, people: Iterable[User] | QuerySet[User]) -> None:
    """Ask D3 for everyone who moves; nobody moves themselves but an Owner (D6a, D1)."""
    for person in people:
        if not policy.is_owner(actor):
            require_other(actor, person, _("Nobody moves themselves (D6a). Ask an Owner."))
        require_within(policy.excess_of_person(actor, person))
