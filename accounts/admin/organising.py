"""What the pages of teams and departments share: forms, who may be moved, how a post ends."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.admin.naming import name_of
from roles.admin.people_field import PersonInput
from roles.core.errors import Invalid, Refused
from roles.services.delegation import why_not

from ..models import Department, DepartmentLink, User
from ..models.organisation import NAME_MAX
from ..services.placing import GROUPS
from .user_forms import StrictForm


class NameForm(StrictForm):
    """What a team or department is called; its code is made of the first name that it has."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_MAX)

    @property
    def code(self) -> str:
        """The code that a new one gets."""
        return slugify(self.cleaned_data["name"], allow_unicode=True)

    def add_problems(self, errors: Any) -> None:
        """Say of the code, which nobody types, that the name makes none of its own."""
        if "code" in errors:
            words = _("Choose another name: the code “%s”, made of it, is taken or empty.")
            errors = {"name": [words % self.code]}
        super().add_problems(errors)


class ParentForm(StrictForm):
    """Below which department another one lies."""

    parent = forms.ModelChoiceField(
        Department.objects.order_by("name"),
        label=gettext_lazy("Part of"),
        required=False,
        empty_label=gettext_lazy("No other department"),
    )

    def __init__(self, *args: Any, department: Department | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if department is not None:
            below = DepartmentLink.objects.filter(ancestor=department.pk).values("descendant")
            others = Department.objects.exclude(pk__in=below).order_by("name")
            self.fields["parent"].queryset = others


class NewDepartmentForm(NameForm, ParentForm):
    """A new department, perhaps below another one."""

    field_order = ("name", "parent")


class MemberForm(StrictForm):
    """Somebody by their username."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        widget=PersonInput,
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        self.people = seen_people(reader)
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.offer_to(reader)

    def clean_username(self) -> User:
        """Find the person among those whom the actor may view; no other is told of (R23)."""
        username = self.cleaned_data["username"].strip()
        found = self.people.filter(username__iexact=username).first()
        if found is None:
            raise forms.ValidationError(_("There is nobody with the username “%s”.") % username)
        return found


def seen_people(reader: Any) -> QuerySet[User]:
    """Give the people whom the reader may view: counts and lists know no others (R23)."""
    return policy.accessible(User.objects.all(), reader, "view")


def may_name_people(reader: Any) -> bool:
    """Tell whether people may be asked for by their username (R16)."""
    return "username" in policy.readable_fields(reader, policy.governing(User))


def immovable(reader: Any, people: Iterable[User]) -> dict[Any, str]:
    """Give by key why somebody of these cannot be moved by the reader (D3, D6a); one query."""
    page = list(people)
    decisions = policy.check_each(reader, GROUPS, page)
    found = {pk: decision.because for pk, decision in decisions.items() if not decision}
    if reader.pk in decisions and not policy.is_owner(reader):
        found[reader.pk] = _("Nobody moves themselves (D6a). Ask an Owner.")
    return found


def why_immovable(reader: Any, people: QuerySet[User]) -> str:
    """Say why these cannot be moved together, or give ""."""
    if policy.is_owner(reader):
        return ""
    found = immovable(reader, people)
    if not found:
        return ""
    first = people.get(pk=min(found))
    if first.pk == reader.pk:
        return found[first.pk]
    return why_not(reader, GROUPS, first) or found[first.pk]


def shown_name(reader: Any, person: User) -> str:
    """Name somebody as the reader may know them (R16)."""
    return name_of(person, policy.field_mask(reader, person))


def done(request: HttpRequest, form: StrictForm, do: Callable[[], str]) -> bool:
    """Do it and say so, or put what stands against it into the form."""
    if not form.is_valid():
        return False
    try:
        words = do()
    except Invalid as invalid:
        form.add_problems(invalid.errors)
    except Refused as refusal:
        form.add_problems({"": [str(refusal)]})
    else:
        messages.success(request, words)
        return True
    return False
