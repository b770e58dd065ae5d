"""What is typed on the way in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.models import Role


def posted(request: HttpRequest) -> QueryDict | None:
    """Give what was sent, an empty form included; nothing where a page is only opened."""
    return request.POST if request.method == "POST" else None


class ServiceForm(forms.Form):
    """A form whose service says what is wrong, each message at its field."""

    def add_problems(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """Show what the service said; what is no field of ours stands above all."""
        for name, messages in errors.items():
            self.add_error(name if name in self.fields else None, list(messages))


class NewPersonForm(ServiceForm):
    """A new account: the address is known from the link, and cannot be changed here."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and @ . + - _ only. You sign in with it."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput,
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label=gettext_lazy("Password, once more"), strip=False, widget=forms.PasswordInput
    )

    completed_by = {
        "first_name": "given-name",
        "last_name": "family-name",
        "username": "username",
        "password": "new-password",
        "again": "new-password",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, what in self.completed_by.items():
            self.fields[name].widget.attrs["autocomplete"] = what
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean_again(self) -> str:
        """Refuse a slip of the fingers."""
        if self.cleaned_data["again"] != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two passwords differ. Type the same one twice."))
        return self.cleaned_data["again"]

    @property
    def values(self) -> dict[str, str]:
        """What the account is to hold."""
        return {name: text for name, text in self.cleaned_data.items() if name != "again"}


class AddressForm(ServiceForm):
    """An e-mail address to register with."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class InvitationForm(ServiceForm):
    """Whom to invite, and what for: the roles are those that the inviter may hand out."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ModelChoiceField(
        Role.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Role"),
        empty_label=gettext_lazy("Choose a role"),
    )

    def __init__(self, *args: Any, roles: Iterable[Role], reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["role"], roles, reader)


class ApprovalForm(ServiceForm):
    """What somebody who waits will work with: nothing, or roles that the approver may give."""

    roles = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, roles: Iterable[Role], reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["roles"], roles, reader)


class DomainForm(ServiceForm):
    """An e-mail domain from which people may register."""

    name = forms.CharField(label=gettext_lazy("Domain"), max_length=253)


def offered(user: Any) -> list[Role]:
    """Give the roles that the person may hand out (D5)."""
    return list(Role.objects.filter(code__in=policy.roles_to_give(user)))


def offer(field: Any, roles: Iterable[Role], reader: Any) -> None:
    """Let `field` choose among these roles, the lowest first, as `reader` may know them (R16)."""
    among = Role.objects.filter(pk__in=[role.pk for role in roles])
    field.queryset = among.order_by(*policy.order_of_roles(reader, upwards=True))
    field.label_from_instance = lambda role: _named(role, reader)


def _named(role: Role, reader: Any) -> str:
    """Name a role with its level, by which it is compared."""
    name = policy.role_name(reader, role)
    if not policy.reads_levels(reader):
        return name
    return _("%(role)s (level %(level)d)") % {"role": name, "level": role.level}
