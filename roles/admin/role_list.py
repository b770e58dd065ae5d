"""The list of roles: what each gives at a glance, found by search and chips, as rows or a tree."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..models import Role
from .role_filters import BaseFilter, KindFilter, PeopleFilter
from .role_pages import RolePages
from .role_rows import RoleChangeList, with_facts


class RoleList(RolePages):
    """The list half of the pages of roles.

    The columns are Django's, for their heads and their order; `role_row.html` draws the cells.
    """

    list_display = ["name", "level", "based_on", "people", "coverage", "last_change"]
    list_display_links = None
    list_filter = [KindFilter, PeopleFilter, BaseFilter]
    search_fields = ["name", "code", "description", "privileges__name"]
    list_per_page = 100
    change_list_template = "roles/admin/role_list.html"
    column_reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "called": (),
        "based_on": ("base",),
        "on_unnamed": ("base",),
        "people": (),
        "coverage": ("permissions", "base"),
        "last_change": (),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Bring along what the columns show."""
        return with_facts(super().get_queryset(request), request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RoleChangeList]:
        """Use the list that draws rows and tree."""
        return RoleChangeList

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """Put the highest first, by nothing that is hidden (R23)."""
        return list(policy.order_of_roles(request.user))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out what is hidden; lead with what roles are called; order by no hidden name."""
        columns = super().get_list_display(request)
        if "name" in policy.readable_of_roles(request.user):
            return columns
        return ["called", *("on_unnamed" if c == "based_on" else c for c in columns)]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Leave out the chips that would ask about what is hidden (R23)."""
        readable = policy.readable_of_roles(request.user)
        return [chip for chip in super().get_list_filter(request) if chip.reads <= readable]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Answer what the chips ask, and nothing else (threat 1)."""
        return lookup in {chip.parameter_name for chip in self.get_list_filter(request)}

    @admin.display(description=gettext_lazy("role"))
    def called(self, role: Role) -> str:
        """Head the column of what roles are called, where that is not their name."""
        return ""

    @admin.display(description=gettext_lazy("based on"))
    def on_unnamed(self, role: Role) -> str:
        """Head the column of bases, where they are in no order of names."""
        return ""

    @admin.display(description=gettext_lazy("based on"), ordering="base__name")
    def based_on(self, role: Role) -> Any:
        """Name the base."""
        return role.base

    @admin.display(description=gettext_lazy("people"), ordering="holders")
    def people(self, role: Any) -> int:
        """Count who holds the role now."""
        return role.holders

    @admin.display(description=gettext_lazy("coverage"))
    def coverage(self, role: Role) -> str:
        """Head the column of the strips, which the template draws."""
        return ""

    @admin.display(
        description=gettext_lazy("last change"), ordering=F("last_change").desc(nulls_last=True)
    )
    def last_change(self, role: Any) -> Any:
        """Give the newest entry of the log about the role."""
        return role.last_change

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under its plain name."""
        return super().changelist_view(request, {"title": _("Roles"), **(extra_context or {})})
