"""A person's page: who they are, their state, roles and place, and what they may do by that."""

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from roles.core.errors import Invalid, Paused, Refused
from roles.services.delegation import why_not

from ..models import User
from ..services import people, placing
from .user_acts import ACTS, link_sent
from .user_forms import PersonalForm, PlaceForm, StrictForm
from .user_roles import PersonRoles
from .user_sections import Sections


@admin.register(User)
class UserAdmin(PersonRoles):
    """People: who may see and manage whom is the policy's, every change the services' to make."""

    form = PersonalForm
    fields = list(people.PERSONAL)
    add_form_template = "admin/change_form.html"
    page_template = "accounts/user_page.html"

    def get_urls(self) -> list[Any]:
        """Put what is done to a person before the admin's own addresses."""
        return [
            self.door("act/<slug:code>/", self.act_view, "act"),
            self.door("place/", self.place_view, "place"),
            *super().get_urls(),
        ]

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
            return self._add_view(request, form_url, extra_context)
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

    def _add_view(self, request: HttpRequest, *args: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, None, *args)
        except Paused as pause:
            context = self.admin_site.each_context(request) | {"exception": str(pause)}
            return render(request, "429.html", context, status=429)

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
        origin = request.build_absolute_uri("/")
        made = self._through(
            people.create_person, acting_user=request.user, values=values, origin=origin
        )
        obj.pk = made.pk

    def _through(self, service: Any, **kwargs: Any) -> Any:
        try:
            return service(**kwargs)
        except Paused:
            raise
        except (Refused, Invalid) as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Say beside that they are made how they get a password."""
        answer = super().response_add(request, obj, *args, **kwargs)
        messages.info(request, self._link_sent(request, User.objects.get(pk=obj.pk)))
        return answer

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on to the new person's page, where they get roles and a place."""
        return HttpResponseRedirect(self._url(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Move the person to the trash (R26, D2, D7)."""
        self._through(people.delete_person, acting_user=request.user, person=obj)

    def restore_model(self, request: HttpRequest, obj: Any) -> None:
        """Take the person out of the trash, in the state in which they went there (R26, D3)."""
        people.undelete_person(acting_user=request.user, person=obj)

    # What is done to them

    def act_view(self, request: HttpRequest, object_id: int, code: str) -> HttpResponse:
        """Suspend, restore, reset the password, or remove the second factor."""
        act = ACTS.get(code)

        def do(person: User) -> str:
            if act is None:
                raise Refused(_("There is nothing called “%s” that can be done here.") % code)
            self._refuse_more(StrictForm(request.POST))
            if not act.mails:
                act.service(acting_user=request.user, person=person)
                return str(act.done)
            origin = request.build_absolute_uri("/")
            act.service(acting_user=request.user, person=person, origin=origin)
            return f"{act.done} {self._link_sent(request, person)}"

        return self._acting(request, object_id, do)

    def _link_sent(self, request: HttpRequest, person: User) -> str:
        reads_address = "email" in self.mask_of(request, person).readable
        return link_sent(person, reads_address=reads_address)

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

    # What it is made of

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
