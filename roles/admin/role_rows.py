"""What the list of roles shows of each role, as rows and as a tree by base."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import ChangeList
from django.db.models import (
    CharField,
    DateTimeField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from .. import policy, snapshots
from ..models import AuditEntry, Role
from .coverage import Coverage, coverage_of, groups_of

VIEW_VAR = "view"
TREE = "tree"


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role as the list shows it."""

    role: Any
    coverage: Coverage | None


@dataclass(slots=True)
class Branch:
    """A role in the tree; one that no filter asked for stands there to hold what is based on it."""

    row: RoleRow
    is_match: bool
    derived: list["Branch"] = field(default_factory=list)


class RoleChangeList(ChangeList):
    """Django's list, with what the page draws of each role and the tree on request."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Take the choice between list and tree for no filter."""
        return {k: v for k, v in super().get_filters_params(params).items() if k != VIEW_VAR}

    @property
    def is_tree(self) -> bool:
        """Whether the tree was asked for; it shows what is based on what."""
        return self.params.get(VIEW_VAR) == TREE and "base" in self.shown

    def get_results(self, request: HttpRequest) -> None:
        """Draw the page's rows with one reading of the policy."""
        super().get_results(request)
        self.request = request
        self.shown = policy.readable_of_roles(request.user)
        self.search_help_text = _search_help(self.model_admin.searched_fields(request))
        compiled = policy.policy_as_read(request.user)
        self.groups = groups_of(compiled.rules.catalogue, compiled.rules.disabled)
        if self.is_tree:
            found = set(self.queryset.order_by().values_list("pk", flat=True))
            shown = self.root_queryset.order_by(*self.model_admin.get_ordering(request))
            self.branches = grow(self._drawn(compiled, shown), found)
        else:
            self.rows = self._drawn(compiled, self.result_list)

    def _drawn(self, compiled: snapshots.Snapshot, roles: Iterable[Any]) -> list[RoleRow]:
        known = compiled.roles
        return [
            RoleRow(
                policy.RoleAsRead(self.request.user, role),
                coverage_of(compiled.role(role.code), self.groups) if self.covers else None,
            )
            for role in roles
            if role.code in known
        ]

    @property
    def covers(self) -> bool:
        """Whether the strips are shown, which tell of permissions, inherited ones too."""
        return self.shown >= {"permissions", "base"}

    @property
    def is_selectable(self) -> bool:
        """Whether there is something to do with several rows."""
        return "action_checkbox" in self.list_display

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Give the heads of the columns with the addresses that order by them."""
        return list(result_headers(self))

    @property
    def chips(self) -> list[tuple[Any, list[dict[str, Any]]]]:
        """Give each filter with its choices."""
        return [(spec, list(spec.choices(self))) for spec in self.filter_specs]

    @property
    def as_list(self) -> str:
        """The address of the same roles as a list."""
        return self.get_query_string(remove=[VIEW_VAR])

    @property
    def as_tree(self) -> str:
        """The address of the same roles as a tree."""
        return self.get_query_string({VIEW_VAR: TREE})


def _search_help(searched: Sequence[str]) -> str:
    """Say in what a search looks: in nothing that is hidden."""
    words = {
        "name": _("name"),
        "code": _("code"),
        "description": _("description"),
        "privileges": _("a privilege that it names"),
    }
    return _("By %s.") % get_text_list([words[name] for name in searched], _("or"))


def with_facts(roles: QuerySet, user: Any) -> QuerySet:
    """Bring along how many hold each role now, and the last change of it that `user` may see."""
    entries = AuditEntry.objects.filter(
        policy.visible_entries(user),
        subject_type=Role._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), CharField()),
        beside_type="",
    )
    newest = entries.order_by("-moment").values("moment")[:1]
    last_change = Subquery(newest, output_field=DateTimeField())
    return policy.with_holders(roles.select_related("base")).annotate(last_change=last_change)


def grow(rows: Iterable[RoleRow], found: Container[int]) -> list[Branch]:
    """Give the roles under their bases, each level in the order of `rows`.

    What was not `found` stays where something found stands on it, and goes where nothing does.
    """
    branches = {row.role.pk: Branch(row, row.role.pk in found) for row in rows}
    roots: list[Branch] = []
    for branch in branches.values():
        below = branches.get(branch.row.role.base_id)
        (roots if below is None else below.derived).append(branch)
    return _pruned(roots)


def _pruned(branches: list[Branch]) -> list[Branch]:
    for branch in branches:
        branch.derived = _pruned(branch.derived)
    return [branch for branch in branches if branch.is_match or branch.derived]
