"""What can be done to a person's account, for whom, and why not for the others (D2, D3, D7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.services.delegation import why_not

from ..models import User
from ..models.user import State
from ..services.people import reset_password, restore_person, suspend_person


@dataclass(frozen=True, slots=True)
class Act:
    """A button: its words, what it does, what it needs, and in which states it stands."""

    code: str
    label: Any
    meaning: Any
    done: Any
    needs: str
    states: frozenset[str]
    service: Callable[..., User]


ACTS = {
    act.code: act
    for act in (
        Act(
            "suspend",
            gettext_lazy("Suspend"),
            gettext_lazy("They cannot sign in until somebody restores them. Their roles stay."),
            gettext_lazy("%(name)s is suspended."),
            "users.edit",
            frozenset({State.ACTIVE.value}),
            suspend_person,
        ),
        Act(
            "restore",
            gettext_lazy("Restore"),
            gettext_lazy("They can sign in again, with the roles that they hold."),
            gettext_lazy("%(name)s is restored."),
            "users.edit",
            frozenset({State.SUSPENDED.value}),
            restore_person,
        ),
        Act(
            "reset_password",
            gettext_lazy("Reset Password"),
            gettext_lazy(
                "Their password is worth nothing any more, and they are signed out everywhere. "
                "They choose a new one by e-mail, on the sign-in page."
            ),
            gettext_lazy("The password of %(name)s is reset. They choose a new one by e-mail."),
            "passwords.manage",
            frozenset(State.values),
            reset_password,
        ),
    )
}


def acts_on(user: Any, person: User) -> list[tuple[Act, str]]:
    """Give what `user` finds on the page of `person`: each with "", or why it is locked.

    What they have no permission for is not there; nor is anything on their own page (D2).
    """
    if user.pk == person.pk:
        return []
    access = policy.access_for(user)
    found = [a for a in ACTS.values() if person.state in a.states and access.can(a.needs)]
    return [(act, _why_locked(user, act, person)) for act in found]


def _why_locked(user: Any, act: Act, person: User) -> str:
    if reason := why_not(user, act.needs, person):
        return reason
    if act.code == "suspend":
        return why_last_owner(person)
    return ""


def why_last_owner(person: User) -> str:
    """Say that the account would be left without an Owner, or give "" (D7)."""
    owners = policy.lasting_owners()
    if not owners.filter(pk=person.pk).exists() or owners.exclude(pk=person.pk).exists():
        return ""
    return _("This is the last Owner. Give the role to somebody else first (D7).")
