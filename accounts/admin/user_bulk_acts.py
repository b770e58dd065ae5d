"""What can be done to several people at once: what each needs, asks for and says (R25)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from roles import policy
from roles.models import Role, RoleAssignment
from roles.services.assignment import assign_role, unassign_role

from ..joining.forms import offer, offered
from ..models import User
from ..services import people, placing
from .organising import may_name_people, seen_people
from .user_forms import GiveRoleForm, PlaceForm, StrictForm


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One of them. `form` makes what it asks for; `stands` says by key who is so already, and how.

    `serves` tells whether the reader could do it to somebody at all, beyond what it needs (R12).
    """

    code: str
    label: Any
    meaning: Any
    button: Any
    done: Any
    needs: str
    change: Callable[..., Any]
    form: Callable[[Any, Sequence[User], Any], StrictForm] | None = None
    stands: Callable[[Sequence[User], Any], dict[Any, str]] = lambda chosen, values: {}
    serves: Callable[[Any], bool] = lambda reader: True


# What they ask for


class TakeRoleForm(StrictForm):
    """Which role to take back: one that somebody among them holds."""

    role = forms.ModelChoiceField(
        Role.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Role"),
        empty_label=gettext_lazy("Choose a role"),
    )

    def __init__(self, *args: Any, roles: Sequence[Role], reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["role"], roles, reader)


class DepartmentForm(StrictForm):
    """Which department they move to."""

    department = PlaceForm.base_fields["department"]


class ManagerForm(StrictForm):
    """To whom they report from then on."""

    manager = PlaceForm.base_fields["manager"]

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        self.people = seen_people(reader)
        super().__init__(*args, **kwargs)
        self.fields["manager"].widget.offer_to(reader)

    clean_manager = PlaceForm.clean_manager


def _giving(reader: Any, chosen: Sequence[User], data: Any) -> StrictForm:
    return GiveRoleForm(data, roles=offered(reader), reader=reader)


def _taking(reader: Any, chosen: Sequence[User], data: Any) -> StrictForm:
    held = Role.objects.filter(assignments__user__in=chosen).distinct()
    below = [role for role in held if not _above(reader, role)]
    return TakeRoleForm(data, roles=below, reader=reader)


def _above(reader: Any, role: Role) -> bool:
    return any(one.rule == "D3" for one in policy.excess_of_assignment(reader, role.code))


# Who is so already


def _holders(chosen: Sequence[User], values: Any) -> set[Any]:
    held = RoleAssignment.objects.filter(role=values["role"], user__in=chosen)
    return set(held.values_list("user_id", flat=True))


def _hold(chosen: Sequence[User], values: Any) -> dict[Any, str]:
    return dict.fromkeys(_holders(chosen, values), _("They hold it already."))


def _lack(chosen: Sequence[User], values: Any) -> dict[Any, str]:
    lacking = {person.pk for person in chosen} - _holders(chosen, values)
    return dict.fromkeys(lacking, _("They do not hold it."))


def _are_there(chosen: Sequence[User], values: Any) -> dict[Any, str]:
    there = [one.pk for one in chosen if one.department_id == _key(values["department"])]
    return dict.fromkeys(there, _("They are there already."))


def _report_so(chosen: Sequence[User], values: Any) -> dict[Any, str]:
    reporting = [one.pk for one in chosen if one.manager_id == _key(values["manager"])]
    return dict.fromkeys(reporting, _("They report so already."))


def _key(record: Any) -> Any:
    return record.pk if record else None


# Which there are


def _reads(*names: str) -> Callable[[Any], bool]:
    return lambda reader: set(names) <= policy.readable_fields(reader, policy.governing(User))


def _names_roles(reader: Any) -> bool:
    return bool(policy.check(reader, "roles.view"))


def _gives_some(reader: Any) -> bool:
    return _names_roles(reader) and bool(policy.roles_to_give(reader))


def _give(*, acting_user: Any, person: User, **values: Any) -> None:
    assign_role(acting_user=acting_user, user=person, **values)


def _take(*, acting_user: Any, person: User, role: Role) -> None:
    unassign_role(acting_user=acting_user, user=person, role=role)


BULK = {
    act.code: act
    for act in (
        BulkAct(
            "suspend",
            gettext_lazy("Suspend"),
            gettext_lazy("They cannot sign in until somebody restores them. Their roles stay."),
            ngettext_lazy("Suspend %(count)d Person", "Suspend %(count)d People", "count"),
            ngettext_lazy(
                "%(count)d person is suspended.", "%(count)d people are suspended.", "count"
            ),
            "users.edit",
            people.suspend_person,
        ),
        BulkAct(
            "restore",
            gettext_lazy("Restore"),
            gettext_lazy("They can sign in again, with the roles that they hold."),
            ngettext_lazy("Restore %(count)d Person", "Restore %(count)d People", "count"),
            ngettext_lazy(
                "%(count)d person is restored.", "%(count)d people are restored.", "count"
            ),
            "users.edit",
            people.restore_person,
        ),
        BulkAct(
            "give-role",
            gettext_lazy("Give a Role"),
            gettext_lazy("Without a beginning it counts at once, without an end for ever."),
            ngettext_lazy("Give It to %(count)d Person", "Give It to %(count)d People", "count"),
            ngettext_lazy(
                "%(count)d person holds the role now.",
                "%(count)d people hold the role now.",
                "count",
            ),
            "users.edit",
            _give,
            _giving,
            _hold,
            _gives_some,
        ),
        BulkAct(
            "take-role-back",
            gettext_lazy("Take a Role Back"),
            gettext_lazy("They lose what only this role gives them, at once."),
            ngettext_lazy(
                "Take It Back from %(count)d Person", "Take It Back from %(count)d People", "count"
            ),
            ngettext_lazy(
                "%(count)d person no longer holds the role.",
                "%(count)d people no longer hold the role.",
                "count",
            ),
            "users.edit",
            _take,
            _taking,
            _lack,
            _names_roles,
        ),
        BulkAct(
            "department",
            gettext_lazy("Move to a Department"),
            gettext_lazy("It changes whose records they reach, and who reaches theirs, at once."),
            ngettext_lazy("Move %(count)d Person", "Move %(count)d People", "count"),
            ngettext_lazy("%(count)d person is moved.", "%(count)d people are moved.", "count"),
            placing.GROUPS,
            placing.move_to_department,
            lambda reader, chosen, data: DepartmentForm(data),
            _are_there,
            _reads("department"),
        ),
        BulkAct(
            "manager",
            gettext_lazy("Set Their Manager"),
            gettext_lazy(
                "All who report to them move along. It changes who reaches whose records."
            ),
            ngettext_lazy("Move %(count)d Person", "Move %(count)d People", "count"),
            ngettext_lazy("%(count)d person is moved.", "%(count)d people are moved.", "count"),
            "users.edit",
            placing.move_to_manager,
            lambda reader, chosen, data: ManagerForm(data, reader=reader),
            _report_so,
            lambda reader: may_name_people(reader) and _reads("manager")(reader),
        ),
        BulkAct(
            "delete",
            gettext_lazy("Move to Trash"),
            gettext_lazy(
                "They leave all lists and cannot sign in. Whoever may delete them can restore them."
            ),
            ngettext_lazy(
                "Move %(count)d Person to Trash", "Move %(count)d People to Trash", "count"
            ),
            ngettext_lazy(
                "%(count)d person is in the trash.", "%(count)d people are in the trash.", "count"
            ),
            "users.delete",
            people.delete_person,
        ),
    )
}


def bulk_acts_of(reader: Any) -> list[BulkAct]:
    """Give what `reader` may do to somebody at all: by permission, by rank, by what it asks for."""
    access = policy.access_for(reader)
    if not (access.outranks_all or access.rank > 0):
        return []
    return [act for act in BULK.values() if access.can(act.needs) and act.serves(reader)]
