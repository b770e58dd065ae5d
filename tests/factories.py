"""Make people and roles for a test, each value with a default: a test names what it is about."""

from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.models import Department, Team, User
from rbac_site.backends import SiteBackend
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import Role, RoleAssignment
from roles.services.installation import install_assignment, install_role

_numbers = count(1)


def make_user(username: str = "", *roles: Any, **values: Any) -> User:
    """Store a person, with `roles` (codes or roles) held for ever."""
    user = User.objects.create(username=username or f"person-{next(_numbers)}", **values)
    for role in roles:
        give(user, role)
    return user


def make_team(code: str = "", *members: User) -> Team:
    """Store a team with its members."""
    code = code or f"team-{next(_numbers)}"
    team = Team.objects.create(code=code, name=code.capitalize())
    team.members.add(*members)
    return team


def make_department(code: str = "", *people: User, parent: Department | None = None) -> Department:
    """Store a department with the people in it, perhaps below another one."""
    code = code or f"department-{next(_numbers)}"
    made = Department.objects.create(code=code, name=code.capitalize(), parent=parent)
    for user in people:
        user.department = made
        user.save(update_fields=["department"])
    return made


def give_second_factor(user: User) -> Authenticator:
    """Let `user` have codes of an app."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})


def set_manager(user: User, manager: User | None) -> None:
    """Let `user` report to `manager`, or to nobody."""
    user.manager = manager
    user.save(update_fields=["manager"])


def make_role(
    code: str = "",
    *,
    name: str = "",
    level: int = 10,
    description: str = "",
    base: str | Role | None = None,
    second_factor: bool = False,
    permissions: Any = (),
    privileges: Any = (),
    records: Any = None,
    fields: Any = None,
) -> Role:
    """Store a role; `permissions` and `privileges` may be words in one text.

    `records` is module -> scope, or action -> scopes; `fields` module -> field -> level's code.
    """
    name = name or code.capitalize() or f"Role of test {next(_numbers)}"
    return install_role(
        RoleSpec(
            code=code,
            name=name,
            level=level,
            description=description,
            base=base.code if isinstance(base, Role) else base,
            second_factor=second_factor,
            permissions=words(permissions),
            privileges=words(privileges),
            records=scopes(records or {}),
            fields=levels(fields or {}),
        )
    )


def words(given: Any) -> frozenset[str]:
    """Read `"a b"` or a list of names."""
    return frozenset(given.split() if isinstance(given, str) else given)


def scopes(given: Any) -> dict[str, dict[str, frozenset[str]]]:
    """Read `{"contacts": "team", "leads": {"*": "own", "edit": "team all"}}`."""
    nested = {m: by if isinstance(by, dict) else {"*": by} for m, by in given.items()}
    return {m: {action: words(found) for action, found in by.items()} for m, by in nested.items()}


def levels(given: Any) -> dict[str, dict[str, FieldLevel]]:
    """Read `{"contacts": {"phone": "read_only", "*": "hidden"}}`."""
    return {
        module: {name: FieldLevel.from_code(level) for name, level in by.items()}
        for module, by in given.items()
    }


def role_of(role: str | Role) -> Role:
    """Give the role that a code names."""
    return role if isinstance(role, Role) else Role.objects.get(code=role)


def give(user: User, role: str | Role, **moments: Any) -> RoleAssignment:
    """Let `user` hold `role`, for ever or `valid_from` … `valid_until`."""
    return install_assignment(user=user, role=role_of(role), **moments)


def fetch(user: User) -> Any:
    """Give the person as the next request of their session would have them; None if shut out."""
    return SiteBackend().get_user(user.pk)
