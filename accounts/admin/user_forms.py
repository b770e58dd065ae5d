"""The forms of a person's page beside the one of who they are."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.admin.people_field import PersonInput
from roles.models import Role, RoleAssignment
from roles.models.assignment import REASON_MAX

from ..joining.forms import ServiceForm, offer
from ..models import Department, Team, User

CONTROLS = frozenset({"csrfmiddlewaretoken"})
WHEN = "%Y-%m-%dT%H:%M"


class StrictForm(ServiceForm):
    """A form that refuses the whole where something else is posted with it (threat 3)."""

    locked: Mapping[str, str] = {}
    """What stands on the page and cannot be written by this reader, each with why."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse by name what the form has no field for."""
        for name in self.data:
            if name not in self.fields and name not in CONTROLS:
                self.add_error(None, self.locked.get(name) or policy.no_such_field(name))
        return super().clean()


class PersonalForm(forms.ModelForm):
    """Who somebody is; that somebody else has a name or an address is said at its field, once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            words = _("Letters, digits and @ . + - _ only. They sign in with it.")
            self.fields["username"].help_text = words

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what a rule of the model says where its code points to."""
        taken = {str(rule.violation_error_message): rule for rule in User._meta.constraints}
        for one in error if isinstance(error, list) else [error]:
            rule = taken.get(str(one)) if field is None else None
            at = rule.violation_error_code if rule else field
            if rule is None or at not in self.fields:
                super().add_error(field, one)
            elif not self.has_error(at):
                super().add_error(at, one)


class _Moment(forms.DateTimeField):
    """A moment, typed or picked; the site's zone is said beside it."""

    widget = forms.DateTimeInput(format=WHEN, attrs={"type": "datetime-local"})


class TermsForm(StrictForm):
    """From when until when somebody holds a role, and why."""

    valid_from = _Moment(label=gettext_lazy("From"), required=False)
    valid_until = _Moment(label=gettext_lazy("Until"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=REASON_MAX)

    held: RoleAssignment

    @classmethod
    def of(cls, held: RoleAssignment, data: Any = None) -> "TermsForm":
        """Give the form of what stands; moments to the minute, as the page takes them."""
        made = cls(data, auto_id="id_held_%s", initial={**_minutes(held), "reason": held.reason})
        made.held = held
        if data is None:
            made.fields["valid_from"].widget.attrs["autofocus"] = True
        return made

    def changes(self) -> dict[str, Any]:
        """Give what was posted and stands otherwise; what was not posted stays (R17)."""
        return {n: self.cleaned_data[n] for n in self.changed_data if n in self.data}


class GiveRoleForm(TermsForm):
    """Which role, and on which terms; the roles are those that the actor may give."""

    field_order = ("role",)

    role = forms.ModelChoiceField(
        Role.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Role"),
        empty_label=gettext_lazy("Choose a role"),
        error_messages={
            "invalid_choice": gettext_lazy(
                "You cannot give this role: it does not exist, or goes beyond your own (D5). "
                "Ask an Owner."
            )
        },
    )

    def __init__(self, *args: Any, roles: Iterable[Role], reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["role"], roles, reader)


def _minutes(held: RoleAssignment) -> dict[str, Any]:
    moments = {"valid_from": held.valid_from, "valid_until": held.valid_until}
    return {n: at and at.replace(second=0, microsecond=0) for n, at in moments.items()}


class PlaceForm(StrictForm):
    """Where somebody stands; it has a field for each thing that the actor may move."""

    MOVES: ClassVar[tuple[str, ...]] = ("department", "manager", "teams")

    department = forms.ModelChoiceField(
        Department.objects.order_by("name"),
        label=gettext_lazy("Department"),
        required=False,
        empty_label=gettext_lazy("No department"),
    )
    manager = forms.CharField(
        label=gettext_lazy("Manager"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("A username. Leave it empty if they report to nobody."),
        widget=PersonInput,
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"),
        label=gettext_lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, person: User, reader: Any, locks: Mapping[str, str], **kwargs: Any
    ) -> None:
        movable = {name for name, reason in locks.items() if not reason}
        self.locked = {name: reason for name, reason in locks.items() if reason}
        self.people = policy.accessible(User.objects.all(), reader, "view")
        self.stands = {
            "department": person.department,
            "manager": self.people.filter(pk=person.manager_id).first(),
            "teams": list(person.teams.all()) if "teams" in movable else [],
        }
        manager = self.stands["manager"]
        named = {"manager": manager.username if manager else ""}
        super().__init__(*args, initial={**self.stands, **named}, **kwargs)
        self.fields["manager"].widget.offer_to(reader)
        for name in set(self.MOVES) - set(movable):
            del self.fields[name]

    def clean_manager(self) -> User | None:
        """Find the person among those whom the actor may view; no other one is told of (R23)."""
        username = self.cleaned_data["manager"].strip()
        found = self.people.filter(username__iexact=username).first() if username else None
        if username and found is None:
            raise forms.ValidationError(_("There is nobody with the username “%s”.") % username)
        return found

    def moves(self) -> dict[str, Any]:
        """Give what was posted and stands otherwise: what stands already is no move (R17)."""
        wished = {name: self.cleaned_data[name] for name in self.fields}
        if "teams" in wished:
            wished["teams"] = list(wished["teams"])
        return {name: new for name, new in wished.items() if not self._same(name, new)}

    def _same(self, name: str, new: Any) -> bool:
        if name == "teams":
            return set(new) == set(self.stands["teams"])
        return bool(new == self.stands[name])
