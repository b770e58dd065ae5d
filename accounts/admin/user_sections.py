"""What stands in the sections of a person's page, each as far as its reader may know and do."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from roles import policy
from roles.admin.naming import NO_ACCESS, names_in_reach, reference
from roles.core import clock
from roles.core.access import Access
from roles.models import Role, RoleAssignment
from roles.services.delegation import excesses_in_words, why_not

from ..joining.forms import offered
from ..models import User
from ..second_factor import has_second_factor
from ..services.people import PERSONAL
from ..services.placing import GROUPS
from ..standing import standing_of
from .access import areas_given, privileges_given
from .held import rank_tag, state_tag
from .user_acts import acts_on, why_last_owner
from .user_forms import GiveRoleForm, PlaceForm, TermsForm


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
            **self._roles(forms),
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
            "rank": self._rank(),
            "acts": acts_on(self.reader, person, reads_address="email" in self.mask.readable),
            "second_factor": has_second_factor(person) if self._sees_second_factor() else None,
            "can_delete": self.page.has_delete_permission(self.request, person),
            "registration": self._registration(),
        }

    def _rank(self) -> Any:
        """Give their rank to who may know levels; everyone may know their own."""
        person: Any = self.person
        if not self.is_oneself and not policy.reads_levels(self.reader):
            return ""
        return rank_tag(person.rank_now, above_all=bool(person.owns) or person.is_superuser)

    def _sees_second_factor(self) -> bool:
        """Say who has none to nobody but who looks after it: it tells whose account is easier."""
        return self.is_oneself or policy.access_for(self.reader).can("passwords.manage")

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

    @cached_property
    def held(self) -> list[RoleAssignment]:
        """Give all that they hold, held and will hold, the highest first."""
        found = RoleAssignment.objects.filter(user=self.person).select_related("role")
        return list(found.order_by(*policy.order_of_roles(self.reader, "role__")))

    @cached_property
    def givable(self) -> list[Role]:
        """Give the roles that the reader may give to this person, viewed or not (D2, D3, D5)."""
        return [] if self.why_not_give() else offered(self.reader)

    def roles_to_give(self) -> list[Role]:
        """Give those of them that the person does not hold yet."""
        held = {one.role_id for one in self.held}
        return [role for role in self.givable if role.pk not in held]

    def why_not_change(self, held: RoleAssignment) -> str:
        """Say why the reader may not set other terms, or give "" (D2, D3, D5, D7)."""
        beyond = policy.excess_of_assignment(self.reader, held.role.code)
        return self.why_not_give() or self._why_kept(held) or excesses_in_words(beyond)

    def _why_kept(self, held: RoleAssignment) -> str:
        return why_last_owner(self.person) if held.role.is_owner else ""

    def _roles(self, forms: dict[str, Any]) -> dict[str, Any]:
        held = self.held if self.sees_roles else []
        givers = names_in_reach(self.reader, User, {one.assigned_by_id for one in held})
        roles = self.roles_to_give()
        return {
            "sees_roles": self.sees_roles,
            "held": [self._row(one, givers, forms) for one in held],
            "give": forms.get("give")
            or (GiveRoleForm(roles=roles, reader=self.reader) if roles else None),
            "may_give": not self.why_not_give(),
            "may_edit": policy.access_for(self.reader).can("users.edit"),
            "zone": get_current_timezone_name(),
        }

    def _row(
        self, one: RoleAssignment, givers: dict[Any, str], forms: dict[str, Any]
    ) -> dict[str, Any]:
        now = clock.now()
        may_change = one.role in self.givable and not self._why_kept(one)
        asked = may_change and self.request.GET.get("change") == one.role.code
        bound = forms.get("terms")
        is_bound = bound is not None and bound.held == one
        ended = one.valid_until is not None and one.valid_until <= now
        later = one.valid_from is not None and one.valid_from > now
        return {
            "held": one,
            "role": policy.RoleAsRead(self.reader, one.role),
            "when": "ended" if ended else "later" if later else "now",
            "rests": self._rests(one.role),
            "giver": givers.get(one.assigned_by_id, NO_ACCESS) if one.assigned_by_id else "",
            "may_take": not self.why_not_give() and not self._is_above(one.role, ended),
            "may_change": may_change,
            "terms": bound if is_bound else TermsForm.of(one) if asked else None,
            "why_kept": self._why_kept(one),
        }

    @cached_property
    def access(self) -> Access:
        """What they may do right now, and which of their roles rest."""
        return policy.access_for(self.person)

    def _rests(self, role: Role) -> bool:
        if "second_factor" not in policy.readable_of_roles(self.reader):
            return False
        return any(role.code == resting.code for resting in self.access.resting)

    def _is_above(self, role: Role, has_ended: bool) -> bool:
        """Tell whether the role is beyond the reader's rank (D3); while it lasts, its holder is."""
        beyond = policy.excess_of_assignment(self.reader, role.code) if has_ended else ()
        return any(excess.rule == "D3" for excess in beyond)

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
        return {
            "place_facts": self._place_facts(form),
            "place": form if form.fields else None,
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

    # What they may do by that

    def _access(self) -> dict[str, Any]:
        if not self.sees_roles:
            return {}
        access = policy.access_as_read(self.reader, self.person)
        if access is None:
            return {"is_told": False}
        given = {"areas": areas_given(access), "privileges": privileges_given(access)}
        return {"is_told": True, **given}
