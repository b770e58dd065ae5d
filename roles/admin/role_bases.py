"""The page that changes the base of several roles at once, and the action that leads there."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import policy, snapshots
from ..core.errors import Invalid, Refused
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..models.keys import is_key
from ..services.bases import BasePlan, change_bases, plan_bases
from ..services.delegation import why_not
from .bases import refused_bases
from .effects import effect_in_words
from .role_filters import NO_BASE
from .role_pages import RolePages
from .starting import BLANK

AT_ONCE = 500
_VERSION = re.compile("-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address or the post asks: which roles, which base, on what policy it was seen."""

    roles: list[Role]
    gone: int
    base: str = ""
    seen: int | None = None
    skips: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        """Read it; a role that is not there is counted, whatever stands for it."""
        numbers = dict.fromkeys(n for n in query.get("roles", "").split(",") if n)
        known = [number for number in numbers if is_key(Role, number)]
        found = Role.objects.filter(pk__in=known[:AT_ONCE]).select_related("base")
        seen = query.get("seen", "")
        return cls(
            roles=list(found),
            gone=len(numbers) - len(found),
            base=query.get("base", ""),
            seen=int(seen) if _VERSION.fullmatch(seen) else None,
            skips=bool(query.get("skip")),
        )

    @property
    def ids(self) -> str:
        """The roles as the address names them."""
        return ",".join(str(role.pk) for role in self.roles)

    @property
    def base_code(self) -> str | None:
        """The code of the base, or `None` for none."""
        return None if self.base == NO_BASE else self.base


class RoleBases(RolePages):
    """Choose roles in the list, choose their base, see what it does, do it (R25)."""

    bases_template = "roles/admin/role_bases.html"
    actions = ["change_base"]

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        page = self.admin_site.admin_view(self.bases_view)
        return [path("bases/", page, name="roles_role_bases"), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no deletion of several roles: each asks where its people go (D9)."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        if "base" not in policy.writable_of_roles(request.user):
            actions.pop("change_base", None)
        return actions

    @admin.action(description=gettext_lazy("Change Base…"), permissions=["change"])
    def change_base(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Go to the page that asks for the base."""
        ids = list(queryset.order_by().values_list("pk", flat=True)[: AT_ONCE + 1])
        if len(ids) > AT_ONCE:
            messages.error(request, _("Choose at most %d roles at once.") % AT_ONCE)
            return None
        chosen = ",".join(map(str, ids))
        return HttpResponseRedirect(f"{reverse('admin:roles_role_bases')}?roles={chosen}")

    def bases_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a base would do to the chosen roles; a post does it."""
        if not self.has_view_permission(request):
            raise PermissionDenied(why_not(request.user, "roles.view"))
        if not self.has_change_permission(request):
            raise PermissionDenied(why_not(request.user, "roles.edit"))
        if "base" not in policy.writable_of_roles(request.user):
            raise PermissionDenied(_("Your roles do not let you change what roles are based on."))
        asked = Asked.read(request.POST if request.method == "POST" else request.GET)
        if not asked.roles:
            messages.error(request, _("None of the chosen roles exists. Choose some in the list."))
            return HttpResponseRedirect(reverse("admin:roles_role_changelist"))
        refusal = ""
        if request.method == "POST":
            refusal = self._change(request, asked)
            if not refusal:
                return HttpResponseRedirect(reverse("admin:roles_role_changelist"))
        return self._bases_page(request, asked, refusal)

    def _change(self, request: HttpRequest, asked: Asked) -> str:
        """Make the one call that saves; give what it says against it."""
        if not asked.base:
            return _("Choose the new base first.")
        if asked.gone and not asked.skips:
            return _("Nothing was saved: some of the chosen roles do not exist any more.")
        try:
            done = change_bases(
                acting_user=request.user,
                roles=asked.roles,
                base=asked.base_code,
                skip_refused=asked.skips,
                seen=asked.seen,
            )
        except (Refused, Invalid) as refusal:
            return str(refusal)
        messages.success(request, _done_in_words(len(done.changed), len(done.refused)))
        return ""

    def _bases_page(self, request: HttpRequest, asked: Asked, refusal: str) -> HttpResponse:
        plan = None
        if asked.base:
            try:
                plan = plan_bases(acting_user=request.user, roles=asked.roles, base=asked.base_code)
            except Invalid as invalid:
                refusal = refusal or str(invalid)
        count = len(asked.roles)
        title = ngettext("Change the base of %d role", "Change the base of %d roles", count) % count
        asker = request.user
        rows = Role.objects.exclude(code=OWNER_CODE)
        offered = rows.order_by(*policy.order_of_roles(asker, upwards=True))
        codes = [role.code for role in offered if role.code != asked.base]
        beyond = refused_bases(asker, None, BLANK, snapshots.load_policy(), codes)
        new_base = next((role for role in offered if role.code == asked.base), None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "asked": asked,
            "refusal": refusal,
            "no_base": NO_BASE,
            "offered": [
                (r.code, policy.named_with_level(asker, r)) for r in offered if r.code not in beyond
            ],
            "new_base": policy.RoleAsRead(asker, new_base) if new_base else None,
            "chosen": [policy.RoleAsRead(asker, role) for role in asked.roles],
            "plan": plan,
            "is_told": policy.reads_what_roles_give(asker),
            **(_plan_in_words(plan, asker) if plan else {}),
        }
        return TemplateResponse(request, self.bases_template, context)


def _plan_in_words(plan: BasePlan, reader: Any) -> dict[str, Any]:
    names = policy.role_names(reader)

    def read(role: Role) -> policy.RoleAsRead:
        return policy.RoleAsRead(reader, role)

    standing = (step.role for step in plan.steps if step.stands and not step.because)
    return {
        "changed": [(read(step.role), effect_in_words(step.marks)) for step in plan.changed],
        "refused": [(read(step.role), step.because) for step in plan.refused],
        "standing": [read(role) for role in standing],
        "along": [(names[code], effect_in_words(marks)) for code, marks in plan.along],
    }


def _done_in_words(changed: int, refused: int) -> str:
    done = ngettext(
        "The base of %d role is changed.", "The base of %d roles is changed.", changed
    ) % (changed)
    if not refused:
        return done
    left = ngettext("%d role stays as it was.", "%d roles stay as they were.", refused) % refused
    return f"{done} {left}"
