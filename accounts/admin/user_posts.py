"""How a post about one person ends: done and said, or their page with what stands against it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from roles.core.errors import Invalid, Paused, Refused
from roles.services.delegation import why_not

from ..models import User
from .user_bulk import UserBulk
from .user_forms import StrictForm

Done = Callable[[], str]


class PersonPosts(UserBulk):
    """What every door below a person's address shares; `_page` shows the person."""

    _page: Any

    def door(self, address: str, view: Any, name: str) -> Any:
        """Give an address below a person's at which something is posted."""
        return path(
            f"<int:object_id>/{address}",
            self.admin_site.admin_view(require_POST(view)),
            name=f"accounts_user_{name}",
        )

    def _person(self, request: HttpRequest, object_id: Any) -> User | None:
        if not self.has_view_permission(request):
            raise PermissionDenied(why_not(request.user, "users.view"))
        return self.get_object(request, unquote(str(object_id)))

    def _url(self, person: User) -> str:
        return reverse("admin:accounts_user_change", args=[person.pk])

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
            return self._page(request, person, status=_status(refusal), refusal=str(refusal))
        self.forget(request)
        name = str(self.named(request, User.objects.get(pk=person.pk)))
        messages.success(request, words.replace("%(name)s", name))
        return HttpResponseRedirect(self._url(person))

    def _refuse_more(self, form: StrictForm) -> None:
        if not form.is_valid():
            raise Refused(" ".join(form.non_field_errors()))


def _status(refusal: Exception) -> int:
    if isinstance(refusal, Paused):
        return 429
    return 400 if isinstance(refusal, Invalid) else 403
