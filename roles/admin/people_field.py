"""A field for a person's user name, which offers people while somebody types."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.forms.widgets import Script

from .. import policy
from ..conf import settings

OFFERED_MAX = 20


class PersonInput(forms.TextInput):
    """A text field; its script asks `ROLES_PEOPLE_SEARCH` who fits what is typed.

    The page carries no names: that address says who may be found by whom, and by what (R16, R24).
    Without script, or where `reader` may not name people, it is the text field alone.
    """

    template_name = "roles/widgets/person.html"

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ("roles/people.css",)}
        js = (Script("roles/people.js", type="module"),)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(plain | (attrs or {}))
        self.search = ""

    def offer_to(self, reader: Any) -> None:
        """Let the field search for people, where the reader may name them."""
        self.search = settings.people_search if policy.names_people(reader) else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tie the field to its list, and say where to ask, for how many and for which name."""
        context = super().get_context(name, value, attrs)
        if self.search:
            there = f"{context['widget']['attrs'].get('id', name)}-people"
            context["widget"]["attrs"]["list"] = there
            key = get_user_model().USERNAME_FIELD
            context |= {"list": there, "search": self.search, "key": key, "most": OFFERED_MAX}
        return context
