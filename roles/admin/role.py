"""The pages of roles: the list, and the one form on which a role is made and changed."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy, snapshots
from ..core.errors import Conflict, Invalid, Refused
from ..core.vocabulary import OWNER_CODE
from ..models import Role
from ..services.role import change_role, create_role, delete_role
from .forms import RoleForm
from .governed import GovernedAdmin
from .history import history_of
from .starting import starting_point
from .words import grid_words, summary

PEOPLE_SHOWN = 10


@admin.register(Role)
class RoleAdmin(GovernedAdmin):
    """Roles: who may see them is the policy's, who may change them the services' to say."""

    list_display = ["name", "level_bar", "based_on", "people", "kind"]
    list_display_links = ["name"]
    search_fields = ["name", "description"]
    ordering = ["-level", "name"]
    list_per_page = 100
    actions = None
    change_list_template = "roles/admin/role_list.html"
    form_template = "roles/admin/role_form.html"
    confirm_template = "roles/admin/role_delete.html"

    # What is offered: what the services would accept

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for `create`, and whether the services would take it."""
        return super().has_add_permission(request) and not policy.why_not_administer(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `edit`, and whether the services would take it."""
        return super().has_change_permission(request, obj) and not policy.why_not_administer(
            request.user
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for `delete`; system roles are never deleted (D8)."""
        if obj is not None and obj.is_system:
            return False
        return super().has_delete_permission(request, obj) and not policy.why_not_administer(
            request.user
        )

    # The list

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

    # The form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form of a role; a post changes what differs from what the page showed."""
        role = self._role(request, object_id) if object_id else None
        if object_id and role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        frozen = self._why_frozen(request, role)
        form = RoleForm(role=role, start=starting_point(request.GET), frozen_because=frozen)
        if request.method == "POST":
            if role is None or not self.has_change_permission(request, role):
                self._require_services_would(request, role)
            form = RoleForm(request.POST, role=role)
            if form.is_valid() and (saved := self._save(request, form)):
                return self._after(request, saved, created=role is None)
        form = self._rebased(form)
        return self._page(request, role, form, frozen, extra_context or {})

    def _role(self, request: HttpRequest, object_id: str) -> Role | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def _why_frozen(self, request: HttpRequest, role: Role | None) -> str:
        """Say why nothing on the page can change for this reader, or give ""."""
        if role is None:
            if not self.has_add_permission(request):
                raise PermissionDenied(policy.why_not_administer(request.user))
            return ""
        if self.has_change_permission(request, role):
            return ""
        return policy.why_not_administer(request.user) or _("You may see roles, not change them.")

    def _require_services_would(self, request: HttpRequest, role: Role | None) -> None:
        if role is not None or not self.has_add_permission(request):
            raise PermissionDenied(policy.why_not_administer(request.user))

    def _save(self, request: HttpRequest, form: RoleForm) -> Role | None:
        """Make the one call that saves; put what it says against it at its field."""
        try:
            if form.role is None:
                named = Role.objects.filter(code=request.GET.get("clone", ""))
                source = named.values_list("code", flat=True).first() or ""
                return create_role(acting_user=request.user, wanted=form.wanted, cloned_from=source)
            made = change_role(
                acting_user=request.user, role=form.role, changes=form.changes, seen=form.shown
            )
        except Invalid as invalid:
            form.add_refusal(invalid)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except Conflict as conflict:
            form.conflict = conflict
        else:
            text = summary(made)
            words = _("“%(role)s” is saved: %(summary)s.") if text else _("Nothing was changed.")
            messages.success(request, words % {"role": form.wanted.name, "summary": text})
            return form.role
        return None

    def _rebased(self, form: RoleForm) -> RoleForm:
        conflict = getattr(form, "conflict", None)
        return form.merged_after(conflict) if conflict else form

    def _after(self, request: HttpRequest, role: Role, *, created: bool) -> HttpResponse:
        if created:
            messages.success(request, _("“%s” is created.") % role.name)
        return HttpResponseRedirect(reverse("admin:roles_role_change", args=[role.pk]))

    def _page(
        self,
        request: HttpRequest,
        role: Role | None,
        form: RoleForm,
        frozen: str,
        extra: dict[str, Any],
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": role.name if role else _("Add Role"),
            "grid_words": grid_words(),
            "can_add": self.has_add_permission(request),
            "cloned_from": Role.objects.filter(code=request.GET.get("clone", "")).first(),
            "role": role,
            "form": form,
            "frozen": frozen,
            "hints": form.hints() if form.is_bound and form.is_valid() else [],
            "can_delete": role is not None and self.has_delete_permission(request, role),
            **(self._about(request, role) if role else {}),
            **extra,
        }
        return TemplateResponse(request, self.form_template, context)

    def _about(self, request: HttpRequest, role: Role) -> dict[str, Any]:
        """Give who holds the role and what stands on it."""
        held = policy.current_assignments().filter(role=role).select_related("user")
        compiled = snapshots.load_policy().role(role.code)
        brought = [c for c, found in compiled.permissions.items() if found[0].kind == "inherited"]
        return {
            "holders": held.order_by(f"user__{get_user_model().USERNAME_FIELD}")[:PEOPLE_SHOWN]
            if self._sees_people(request)
            else [],
            "holder_count": held.count(),
            "affected_count": policy.affected_people(role.code),
            "derived": role.derived.order_by("name"),
            "brought_count": len(brought),
        }

    # Deleting

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting a role that nobody uses; say what stands in the way otherwise."""
        role = self._role(request, object_id)
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_delete_permission(request, role):
            raise PermissionDenied(policy.why_not_administer(request.user))
        refusal = self._delete(request, role) if request.method == "POST" else ""
        if refusal is None:
            messages.success(request, _("“%s” is deleted.") % role.name)
            return HttpResponseRedirect(reverse("admin:roles_role_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Delete “%s”") % role.name,
            "role": role,
            "refusal": refusal,
            "targets": Role.objects.exclude(code__in=[OWNER_CODE, role.code]).order_by("name"),
            **self._about(request, role),
        }
        return TemplateResponse(request, self.confirm_template, context)

    def _delete(self, request: HttpRequest, role: Role) -> str | None:
        """Delete the role, moving its people and roles if asked; give what stands against it."""
        target = None
        if code := request.POST.get("move_to"):
            target = Role.objects.filter(code=code).first()
            if target is None:
                return _("There is no role “%s” to move to.") % code
        try:
            delete_role(acting_user=request.user, role=role, move_to=target)
        except (Refused, Invalid) as refused:
            return str(refused)
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who changed the role, when and how, and who was given it."""
        role = self._role(request, object_id)
        if role is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("History of “%s”") % role.name,
            "role": role,
            "lines": history_of(role, with_people=self._sees_people(request)),
        }
        return TemplateResponse(request, "roles/admin/role_history.html", context)
