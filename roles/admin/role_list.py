"""The list of roles."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..models import Role
from .role_pages import RolePages


class RoleList(RolePages):
    """The list half of the pages of roles."""

    list_display = ["name", "level_bar", "based_on", "people", "kind"]
    list_display_links = ["name"]
    search_fields = ["name", "description"]
    ordering = ["-level", "name"]
    list_per_page = 100
    actions = None
    change_list_template = "roles/admin/role_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Count the people of each role along."""
        held = Q(assignments__in=policy.current_assignments())
        rows = super().get_queryset(request).select_related("base")
        return rows.annotate(holders=Count("assignments", filter=held))

    @admin.display(description=gettext_lazy("level"), ordering="level")
    def level_bar(self, role: Role) -> str:
        """Draw the level as a short bar beside its number."""
        return format_html(
            '<span class="level"><meter class="level-bar" min="0" max="100" value="{0}" '
            'aria-hidden="true"></meter><span class="level-number">{0}</span></span>',
            role.level,
        )

    @admin.display(description=gettext_lazy("based on"), ordering="base__name", empty_value="–")
    def based_on(self, role: Role) -> Any:
        """Name the base."""
        return role.base.name if role.base else None

    @admin.display(description=gettext_lazy("people"), ordering="holders")
    def people(self, role: Any) -> int:
        """Count who holds the role now."""
        return role.holders

    @admin.display(description=gettext_lazy("kind"), ordering="is_system")
    def kind(self, role: Role) -> str:
        """Say whether the role came with the product."""
        return _("system role") if role.is_system else _("own role")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under its plain name."""
        return super().changelist_view(request, {"title": _("Roles"), **(extra_context or {})})
