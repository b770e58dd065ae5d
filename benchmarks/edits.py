"""Goal f: what an edit of a role costs, whoever holds it.

The bare edit is one INSERT or DELETE of a grant in a transaction, through the ORM, with nothing
of ours around it; a figure is that of one of each, because the two differ. The edit writes the
policy version too. The service does everything that an administrator's edit needs: it locks,
reads the role again, validates and writes the log.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import QuerySet

from roles.core.changes import RoleChanges
from roles.models import Role, RoleGrant
from roles.services.role import change_role

from . import crowd, world
from .plan import Plan
from .rows import Row, count, ratio
from .sides import OURS, sign_in
from .timing import seconds_of, take_turns

Act = Callable[[bool], None]


class Toggle:
    """Grant, revoke, grant …, each in a transaction of its own."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self.granted = False

    def __call__(self) -> None:
        self.granted = not self.granted
        with transaction.atomic():
            self._act(self.granted)

    def seconds(self) -> float:
        """Time granting and revoking, their commits included."""
        return seconds_of(self) + seconds_of(self)

    def rows(self) -> int:
        """Give the most rows that granting or revoking writes, as the database counts them."""
        return max(_rows_written(self), _rows_written(self))


def measure(plan: Plan) -> list[Row]:
    """Edit the roles of few and of many, and look on from another process."""
    crowd.build(plan.holders)
    toggles = _toggles(plan.holders)
    for toggle in toggles.values():
        toggle.seconds()
    rows = {name: toggle.rows() for name, toggle in toggles.items()}
    cases = {name: toggle.seconds for name, toggle in toggles.items()}
    bare = take_turns({k: v for k, v in cases.items() if "service" not in k}, plan.rounds)
    whole = take_turns({k: v for k, v in cases.items() if "django" not in k}, plan.rounds // 8)
    return [
        *_row_counts(rows, plan.holders),
        *_ratios_of_edits(bare, plan.holders),
        *_ratios_of_services(whole, plan.holders),
        _seen(plan),
    ]


def _toggles(many: int) -> dict[str, Toggle]:
    made = {}
    for holders in (crowd.FEW, many):
        role = Role.objects.get(code=crowd.role_code(holders))
        group = Group.objects.get(name=role.code)
        made |= {
            f"bare {holders}": Toggle(_bare(role, "leads.view")),
            f"edit {holders}": Toggle(_edit(role, "leads.edit")),
            f"service {holders}": Toggle(_service(role, "leads.create")),
            f"django {holders}": Toggle(_django(group, "leads.view")),
        }
    return made


def _bare(role: Role, code: str) -> Act:
    """Write the row with a queryset that knows nothing of versions, and without signals."""
    grants = QuerySet(RoleGrant)

    def act(granted: bool) -> None:
        if granted:
            grants.bulk_create([RoleGrant(role=role, permission_id=code)])
        else:
            grants.filter(role=role, permission_id=code)._raw_delete(grants.db)

    return act


def _edit(role: Role, code: str) -> Act:
    """Write the row as the service does, which also changes the policy version."""

    def act(granted: bool) -> None:
        if granted:
            RoleGrant.objects.bulk_create([RoleGrant(role=role, permission_id=code)])
        else:
            RoleGrant.objects.filter(role=role, permission_id=code).delete()

    return act


def _service(role: Role, code: str) -> Act:
    owner, codes = world.person(world.PEOPLE.owner), frozenset({code})

    def act(granted: bool) -> None:
        changes = RoleChanges(granted=codes) if granted else RoleChanges(revoked=codes)
        change_role(acting_user=owner, role=role, changes=changes)

    return act


def _django(group: Group, code: str) -> Act:
    permission = world.auth_permission(code)

    def act(granted: bool) -> None:
        (group.permissions.add if granted else group.permissions.remove)(permission)

    return act


def _rows_written(action: Callable[[], Any]) -> int:
    """Count rows that were inserted, changed or deleted."""
    with transaction.atomic():
        before = _row_counter()
        action()
        return _row_counter() - before


def _row_counter() -> int:
    if connection.vendor == "sqlite":
        return connection.connection.total_changes
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0] or 0)


def _row_counts(rows: dict[str, int], many: int) -> list[Row]:
    made = []
    for holders in (crowd.FEW, many):
        bare = rows[f"bare {holders}"]
        made += [
            count(
                "f",
                f"rows beside the grant, {holders:,} holders (the policy version)",
                rows[f"edit {holders}"] - bare,
                rows[f"django {holders}"] - bare,
                limit=1,
            ),
            count(
                "f",
                f"the same through the service, {holders:,} holders (with the role's date "
                "of change and the log entry)",
                rows[f"service {holders}"] - bare,
            ),
        ]
    return made


def _ratios_of_edits(took: dict[str, float], many: int) -> list[Row]:
    return [
        ratio(
            "f",
            f"edit, {holders:,} holders, × the bare edit",
            took[f"edit {holders}"] / took[f"bare {holders}"],
            took[f"django {holders}"] / took[f"bare {holders}"],
            limit=1.3,
        )
        for holders in (crowd.FEW, many)
    ]


def _ratios_of_services(took: dict[str, float], many: int) -> list[Row]:
    few_took, many_took = (took[f"service {holders}"] for holders in (crowd.FEW, many))
    what = "the whole service (lock, rules, log)"
    return [
        ratio("f", f"{what}, {many:,} holders, × the bare edit", many_took / took[f"bare {many}"]),
        ratio("f", f"{what}, {many:,} × {crowd.FEW} holders", many_took / few_took),
    ]


def _seen(plan: Plan) -> Row:
    """Count the edits that the next request in another process does not see."""
    (other,) = plan.pool.take(1)
    key = sign_in(OURS, crowd.first_holder()).session_key
    toggle = Toggle(_service(Role.objects.get(code=crowd.role_code(plan.holders)), world.TOGGLED))
    asked, stale = min(plan.rounds, 30), 0
    for _ in range(asked):
        toggle()
        answer = other.do("ask", side="ours", session_key=key, name=world.TOGGLED)
        stale += answer != toggle.granted
    what = f"edits with {plan.holders:,} holders: missed by the next request elsewhere, of {asked}"
    return count("f", what, stale, limit=0)
