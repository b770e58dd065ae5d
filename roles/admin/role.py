"""The pages of roles: the list, and the one form on which a role is made and changed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import policy
from ..core.changes import apply
from ..core.errors import Conflict, Invalid, Refused
from ..models import Role
from ..services.delegation import why_not
from ..services.impact import impact_of
from ..services.role import change_role, create_role, problems_of
from .details import before
from .forms import RoleForm
from .impact_words import outcome
from .outlook import Outlook
from .role_bases import RoleBases
from .role_deletion import RoleDeletion
from .role_history import RoleHistory
from .role_impact import RoleImpact
from .role_list import RoleList
from .role_start import RoleStart
from .starting import can_be_based_on, starting_point
from .words import given, grid_words, summary


@admin.register(Role)
class RoleAdmin(RoleList, RoleBases, RoleStart, RoleDeletion, RoleHistory, RoleImpact):
    """Roles: who may see them is the policy's, who may change them the services' to say."""

    form_template = "roles/admin/role_form.html"

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
        form = RoleForm(
            role=role,
            start=starting_point(request.GET, request.user).spec,
            frozen_because=frozen,
            asker=request.user,
        )
        if request.method == "POST":
            if role is None or not self.has_change_permission(request, role):
                self._require_services_would(request, role)
            form = RoleForm(request.POST, role=role, asker=request.user)
            save = self._look_at if "_impact" in request.POST else self._save
            if form.is_valid() and (saved := save(request, form)):
                return HttpResponseRedirect(reverse("admin:roles_role_change", args=[saved.pk]))
        form = self._rebased(form)
        return self._page(request, role, form, frozen, extra_context or {})

    def _why_frozen(self, request: HttpRequest, role: Role | None) -> str:
        """Say why nothing on the page can change for this reader, or give ""."""
        if role is None:
            if not self.has_add_permission(request):
                unnamed = _("Your roles do not let you name a role.")
                raise PermissionDenied(why_not(request.user, "roles.create") or unnamed)
            return ""
        if self.has_change_permission(request, role):
            return ""
        return why_not(request.user, "roles.edit", role) or _("Ask an Owner to change it.")

    def _require_services_would(self, request: HttpRequest, role: Role | None) -> None:
        if role is not None or not self.has_add_permission(request):
            code = "roles.edit" if role else "roles.create"
            raise PermissionDenied(why_not(request.user, code, role))

    def _save(self, request: HttpRequest, form: RoleForm) -> Role | None:
        """Make the one call that saves; put what it says against it at its field."""
        try:
            return self._save_changes(request, form) if form.role else self._save_new(request, form)
        except Invalid as invalid:
            form.add_refusal(invalid)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except Conflict as conflict:
            form.conflict = conflict
        return None

    def _look_at(self, request: HttpRequest, form: RoleForm) -> None:
        """Put what a save would say against the form at its fields, and save nothing."""
        before, after = form.stored or form.shown, form.as_stored(form.wanted)
        form.add_refusal(Invalid(problems_of(form.role, before, after, asker=request.user)))

    def _save_new(self, request: HttpRequest, form: RoleForm) -> Role:
        source = self._cloned_from(request)
        code = source.code if source else ""
        role = create_role(acting_user=request.user, wanted=form.wanted, cloned_from=code)
        text = summary(given(form.wanted))
        words = _("“%(role)s” is created: %(summary)s.") if text else _("“%(role)s” is created.")
        name = policy.role_name(request.user, role)
        messages.success(request, words % {"role": name, "summary": text})
        return role

    def _save_changes(self, request: HttpRequest, form: RoleForm) -> Role:
        # Asked before the save: afterwards nobody can tell who gained what by it.
        wanted = apply(form.changes, form.current)
        impact = impact_of(form.role, wanted, asker=request.user)
        made = change_role(
            acting_user=request.user,
            role=form.role,
            changes=form.changes,
            seen=form.shown,
        )
        text = outcome(made, impact)
        words = _("“%(role)s” is saved: %(summary)s.") if text else _("Nothing was changed.")
        messages.success(request, words % {"role": form.wanted.name, "summary": text})
        return form.role

    def _cloned_from(self, request: HttpRequest) -> Role | None:
        found = self.get_queryset(request).filter(code=request.GET.get("clone", ""))
        return found.first()

    def _rebased(self, form: RoleForm) -> RoleForm:
        conflict = getattr(form, "conflict", None)
        return form.merged_after(conflict) if conflict else form

    def _page(
        self,
        request: HttpRequest,
        role: Role | None,
        form: RoleForm,
        frozen: str,
        extra: dict[str, Any],
    ) -> HttpResponse:
        outlook, source = Outlook.of(form), self._cloned_from(request)
        form.stand_as(outlook.wanted, outlook.board, outlook.fixed)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": policy.role_name(request.user, role) if role else _("Add Role"),
            "outlook": outlook,
            "grid_words": grid_words(),
            "before": before(outlook.changes, form.shown) if role else {},
            "can_add": (can_add := self.has_add_permission(request)),
            "can_base": role and can_add and can_be_based_on(request.user, role.code, form.whole),
            "cloned_from": policy.RoleAsRead(request.user, source) if source else None,
            "role": policy.RoleAsRead(request.user, role) if role else None,
            "form": form,
            "frozen": frozen,
            "can_delete": role is not None and self.has_delete_permission(request, role),
            **(self._about(request, role) if role else {}),
            **extra,
        }
        return TemplateResponse(request, self.form_template, context)
