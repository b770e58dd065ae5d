"""What stands in the sections of a person's page, each as far as its reader may know and do."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from roles import policy
from roles.admin.naming import NO_ACCESS, names_in_reach, reference
from roles.core import clock
from roles.models import Role, RoleAssignment
from roles.services.delegation import why_not

from ..joining.forms import offered
from ..models import User
from ..services.people import PERSONAL
from ..services.placing import GROUPS
from ..standing import standing_of
from .access import areas_given, privileges_given
from .held import rank_tag, state_tag
from .user_acts import acts_on, why_last_owner
from .user_forms import GiveRoleForm, PlaceForm

MANAGERS_OFFERED = 200


class Sections:
    """One person's page for one reader."""

    def __init__(self, page: Any, request: HttpRequest, person: User) -> None:
        self.page, self.request, self.person = page, request, person
        self.reader = request.user
        self.mask = page.mask_of(request, person)
        self.is_oneself = person.pk == request.user.pk
        self.sees_roles = page.sees_roles(request)
        self.why_not_edit = why_not(self.reader, "users.edit", person)

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Give what the template writes."""
        name = str(self.page.named(self.request, self.person))
        return {
            "title": name,
            "name": name,
            "person": self.person,
            "is_oneself": self.is_oneself,
            "locked": self._why_locked(),
            "facts": self._facts(),
            "identity": forms.get("identity"),
            "read_only": self._facts(but=self.mask.writable),
            **self._account(),
            **self._roles(forms.get("give")),
            **self._place(forms.get("place")),
            **self._access(),
        }

    # Who they are

    @property
    def is_editable(self) -> bool:
        """Tell whether there is something of who they are that the reader may write (R17)."""
        return not self.why_not_edit and bool(self.mask.writable & set(PERSONAL))

    def _why_locked(self) -> str:
        """Say once why somebody who may edit people may not edit this one (D3)."""
        may_edit = policy.access_for(self.reader).can("users.edit")
        return self.why_not_edit if may_edit and not self.is_oneself else ""

    def _facts(self, but: Any = ()) -> list[tuple[str, Any]]:
        """Give what may be read of who they are, under the fields' own labels (R16)."""
        shown = [name for name in PERSONAL if name in self.mask.readable and name not in but]
        labels = {f.name: capfirst(f.verbose_name) for f in User._meta.concrete_fields}
        return [(labels[name], getattr(self.person, name)) for name in shown]

    # Their account

    def _account(self) -> dict[str, Any]:
        person: Any = self.person
        return {
            "state": state_tag(person),
            "standing": standing_of(person),
            "rank": rank_tag(person.rank_now, above_all=bool(person.owns) or person.is_superuser),
            "acts": acts_on(self.reader, person),
            "can_delete": self.page.has_delete_permission(self.request, person),
            "registration": self._registration(),
        }

    def _registration(self) -> str:
        """Give the page that approves whoever waits, to whoever may (D12)."""
        waits = standing_of(self.person) == "waiting" and not self.is_oneself
        if not waits or not policy.check(self.reader, "users.approve"):
            return ""
        return reverse("registration", args=[self.person.pk])

    # Their roles

    def why_not_give(self) -> str:
        """Say why no role of this person can be changed by the reader, or give "" (D2, D3)."""
        if self.is_oneself:
            return _("Nobody changes their own roles (D2). Ask another Owner.")
        return self.why_not_edit

    def roles_to_give(self) -> list[Role]:
        """Give the roles that the reader may give to this person (D2, D3, D5, R24)."""
        if self.why_not_give() or not self.sees_roles:
            return []
        held = set(self.person.role_assignments.values_list("role", flat=True))
        return [role for role in offered(self.reader) if role.pk not in held]

    def _roles(self, bound: Any) -> dict[str, Any]:
        if not self.sees_roles:
            return {"sees_roles": False}
        held = list(_all_held(self.person))
        givers = names_in_reach(self.reader, User, {one.assigned_by_id for one in held})
        roles = self.roles_to_give()
        return {
            "sees_roles": True,
            "held": [self._row(one, givers) for one in held],
            "give": bound or (GiveRoleForm(roles=roles) if roles else None),
            "may_give": not self.why_not_give(),
            "may_edit": policy.access_for(self.reader).can("users.edit"),
            "zone": get_current_timezone_name(),
        }

    def _row(self, one: RoleAssignment, givers: dict[Any, str]) -> dict[str, Any]:
        now = clock.now()
        ended = one.valid_until is not None and one.valid_until <= now
        later = one.valid_from is not None and one.valid_from > now
        return {
            "held": one,
            "when": "ended" if ended else "later" if later else "now",
            "giver": givers.get(one.assigned_by_id, NO_ACCESS) if one.assigned_by_id else "",
            "may_take": not self.why_not_give(),
            "why_kept": why_last_owner(self.person) if one.role.is_owner else "",
        }

    # Their place

    def place_locks(self) -> dict[str, str]:
        """Give each part of the place that may be read, with why it is locked, or ""."""
        if self.is_oneself and not policy.is_owner(self.reader):
            moved = manager = _("Nobody moves themselves (D6a). Ask an Owner.")
        else:
            moved = why_not(self.reader, GROUPS, self.person)
            manager = self.why_not_edit or self._why_not_manager()
        locks = {"department": moved, "manager": manager, "teams": moved}
        return {n: why for n, why in locks.items() if n == "teams" or n in self.mask.readable}

    def _why_not_manager(self) -> str:
        """Hold the manager to the fields: it is written, and named by a username (R17, R23)."""
        named = "username" in policy.readable_fields(self.reader, self.page.module)
        if named and "manager" in self.mask.writable:
            return ""
        return _("You may see the manager, not change them. Ask an Owner.")

    def place_form(self, data: Any = None) -> PlaceForm:
        """Give the form with a field for each part that the reader may move."""
        asked = {"person": self.person, "reader": self.reader, "locks": self.place_locks()}
        return PlaceForm(data, **asked)

    def _place(self, bound: PlaceForm | None) -> dict[str, Any]:
        form = bound or self.place_form()
        readable = policy.readable_fields(self.reader, self.page.module)
        return {
            "place_facts": self._place_facts(form),
            "place": form if form.fields else None,
            "managers": self._managers(form) if "manager" in form.fields else [],
            "shows_names": {"first_name", "last_name"} <= readable,
        }

    def _place_facts(self, form: PlaceForm) -> list[tuple[Any, Any]]:
        """Write what is only read: it has no field in the form."""
        person, manager = self.person, User._meta.get_field("manager")
        facts = {
            "department": lambda: person.department,
            "manager": lambda: reference(self.reader, manager, person),
            "teams": lambda: ", ".join(str(team) for team in person.teams.all()),
        }
        return [(PlaceForm.base_fields[name].label, facts[name]()) for name in form.locked]

    def _managers(self, form: PlaceForm) -> Any:
        offered_people = form.people.exclude(pk=self.person.pk).filter(
            pk__in=policy.active_people()
        )
        return offered_people.order_by("username")[:MANAGERS_OFFERED]

    # What they may do by that

    def _access(self) -> dict[str, Any]:
        if not self.sees_roles:
            return {}
        access = policy.access_for(self.person)
        return {"areas": areas_given(access), "privileges": privileges_given(access)}


def _all_held(person: User) -> Any:
    found = RoleAssignment.objects.filter(user=person).select_related("role")
    return found.order_by("-role__level", "role__name")
