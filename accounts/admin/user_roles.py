"""The roles of a person, on their page: given, changed and taken back (D2, D3, D5, D7)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.core.errors import Refused
from roles.models import Role, RoleAssignment
from roles.services.assignment import assign_role, change_assignment, unassign_role

from ..models import User
from .user_forms import GiveRoleForm, StrictForm, TermsForm
from .user_posts import PersonPosts
from .user_sections import Sections

_NOT_HELD = gettext_lazy("They do not hold this role.")


class PersonRoles(PersonPosts):
    """The doors below `roles/` of a person's address."""

    def get_urls(self) -> list[Any]:
        """Stand before the admin's own addresses, the last of which takes any path."""
        return [
            self.door("roles/", self.give_view, "give"),
            self.door("roles/<str:code>/change/", self.change_terms_view, "change_terms"),
            self.door("roles/<str:code>/take-back/", self.take_back_view, "take_back"),
            *super().get_urls(),
        ]

    def give_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give a role, with its moments and its reason (D5)."""

        def build(person: User) -> GiveRoleForm:
            sections = Sections(self, request, person)
            if reason := sections.why_not_give():
                raise Refused(reason)
            return GiveRoleForm(request.POST, roles=sections.roles_to_give(), reader=request.user)

        def save(person: User, form: Any) -> str:
            assign_role(acting_user=request.user, user=person, **form.cleaned_data)
            named = policy.role_name(request.user, form.cleaned_data["role"])
            return _("%(name)s now holds “{role}”.").format(role=named)

        return self._filling(request, object_id, "give", build, save)

    def change_terms_view(self, request: HttpRequest, object_id: int, code: str) -> HttpResponse:
        """Change from when until when they hold a role, and why (D5, D7)."""

        def build(person: User) -> TermsForm:
            sections = Sections(self, request, person)
            held = next((one for one in sections.held if one.role.code == code), None)
            if held is None or not sections.sees_roles:
                raise Refused(_NOT_HELD)
            if reason := sections.why_not_change(held):
                raise Refused(reason)
            return TermsForm.of(held, request.POST)

        def save(person: User, form: Any) -> str:
            values, role = form.changes(), form.held.role
            if not values:
                return _("Nothing was changed.")
            change_assignment(acting_user=request.user, user=person, role=role, values=values)
            named = policy.role_name(request.user, role)
            return _("“{role}” is changed for %(name)s.").format(role=named)

        return self._filling(request, object_id, "terms", build, save)

    def take_back_view(self, request: HttpRequest, object_id: int, code: str) -> HttpResponse:
        """Take a role back (D3, D7)."""

        def do(person: User) -> str:
            self._refuse_more(StrictForm(request.POST))
            role = Role.objects.filter(code=code).first() if self.sees_roles(request) else None
            held = RoleAssignment.objects.filter(user=person, role=role)
            if role is None or not held.exists():
                raise Refused(_NOT_HELD)
            unassign_role(acting_user=request.user, user=person, role=role)
            named = policy.role_name(request.user, role)
            return _("%(name)s no longer holds “{role}”.").format(role=named)

        return self._acting(request, object_id, do)
