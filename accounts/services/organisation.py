"""Make, rename, move and delete teams and departments, with D3 for everyone moved (D6a)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import RestrictedError
from django.utils.translation import gettext as _

from roles.core.errors import Blocked
from roles.services.sharing import end_shares

from ..models import Department, DepartmentLink, Membership, Team, User
from .acting import administering, changed, in_words, log_organisation
from .placing import GROUPS, movable, require_movable


def create_team(*, acting_user: Any, code: str, name: str, members: Iterable[User] = ()) -> Team:
    """Make a team; whoever is to be in it is moved."""
    with administering(acting_user, GROUPS) as actor:
        joining = [movable(actor, person) for person in members]
        team = _stored(Team(code=code, name=name))
        for person in joining:
            Membership.objects.create(team=team, user=person)
        log_organisation(acting_user, "created", team, [*_named(team), *_members([], joining)])
    return team


def create_department(
    *, acting_user: Any, code: str, name: str, parent: Department | None = None
) -> Department:
    """Make a department without people, perhaps below another one."""
    with administering(acting_user, GROUPS):
        made = _stored(Department(code=code, name=name, parent=parent))
        rows = [*_named(made), changed("parent", None, parent)]
        log_organisation(acting_user, "created", made, rows)
    return made


def rename(*, acting_user: Any, part: Team | Department, name: str) -> Team | Department:
    """Give a team or department another name; its code stays, and nobody moves."""
    with administering(acting_user, GROUPS):
        part = _locked(part)
        old, part.name = part.name, name
        if old != name:
            _stored(part, ["name"])
            log_organisation(acting_user, "renamed", part, [changed("name", old, name)])
    return part


def move_department(
    *, acting_user: Any, department: Department, parent: Department | None
) -> Department:
    """Put a department below another one, with all its people and those of the ones below it."""
    with administering(acting_user, GROUPS) as actor:
        department = _locked(department)
        below = DepartmentLink.objects.filter(ancestor=department.pk).values("descendant")
        require_movable(actor, User.objects.filter(department__in=below))
        old, department.parent = department.parent, parent
        if old != parent:
            _stored(department, ["parent"])
            log_organisation(acting_user, "moved", department, [changed("parent", old, parent)])
    return department


def delete_team(*, acting_user: Any, team: Team) -> None:
    """Delete a team; its members leave it, so each is moved, and what was shared with it is not."""
    with administering(acting_user, GROUPS) as actor:
        team = _locked(team)
        members = list(User.objects.filter(memberships__team=team))
        require_movable(actor, members)
        rows = [*_named(team, gone=True), *_members(members, [])]
        log_organisation(acting_user, "deleted", team, rows)
        end_shares(acting_user=acting_user, receiver=team)
        team.delete()


def delete_department(*, acting_user: Any, department: Department) -> None:
    """Delete a department that has neither people nor departments below it."""
    with administering(acting_user, GROUPS):
        department = _locked(department)
        rows = [*_named(department, gone=True), changed("parent", department.parent, None)]
        log_organisation(acting_user, "deleted", department, rows)
        try:
            department.delete()
        except RestrictedError as error:
            words = _("“%s” has people or departments in it. Move them to another one first.")
            raise Blocked(words % department) from error


def _locked(part: Any) -> Any:
    return type(part)._default_manager.select_for_update(of=("self",)).get(pk=part.pk)


def _stored(part: Any, fields: list[str] | None = None) -> Any:
    with in_words():
        part.full_clean()
        part.save(update_fields=fields)
    return part


def _named(part: Any, *, gone: bool = False) -> list[dict[str, Any]]:
    made = {"code": (None, part.code), "name": (None, part.name)}
    return [changed(name, *(pair[::-1] if gone else pair)) for name, pair in made.items()]


def _members(old: list[User], new: list[User]) -> list[dict[str, Any]]:
    return [changed("members", old, new)] if old or new else []
