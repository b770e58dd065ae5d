"""A person's page: who they are, their state, roles and place, and what they may do by that."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roles.core.errors import Invalid, Refused
from roles.models import Role, RoleAssignment
from roles.services.assignment import assign_role, unassign_role
from roles.services.delegation import why_not

from ..models import User
from ..services import people, placing
from .user_acts import ACTS
from .user_forms import GiveRoleForm, PlaceForm, StrictForm
from .user_list import UserList
from .user_sections import Sections

Done = Callable[[], str]


@admin.register(User)
class UserAdmin(UserList):
    """People: who may see and manage whom is the policy's, every change the services' to make."""

    fields = list(people.PERSONAL)
    add_form_template = "admin/change_form.html"
    page_template = "accounts/user_page.html"

    def get_urls(self) -> list[Any]:
        """Put what is done to a person before the admin's own addresses."""
        doors = {
            "act/<slug:code>/": self.act_view,
            "roles/": self.give_view,
            "roles/<str:code>/take-back/": self.take_back_view,
            "place/": self.place_view,
        }
        names = ("act", "give", "take_back", "place")
        found = [
            path(
                f"<int:object_id>/{rest}",
                self.admin_site.admin_view(require_POST(view)),
                name=f"accounts_user_{name}",
            )
            for name, (rest, view) in zip(names, doors.items(), strict=True)
        ]
        return [*found, *super().get_urls()]

    # The page, and who they are

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a person's page; a post changes who they are, and nothing else of them."""
        if object_id is None:
            return super().changeform_view(request, None, form_url, extra_context)
        person = self._person(request, object_id)
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self._page(request, person)
        if not self.has_change_permission(request, person):
            raise PermissionDenied(why_not(request.user, "users.edit", person))
        form = self._identity(request, person, request.POST)
        if form.is_valid():
            return self._do(request, person, lambda: self._edit(request, person, form))
        return self._page(request, person, identity=form)

    def _identity(self, request: HttpRequest, person: User, data: Any = None) -> Any:
        kind = self.get_form(request, person, change=True)
        return kind(data, instance=copy(person))  # a refused value is not the person's

    def _edit(self, request: HttpRequest, person: User, form: Any) -> str:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if not values:
            return _("Nothing was changed.")
        people.edit_person(acting_user=request.user, person=person, values=values)
        return _("%(name)s is saved.")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make a new person; who is there already is changed by the page itself."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        made = self._through(people.create_person, acting_user=request.user, values=values)
        obj.pk = made.pk

    def _through(self, service: Any, **kwargs: Any) -> Any:
        try:
            return service(**kwargs)
        except (Refused, Invalid) as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on to the new person's page, where they get roles and a place."""
        return HttpResponseRedirect(self._url(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Move the person to the trash (R26, D2, D7)."""
        self._through(people.delete_person, acting_user=request.user, person=obj)

    # What is done to them

    def act_view(self, request: HttpRequest, object_id: int, code: str) -> HttpResponse:
        """Suspend, restore, or reset the password."""
        act = ACTS.get(code)

        def do(person: User) -> str:
            if act is None:
                raise Refused(_("There is nothing called “%s” that can be done here.") % code)
            self._refuse_more(StrictForm(request.POST))
            act.service(acting_user=request.user, person=person)
            return str(act.done)

        return self._acting(request, object_id, do)

    def give_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give a role, with its moments and its reason (D5)."""

        def build(person: User) -> GiveRoleForm:
            sections = Sections(self, request, person)
            if reason := sections.why_not_give():
                raise Refused(reason)
            return GiveRoleForm(request.POST, roles=sections.roles_to_give())

        def save(person: User, form: Any) -> str:
            assign_role(acting_user=request.user, user=person, **form.cleaned_data)
            return _("%(name)s now holds “{role}”.").format(role=form.cleaned_data["role"].name)

        return self._filling(request, object_id, "give", build, save)

    def take_back_view(self, request: HttpRequest, object_id: int, code: str) -> HttpResponse:
        """Take a role back (D3, D7)."""

        def do(person: User) -> str:
            self._refuse_more(StrictForm(request.POST))
            role = Role.objects.filter(code=code).first() if self.sees_roles(request) else None
            held = RoleAssignment.objects.filter(user=person, role=role)
            if role is None or not held.exists():
                raise Refused(_("They do not hold this role."))
            unassign_role(acting_user=request.user, user=person, role=role)
            return _("%(name)s no longer holds “{role}”.").format(role=role.name)

        return self._acting(request, object_id, do)

    def place_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Move the person to another department, manager or teams (D6a)."""
        movers: dict[str, Any] = {
            "department": placing.move_to_department,
            "manager": placing.move_to_manager,
            "teams": placing.move_to_teams,
        }

        def build(person: User) -> PlaceForm:
            return Sections(self, request, person).place_form(request.POST)

        def save(person: User, form: Any) -> str:
            moves = form.moves()
            for name, value in moves.items():
                movers[name](acting_user=request.user, person=person, **{name: value})
            return _("%(name)s is moved.") if moves else _("Nothing was changed.")

        return self._filling(request, object_id, "place", build, save)

    # How a post ends

    def _filling(
        self,
        request: HttpRequest,
        object_id: int,
        name: str,
        build: Callable[[User], Any],
        save: Callable[[User, Any], str],
    ) -> HttpResponse:
        """Save a form of the page, or show the page with what is wrong in it."""
        person = self._person(request, object_id)
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        try:
            form = build(person)
        except Refused as refusal:
            return self._page(request, person, status=403, refusal=str(refusal))
        if not form.is_valid():
            # A form without a field is not drawn, so what it has to say stands above all.
            said = "" if form.fields else " ".join(form.non_field_errors())
            return self._page(request, person, status=400, refusal=said, **{name: form})
        try:
            return self._do(request, person, lambda: save(person, form), keeps_errors=False)
        except Invalid as invalid:
            form.add_problems(invalid.errors)
        return self._page(request, person, status=400, **{name: form})

    def _acting(
        self, request: HttpRequest, object_id: int, do: Callable[[User], str]
    ) -> HttpResponse:
        person = self._person(request, object_id)
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        return self._do(request, person, lambda: do(person))

    def _do(
        self, request: HttpRequest, person: User, do: Done, *, keeps_errors: bool = True
    ) -> HttpResponse:
        """Do it whole or not at all, and say what was done, or why not."""
        caught = (Refused, Invalid) if keeps_errors else (Refused,)
        try:
            with transaction.atomic():
                words = do()
        except caught as refusal:
            self.forget(request)
            status = 400 if isinstance(refusal, Invalid) else 403
            return self._page(request, person, status=status, refusal=str(refusal))
        self.forget(request)
        name = str(self.named(request, User.objects.get(pk=person.pk)))
        messages.success(request, words.replace("%(name)s", name))
        return HttpResponseRedirect(self._url(person))

    def _refuse_more(self, form: StrictForm) -> None:
        if not form.is_valid():
            raise Refused(" ".join(form.non_field_errors()))

    # What it is made of

    def _person(self, request: HttpRequest, object_id: Any) -> User | None:
        if not self.has_view_permission(request):
            raise PermissionDenied(why_not(request.user, "users.view"))
        return self.get_object(request, unquote(str(object_id)))

    def _url(self, person: User) -> str:
        return reverse("admin:accounts_user_change", args=[person.pk])

    def _page(
        self,
        request: HttpRequest,
        person: User,
        *,
        status: int = 200,
        refusal: str = "",
        **forms: Any,
    ) -> HttpResponse:
        sections = Sections(self, request, person)
        if "identity" not in forms and sections.is_editable:
            forms["identity"] = self._identity(request, person)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "refusal": refusal,
            "has_errors": any(form.errors for form in forms.values() if form.is_bound),
            **sections.context(forms),
        }
        return TemplateResponse(request, self.page_template, context, status=status)
