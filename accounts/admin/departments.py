"""The pages of departments: the tree, and one department (`groups.manage`, D6a)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..joining.places import frame
from ..models import Department, DepartmentLink, User
from ..services import organisation
from ..services.placing import GROUPS
from .organised import Acts, PostedPart, organising_page
from .organising import (
    NewDepartmentForm,
    ParentForm,
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
    return organising_page(request, "accounts/departments.html", context, [form])


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
    return organising_page(request, "accounts/department.html", context, posted.forms.values())


class _Posted(PostedPart):
    """What was posted to a department's page, and the forms that the page then shows."""

    def more_forms(self) -> dict[str, Any]:
        """Let the department be moved."""
        initial = {"parent": self.part.parent_id}
        form = ParentForm(self.data_of("move"), initial=initial, department=self.part)
        return {"moving": form}

    def more_acts(self) -> Acts:
        """Give what the form does."""
        return {"move": ("moving", self._move)}

    def _move(self) -> str:
        parent = self.forms["moving"].cleaned_data["parent"]
        organisation.move_department(acting_user=self.actor, department=self.part, parent=parent)
        return _("“%s” is moved, with all that lies below it.") % self.part

    def delete(self) -> str:
        """Delete the department, which must be empty."""
        organisation.delete_department(acting_user=self.actor, department=self.part)
        return _("“%s” is deleted.") % self.part


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
