"""What stands in the database, as a policy-test document: a reader without the product reads it."""

from accounts.models import Membership, User
from accounts.second_factor import has_second_factor
from roles.models import RoleAssignment
from roles.snapshots import read_policy

from .administration import NOW


def picture():
    """Give roles and people as the brute force reads them, and what else a change may touch."""
    roles = [_row(spec) for code, spec in read_policy().roles.items() if code != "owner"]
    held, teams = _held_by_user(), _teams_by_user()
    return {
        "version": 1,
        "now": NOW.isoformat(),
        "roles": roles,
        "world": {"users": {u.username: _user(u, held, teams) for u in User.objects.all()}},
    }


def _row(spec):
    return {
        "code": spec.code,
        "name": spec.name,
        "level": spec.level,
        "base": spec.base,
        "second_factor": spec.second_factor,
        "permissions": sorted(spec.permissions),
        "privileges": sorted(spec.privileges),
        "records": {m: {a: sorted(s) for a, s in by.items()} for m, by in spec.records.items()},
        "fields": {m: {f: lv.code for f, lv in by.items()} for m, by in spec.fields.items()},
    }


def _user(user, held, teams):
    return {
        "roles": held.get(user.pk, []),
        "state": user.state,
        "active": user.is_active and user.deleted_at is None,
        "second_factor": has_second_factor(user),
        "place": (user.manager_id, user.department_id, *teams.get(user.pk, [])),
        "who": (user.username, user.email, user.password, user.deleted_at),
    }


def _held_by_user():
    found = {}
    rows = RoleAssignment.objects.order_by("role__code")
    for user, role, begin, end in rows.values_list(
        "user_id", "role__code", "valid_from", "valid_until"
    ):
        found.setdefault(user, []).append({"role": role, "from": begin, "until": end})
    return found


def _teams_by_user():
    found = {}
    for user, team in Membership.objects.order_by("team__code").values_list("user", "team__code"):
        found.setdefault(user, []).append(team)
    return found
