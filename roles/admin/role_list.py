"""The list of roles: what each gives at a glance, found by search and chips, as rows or a tree."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    search_help_text = gettext_lazy("By name, code, description, or a privilege that it names.")
    ordering = ["-level", "name"]
    list_per_page = 100
    change_list_template = "roles/admin/role_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Bring along what the columns show."""
        return with_facts(super().get_queryset(request), request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RoleChangeList]:
        """Use the list that draws rows and tree."""
        return RoleChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Answer what the chips ask, and nothing else (threat 1)."""
        return lookup in {chip.parameter_name for chip in self.list_filter}

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
