"""What the pages of one team and of one department share: their forms, and how a post ends."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..services import organisation
from .organising import NameForm, StrictForm, done

Acts = dict[str, tuple[str, Callable[[], str]]]
"""What a button may ask for: the form that belongs to it, and the function that does it."""


class PostedPart:
    """What was posted to the page of a team or a department, and the forms that it then shows."""

    def __init__(self, request: HttpRequest, part: Any) -> None:
        self.request, self.part, self.actor = request, part, request.user
        self._data = request.POST.copy()
        self.what = self._data.pop("do", [""])[-1]
        self.forms: dict[str, Any] = {
            "renaming": NameForm(self.data_of("rename"), initial={"name": part.name}),
            **self.more_forms(),
            "deleting": StrictForm(self.data_of("delete")),
        }

    def data_of(self, what: str) -> Any:
        """Give what was posted, to the form whose button was pressed."""
        return self._data if self.request.method == "POST" and self.what == what else None

    def more_forms(self) -> dict[str, Any]:
        """Give the forms beside those for the name and for deletion."""
        raise NotImplementedError

    def more_acts(self) -> Acts:
        """Give what these forms do."""
        raise NotImplementedError

    def is_done(self) -> bool:
        """Do what is asked; something else is an error of the page."""
        acts: Acts = {
            "rename": ("renaming", self._rename),
            "delete": ("deleting", self.delete),
            **self.more_acts(),
        }
        if self.what not in acts:
            raise Http404
        name, act = acts[self.what]
        return done(self.request, self.forms[name], act)

    def _rename(self) -> str:
        name = self.forms["renaming"].cleaned_data["name"]
        organisation.rename(acting_user=self.actor, part=self.part, name=name)
        return _("It is called “%s” now.") % name

    def delete(self) -> str:
        """Delete the part, and say so."""
        raise NotImplementedError


def organising_page(request: HttpRequest, template: str, context: Any, forms: Any) -> HttpResponse:
    """Show a page; where one of its forms is wrong, the answer says so as well (400)."""
    wrong = any(form.is_bound and form.errors for form in forms)
    return render(request, template, {**context, "wrong": wrong}, status=400 if wrong else 200)
