"""The form that makes an API token: a name, for how long, and what it may do at most (R20a)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.core import clock
from roles.core.access import Access
from roles.core.errors import Invalid
from roles.core.limits import Limit
from roles.registry import registry
from roles.services.labels import ACTION_LABELS, feature_label

LASTS = (
    (7, gettext_lazy("7 days")),
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("One year")),
)
LIMITED, ALL = "limited", "all"
REACHES = (
    (LIMITED, gettext_lazy("Only what I choose below")),
    (ALL, gettext_lazy("All that I may do, whatever my roles give at that moment")),
)
PLACES = {"expires_at": "lasts", "": None}
"""Where the form says what the service has against a value."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One permission that can be chosen."""

    code: str
    label: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A group of the catalogue: its modules' rows, and its features."""

    name: Any
    modules: tuple[tuple[Any, list[Tick]], ...]
    features: list[Tick]


class TokenForm(forms.Form):
    """What somebody wants of a new token; only what is theirs can be chosen."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What will use it, as “Nightly export”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lasts = forms.TypedChoiceField(
        label=gettext_lazy("Lasts"), choices=LASTS, initial=90, coerce=int
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("May do"), choices=REACHES, initial=LIMITED, widget=forms.RadioSelect
    )
    permissions = forms.MultipleChoiceField(required=False)
    privileges = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.access = policy.access_for(user)
        self._offer("permissions", self.access.codes)
        self._offer("privileges", self.access.privileges)

    def _offer(self, field: str, names: Iterable[str]) -> None:
        self.fields[field].choices = [(name, name) for name in sorted(names)]

    def clean(self) -> dict[str, Any]:
        """Refuse ticks beside “all”: one of both was not meant."""
        values = super().clean() or {}
        if values.get("reach") == ALL and (values.get("permissions") or values.get("privileges")):
            message = _("You chose all that you may do, and ticked some: choose one of both.")
            self.add_error("reach", message)
        return values

    @property
    def wish(self) -> dict[str, Any]:
        """What the service is asked for."""
        values = self.cleaned_data
        limit = Limit(frozenset(values["permissions"]), frozenset(values["privileges"]))
        return {
            "name": values["name"],
            "limit": None if values["reach"] == ALL else limit,
            "expires_at": clock.now() + timedelta(days=values["lasts"]),
        }

    def add_refusal(self, invalid: Invalid) -> None:
        """Say at its field what the service has against it."""
        for name, texts in invalid.errors.items():
            self.add_error(PLACES.get(name, name), texts)

    # What can be chosen

    @property
    def areas(self) -> list[Area]:
        """Give what is theirs by the catalogue's groups, in its order."""
        modules, features = self._modules(), self._features()
        return [
            Area(name, tuple(modules.get(name, ())), features.get(name, []))
            for name in dict.fromkeys([*modules, *features])
        ]

    @property
    def other_names(self) -> list[Tick]:
        """Give their custom privileges."""
        ticked = self._ticked("privileges")
        return [Tick(name, name, name in ticked) for name in sorted(self.access.privileges)]

    def _modules(self) -> dict[str, list[tuple[Any, list[Tick]]]]:
        found: dict[str, list[tuple[Any, list[Tick]]]] = {}
        ticked = self._ticked("permissions")
        for module in registry.catalogue.modules.values():
            if ticks := _ticks_of(module.permissions, self.access, ticked):
                found.setdefault(str(module.group), []).append((module.label, ticks))
        return found

    def _features(self) -> dict[str, list[Tick]]:
        found: dict[str, list[Tick]] = {}
        ticked = self._ticked("permissions")
        for code, feature in registry.catalogue.features.items():
            if self.access.can(code):
                tick = Tick(code, feature_label(feature), code in ticked)
                found.setdefault(str(feature.group), []).append(tick)
        return found

    def _ticked(self, field: str) -> frozenset[str]:
        return frozenset(self.data.getlist(field)) if self.is_bound else frozenset()


def _ticks_of(codes: Iterable[str], access: Access, ticked: frozenset[str]) -> list[Tick]:
    return [
        Tick(code, str(ACTION_LABELS[code.rpartition(".")[2]][0]), code in ticked)
        for code in codes
        if access.can(code)
    ]
