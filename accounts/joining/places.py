"""Where the pages about people stand in the administration area, and who finds them there."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roles import policy
from roles.registry import registry
from roles.services.delegation import why_not

from ..services.approval import APPROVE
from ..services.invitations import INVITE
from ..services.placing import GROUPS
from ..services.registration import MANAGE

PEOPLE = "users"


@dataclass(frozen=True, slots=True)
class Place:
    """A page that no model stands for: its address by name, its words, and what it asks for."""

    name: str
    label: Any
    description: Any
    code: str

    @property
    def entry(self) -> dict[str, Any]:
        """The place in the shape of Django's list of models."""
        return {
            "name": self.label,
            "object_name": self.name,
            "admin_url": reverse(self.name),
            "add_url": None,
            "view_only": False,
            "description": self.description,
            "reach": "",
        }


PLACES = (
    Place("teams", _("Teams"), _("People who see each other’s records"), GROUPS),
    Place("departments", _("Departments"), _("The organisation, from the top"), GROUPS),
    Place("invitations", _("Invitations"), _("Ask people to join, in a role"), INVITE),
    Place("registrations", _("Registrations"), _("People who wait for approval"), APPROVE),
    Place("domains", _("E-mail domains"), _("Whose people may register alone"), MANAGE),
)


def places_for(user: Any) -> dict[str, list[dict[str, Any]]]:
    """Give the places that the person may enter, by module; a warm request asks no database."""
    access = policy.access_for(user)
    found: dict[str, list[dict[str, Any]]] = {}
    for place in PLACES:
        if access.can(place.code):
            module = registry.catalogue.permissions[place.code].module or PEOPLE
            found.setdefault(module, []).append(place.entry)
    return found


def frame(request: HttpRequest, code: str, title: Any) -> dict[str, Any]:
    """Give what the frame of a page shows, to whoever may enter it (D1)."""
    if reason := why_not(request.user, code):
        raise PermissionDenied(reason)
    return {**admin.site.each_context(request), "title": title}
