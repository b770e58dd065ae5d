"""The list of people: how each stands, what they hold, where they are (R16, R22, R24)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf, Trim
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.admin import GovernedAdmin
from roles.admin.governed_parts import kept
from roles.admin.moments import time_tag
from roles.admin.naming import quiet
from roles.admin.rows import GovernedChangeList, name_column
from roles.core.vocabulary import OWNER_CODE

from ..models import User
from ..standing import held_by
from .held import held_in_words, rank_tag, state_tag
from .user_filters import DepartmentFilter, RoleFilter, StateFilter, TeamFilter

NAMING = ("username", "first_name", "last_name")
_WHOLE = Trim(Concat("first_name", Value(" "), "last_name"))
AS_SHOWN = Lower(Coalesce(NullIf(_WHOLE, Value("")), F("username"), output_field=CharField()))
"""The name as the list shows it, to order by."""
ROLES_SHOWN = 3


class PeopleChangeList(GovernedChangeList):
    """Django's list, with the roles of a page's people read at once."""

    def get_results(self, request: HttpRequest) -> None:
        """Give each row the roles that it holds or will hold."""
        super().get_results(request)
        self.request = request  # the chips count by it
        reader = request.user
        held = held_by(self.result_list, reader) if self.model_admin.sees_roles(request) else {}
        for row in self.result_list:
            row._held = [held_in_words(one, reader) for one in held.get(row.pk, [])[:ROLES_SHOWN]]
            row._held_more = max(len(held.get(row.pk, [])) - ROLES_SHOWN, 0)

    @property
    def chips(self) -> list[tuple[Any, list[dict[str, Any]]]]:
        """Give each filter with its choices."""
        return [(spec, list(spec.choices(self))) for spec in self.filter_specs]


class UserList(GovernedAdmin):
    """The list half of the pages of people."""

    list_display = ["name", "standing", "roles", "rank", "department", "last_sign_in"]
    list_filter = [StateFilter, RoleFilter, DepartmentFilter, TeamFilter]
    search_fields = ["username", "first_name", "last_name", "email"]
    search_help_text = gettext_lazy("By name, username or e-mail address.")
    list_select_related = ["department"]
    list_per_page = 100
    change_list_template = "accounts/user_list.html"
    column_reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": NAMING,
        "standing": (),
        "roles": (),
        "rank": (),
        "last_sign_in": (),
    }

    def sees_roles(self, request: HttpRequest) -> bool:
        """Tell whether the roles of people may be named to the reader (R24)."""
        return bool(policy.check(request.user, "roles.view"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Bring along the rank, by which the list can be ordered."""
        return with_ranks(super().get_queryset(request))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Order by the name as it stands there; by no name that may not be read (R23)."""
        return [AS_SHOWN, "pk"] if _may_read_names(request.user) else ["pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PeopleChangeList]:
        """Use the list that knows the roles of its rows."""
        return PeopleChangeList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Lead with what people are called, and name no roles to who may not view them."""
        columns = super().get_list_display(request)
        return kept(request, self, "people", lambda: self._led_by_name(request, columns))

    def _led_by_name(self, request: HttpRequest, columns: list[Any]) -> list[Any]:
        hidden = set() if self.sees_roles(request) else {"roles"}
        hidden |= set() if policy.reads_levels(request.user) else {"rank"}
        shown = [column for column in columns if column not in hidden]
        return shown if "name" in shown else [name_column(self), *shown]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Leave out the chips that would ask about what is hidden (R23)."""
        readable = policy.readable_fields(request.user, self.module)
        chips = [chip for chip in self.list_filter if chip.reads <= readable]
        return [chip for chip in chips if chip is not RoleFilter or self.sees_roles(request)]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Answer what the chips ask, and nothing else (threat 1)."""
        return lookup in {chip.parameter_name for chip in self.get_list_filter(request)}

    @admin.display(description=gettext_lazy("name"), ordering=AS_SHOWN)
    def name(self, person: User) -> Any:
        """Give the name, and the username that tells people of one name apart."""
        if str(person) == person.username:
            return person.username
        words = '{} <span class="person-username">{}</span>'
        return format_html(words, person, person.username)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, person: User) -> Any:
        """Give the state as a word with a dot."""
        return state_tag(person)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, person: Any) -> Any:
        """Give the first roles by level, those to come among them, and count the others."""
        if not person._held:
            return quiet(_("none"))
        shown = format_html_join("", "<li>{}</li>", ((held,) for held in person._held))
        more = person._held_more
        rest = format_html("<li>{}</li>", quiet(_("and %d more") % more)) if more > 0 else ""
        return format_html('<ul class="person-roles">{}{}</ul>', shown, rest)

    @admin.display(description=gettext_lazy("rank"), ordering="rank_now")
    def rank(self, person: Any) -> Any:
        """Give the highest level that counts now."""
        tag = rank_tag(person.rank_now, above_all=person.is_superuser or person.owns)
        return format_html('<span class="unit">{} </span>{}', _("rank"), tag)

    @admin.display(description=gettext_lazy("last sign-in"), ordering=F("last_login"))
    def last_sign_in(self, person: User) -> Any:
        """Say when they came in last."""
        said = time_tag(person.last_login) if person.last_login else quiet(_("never"))
        return format_html('<span class="unit">{} </span>{}', _("last sign-in"), said)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under the module's name."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


def _may_read_names(user: Any) -> bool:
    return set(NAMING) <= policy.everywhere_readable_fields(user, policy.governing(User))


def with_ranks(people: QuerySet) -> QuerySet:
    """Bring along the rank of each, and whether it is an Owner's."""
    held = policy.current_assignments().filter(user=OuterRef("pk"))
    top = held.order_by("-role__level").values("role__level")[:1]
    owns = held.filter(role__code=OWNER_CODE).values("pk")[:1]
    return people.annotate(
        rank_now=Coalesce(Subquery(top, output_field=IntegerField()), 0),
        owns=Subquery(owns),
    )
