"""The pages of departments: the tree, and one department (`groups.manage`, D6a)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..joining.places import frame
from ..models import Department, DepartmentLink, User
from ..services import organisation
from ..services.placing import GROUPS
from .organising import (
    NameForm,
    NewDepartmentForm,
    ParentForm,
    StrictForm,
    done,
    seen_people,
    why_immovable,
)

DEPTHS = 6
"""So many steps are drawn to the right; what lies deeper says by its parent where it is."""


@require_http_methods(["GET", "HEAD", "POST"])
def departments(request: HttpRequest) -> HttpResponse:
    """Show the tree, and make a department."""
    context = frame(request, GROUPS, _("Departments"))
    form = NewDepartmentForm(request.POST or None)
    if request.method == "POST" and done(request, form, lambda: _create(request, form)):
        return redirect("departments")
    context |= {"form": form, "rows": list(_tree(_counts(request.user)))}
    return _page(request, "accounts/departments.html", context, [form])


def _create(request: HttpRequest, form: NewDepartmentForm) -> str:
    sent = {"name": form.cleaned_data["name"], "parent": form.cleaned_data["parent"]}
    made = organisation.create_department(acting_user=request.user, code=form.code, **sent)
    return _("“%s” is created.") % made


def _counts(reader: Any) -> dict[Any, int]:
    """Count the people of each department whom the reader may view (R23)."""
    rows = seen_people(reader).order_by().values_list("department").annotate(number=Count("pk"))
    return dict(rows)


def _tree(counts: dict[Any, int]) -> Iterator[dict[str, Any]]:
    """Give the departments from the top, each before what lies below it, with how deep it lies."""
    below: dict[Any, list[Department]] = {}
    for one in Department.objects.select_related("parent").order_by("name"):
        below.setdefault(one.parent_id, []).append(one)
    waiting = [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        yield {
            "department": one,
            "parent": one.parent,
            "depth": min(depth, DEPTHS),
            "people": counts.get(one.pk, 0),
        }
        waiting += [(child, depth + 1) for child in reversed(below.get(one.pk, []))]


@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Show one department; a post renames, moves or deletes it."""
    context = frame(request, GROUPS, "")
    found = Department.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise Http404
    posted = _Posted(request, found)
    if request.method == "POST" and posted.is_done():
        gone = posted.what == "delete"
        return redirect("departments") if gone else redirect("department", found.code)
    context |= {"title": found.name, "department": found, **posted.forms}
    context |= _about(request, found)
    return _page(request, "accounts/department.html", context, posted.forms.values())


class _Posted:
    """What was posted to a department's page, and the forms that the page then shows."""

    def __init__(self, request: HttpRequest, department: Department) -> None:
        self.request, self.department, self.actor = request, department, request.user
        data = request.POST.copy()
        self.what = data.pop("do", [""])[-1]
        self.forms: dict[str, Any] = {
            "renaming": NameForm(self._of("rename", data), initial={"name": department.name}),
            "moving": ParentForm(
                self._of("move", data),
                initial={"parent": department.parent_id},
                department=department,
            ),
            "deleting": StrictForm(self._of("delete", data)),
        }

    def _of(self, what: str, data: Any) -> Any:
        return data if self.request.method == "POST" and self.what == what else None

    def is_done(self) -> bool:
        """Do what is asked; something else is an error of the page."""
        acts = {
            "rename": ("renaming", self._rename),
            "move": ("moving", self._move),
            "delete": ("deleting", self._delete),
        }
        if self.what not in acts:
            raise Http404
        name, act = acts[self.what]
        return done(self.request, self.forms[name], act)

    def _rename(self) -> str:
        name = self.forms["renaming"].cleaned_data["name"]
        organisation.rename(acting_user=self.actor, part=self.department, name=name)
        return _("It is called “%s” now.") % name

    def _move(self) -> str:
        parent = self.forms["moving"].cleaned_data["parent"]
        organisation.move_department(
            acting_user=self.actor, department=self.department, parent=parent
        )
        return _("“%s” is moved, with all that lies below it.") % self.department

    def _delete(self) -> str:
        organisation.delete_department(acting_user=self.actor, department=self.department)
        return _("“%s” is deleted.") % self.department


def _about(request: HttpRequest, department: Department) -> dict[str, Any]:
    """Say who is in it, and why it cannot be moved or deleted by the reader."""
    below = DepartmentLink.objects.filter(ancestor=department.pk).values("descendant")
    people = seen_people(request.user)
    has_people = User._base_manager.filter(department=department).exists()
    has_parts = Department.objects.filter(parent=department).exists()
    return {
        "people": people.filter(department=department).count(),
        "people_below": people.filter(department__in=below).count(),
        "why_not_move": why_immovable(request.user, User.objects.filter(department__in=below)),
        "is_in_use": has_people or has_parts,
    }


def _page(request: HttpRequest, template: str, context: Any, forms: Any) -> HttpResponse:
    wrong = any(form.is_bound and form.errors for form in forms)
    return render(request, template, {**context, "wrong": wrong}, status=400 if wrong else 200)
