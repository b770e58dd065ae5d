"""An account to administer, and random commands on it."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import strategies as st

from accounts.models import Department, Team, User
from accounts.services import people, placing
from accounts.services.approval import approve_person, reject_person
from accounts.services.organisation import delete_team, move_department
from roles.core.changes import RoleChanges
from roles.core.errors import Conflict, Invalid, Refused
from roles.core.specs import RoleSpec
from roles.core.vocabulary import FieldLevel
from roles.models import Role
from roles.services.assignment import assign_role, change_assignment, unassign_role
from roles.services.bases import change_bases
from roles.services.loading import read_role
from roles.services.role import change_role, create_role, delete_role
from tests.factories import (
    fetch,
    give,
    give_second_factor,
    make_department,
    make_role,
    make_team,
    make_user,
    role_of,
    set_manager,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(1)
ORIGIN = "https://site.example"
ROLES_ADMIN = "roles.view roles.create roles.edit roles.delete"
USERS_ADMIN = (
    "users.view users.create users.edit users.delete users.approve groups.manage passwords.manage"
)
MOVING = "users.view users.approve groups.manage roles.view"
PEOPLE = ("olga", "otto", "chief", "vice", "clerk", "rep", "low", "wim", "soon", "sid", "gone")
PEOPLE += ("mover", "odd")
ROLE_CODES = ("chief", "vice", "clerk", "rep", "heir", "low", "user", "manager", "owner", "new")
CODES = ("contacts.view", "contacts.edit", "contacts.export", "deals.view", "users.edit")
CODES += ("roles.edit", "tasks.comment", "admin.view", "privileges.define")
REFUSALS = (Refused, Invalid, Conflict)


def build():
    """Make people of every rank, some of whom administer, and roles that stand on each other."""
    _build_roles()
    made = _build_people()
    give(made["soon"], "manager", valid_from=NOW + DAY)
    set_manager(made["rep"], made["chief"])
    for name in ("olga", "chief", "rep"):
        give_second_factor(made[name])
    make_team("alpha", made["chief"], made["rep"])
    make_department("south", made["low"], parent=make_department("north", made["clerk"]))


def _build_roles():
    work = "contacts.view contacts.edit tasks.comment"
    make_role("low", level=5, permissions="contacts.view")
    make_role("rep", level=10, base="low", permissions="deals.view", privileges="app.rep")
    make_role("heir", level=30, base="rep", records={"contacts": "all"})
    make_role(
        "chief",
        level=50,
        permissions=f"{ROLES_ADMIN} {USERS_ADMIN} {work} deals.view contacts.export",
        records={"contacts": "team", "deals": "all"},
        fields={"contacts": {"notes": "read_only"}},
        privileges="app.rep",
    )
    make_role(
        "vice",
        level=40,
        permissions=f"{ROLES_ADMIN} users.view users.edit privileges.define contacts.view",
        records={"contacts": "all"},
    )
    make_role("clerk", level=20, permissions=f"users.view users.edit roles.view roles.edit {work}")
    make_role("mover", level=25, permissions=f"{MOVING} users.create")
    make_role("odd", level=35, permissions=f"users.edit users.approve roles.edit users.view {work}")


def _build_people():
    return {
        "olga": make_user("olga", "owner"),
        "otto": make_user("otto", "owner"),
        "chief": make_user("chief", "chief", "low"),
        "vice": make_user("vice", "vice", "rep"),
        "clerk": make_user("clerk", "clerk"),
        "rep": make_user("rep", "rep"),
        "low": make_user("low", "user"),
        "wim": make_user("wim", "low", state="waiting"),
        "soon": make_user("soon"),
        "sid": make_user("sid", "clerk", "mover", state="suspended"),
        "gone": make_user("gone", "low", deleted_at=NOW - DAY),
        "mover": make_user("mover", "mover"),
        "odd": make_user("odd", "odd"),
    }


# Commands: (name, argument …), drawn without a look at the account


def _one_of(name, *arguments):
    return st.tuples(st.just(name), *arguments)


_role, _person = st.sampled_from(ROLE_CODES), st.sampled_from(PEOPLE)
_code, _level = st.sampled_from(CODES), st.sampled_from((0, 10, 19, 39, 49, 50, 100))
_base = st.none() | _role
_scopes = st.frozensets(st.sampled_from(("own", "team", "department", "all")), max_size=2)
commands = st.one_of(
    _one_of("create", _level, st.frozensets(_code, max_size=3), _base),
    _one_of("toggle", _role, _code),
    _one_of("toggle whole", _role, _code),
    _one_of("privilege", _role, st.sampled_from(("app.rep", "app.new"))),
    _one_of("scope", _role, st.sampled_from(("*", "view")), _scopes),
    _one_of("field", _role, st.sampled_from(("notes", "*")), st.sampled_from([*FieldLevel, None])),
    _one_of("level", _role, _level),
    _one_of("base", _role, _base),
    _one_of("second factor", _role, st.booleans()),
    _one_of("bases", st.frozensets(_role, min_size=1, max_size=3), _base),
    _one_of("delete role", _role, _base),
    _one_of("assign", _person, _role, st.sampled_from((None, NOW - DAY, NOW + DAY))),
    _one_of("assign", _person, _role, st.none()),
    _one_of("unassign", _person, _role),
    _one_of("terms", _person, _role, st.sampled_from((None, NOW - DAY, NOW + DAY))),
    _one_of("factor off", _person),
    _one_of("person", st.sampled_from(("nina", "Rep"))),
    *(
        _one_of(name, _person)
        for name in ("suspend", "restore", "delete", "undelete", "reject", "password", "email")
    ),
    _one_of("approve", _person, st.frozensets(_role, max_size=2)),
    _one_of("manager", _person, st.none() | _person),
    _one_of("department", _person, st.sampled_from((None, "north", "south"))),
    _one_of("members", st.frozensets(_person, max_size=3)),
    _one_of("join", _person),
    _one_of("leave", _person),
    _one_of("move department", st.sampled_from((None, "north", "south"))),
    _one_of("delete team"),
)
ACTORS = (*PEOPLE, "chief", "chief", "chief", "vice", "vice", "clerk")
steps = st.tuples(st.sampled_from(ACTORS), commands)


def run(step):
    """Let the person of a step do what it says; tell whether it was done."""
    return refusal_of(step) is None


def refusal_of(step):
    """Let the person of a step, or nobody, do what it says; give what stood against it."""
    name, (what, *arguments) = step
    user = person_named(name)
    try:
        DO[what]((user and fetch(user)) or user or AnonymousUser(), *arguments)
    except (*REFUSALS, ObjectDoesNotExist) as refusal:
        return refusal
    return None


def person_named(name):
    return name and User.objects.get(username=name)


def fetch_role(code):
    """Give the role, or nothing: commands are drawn without a look at the account."""
    return Role.objects.filter(code=code).select_related("base").first()


def _change(actor, code, **parts):
    change_role(acting_user=actor, role=role_of(code), changes=RoleChanges(**parts))


def _create(actor, level, codes, base):
    wanted = RoleSpec(code="", name="New", level=level, base=base, permissions=codes)
    create_role(acting_user=actor, wanted=wanted)


def _toggle(actor, code, permission):
    held = permission in read_role(role_of(code)).permissions
    _change(actor, code, **{"revoked" if held else "granted": frozenset({permission})})


def _privilege(actor, code, name):
    held = name in read_role(role_of(code)).privileges
    part = "privileges_removed" if held else "privileges_added"
    _change(actor, code, **{part: frozenset({name})})


def _delete_role(actor, code, target):
    target = role_of(target) if target else None
    delete_role(acting_user=actor, role=role_of(code), move_to=target)


def _assign(actor, name, code, until):
    assign_role(acting_user=actor, user=person_named(name), role=role_of(code), valid_until=until)


def _terms(actor, name, code, until):
    held = {"user": person_named(name), "role": role_of(code)}
    change_assignment(acting_user=actor, **held, values={"valid_until": until})


def _on_person(service, **values):
    return lambda actor, name: service(acting_user=actor, person=person_named(name), **values)


def _approve(actor, name, codes):
    roles = [role_of(code) for code in sorted(codes)]
    approve_person(acting_user=actor, user=person_named(name), roles=roles)


def _department(code):
    return code and Department.objects.get(code=code)


DO = {
    "create": _create,
    "toggle": _toggle,
    "toggle whole": _toggle,
    "privilege": _privilege,
    "scope": lambda a, code, action, scopes: _change(
        a, code, records={("contacts", action): (frozenset(), scopes)}
    ),
    "field": lambda a, code, name, level: _change(
        a, code, fields={("contacts", name): (None, level)}
    ),
    "level": lambda a, code, level: _change(a, code, values={"level": (0, level)}),
    "base": lambda a, code, base: _change(a, code, values={"base": (None, base)}),
    "second factor": lambda a, code, asked: _change(
        a, code, values={"second_factor": (not asked, asked)}
    ),
    "bases": lambda a, codes, base: change_bases(
        acting_user=a, roles=[role_of(c) for c in sorted(codes)], base=base, skip_refused=True
    ),
    "delete role": _delete_role,
    "assign": _assign,
    "terms": _terms,
    "factor off": _on_person(people.remove_second_factor),
    "person": lambda a, name: people.create_person(
        acting_user=a, values={"username": name}, origin=ORIGIN
    ),
    "unassign": lambda a, name, code: unassign_role(
        acting_user=a, user=person_named(name), role=role_of(code)
    ),
    "suspend": _on_person(people.suspend_person),
    "restore": _on_person(people.restore_person),
    "delete": _on_person(people.delete_person),
    "undelete": _on_person(people.undelete_person),
    "reject": lambda a, name: reject_person(acting_user=a, user=person_named(name)),
    "password": _on_person(people.reset_password, origin=ORIGIN),
    "email": _on_person(people.edit_person, values={"email": "x@example.org"}),
    "approve": _approve,
    "manager": lambda a, name, manager: placing.move_to_manager(
        acting_user=a, person=person_named(name), manager=person_named(manager)
    ),
    "department": lambda a, name, code: placing.move_to_department(
        acting_user=a, person=person_named(name), department=_department(code)
    ),
    "members": lambda a, names: placing.set_members(
        acting_user=a,
        team=Team.objects.get(code="alpha"),
        members=[person_named(name) for name in sorted(names)],
    ),
    "join": lambda a, name: placing.join_team(
        acting_user=a, person=person_named(name), team=Team.objects.get(code="alpha")
    ),
    "leave": lambda a, name: placing.leave_team(
        acting_user=a, person=person_named(name), team=Team.objects.get(code="alpha")
    ),
    "move department": lambda a, parent: move_department(
        acting_user=a, department=_department("south"), parent=_department(parent)
    ),
    "delete team": lambda a: delete_team(acting_user=a, team=Team.objects.get(code="alpha")),
}
