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
from ..second_factor import has_second_factor
from ..services.people import (
    remove_second_factor,
    reset_password,
    restore_person,
    suspend_person,
)


@dataclass(frozen=True, slots=True)
class Act:
    """A button: its words, what it does, what it needs, and in which states it stands.

    `mails` says that the service takes the site's address, with which it writes to the person;
    `fits` says for whom the act stands at all.
    """

    code: str
    label: Any
    meaning: Any
    done: Any
    needs: str
    states: frozenset[str]
    service: Callable[..., User]
    mails: bool = False
    fits: Callable[[User], bool] = lambda person: True


@dataclass(frozen=True, slots=True)
class Offer:
    """An act on somebody's page: what it would do to them, and why it is locked, or ""."""

    act: Act
    meaning: str
    why_locked: str


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
                "Their password is worth nothing any more, and they are signed out everywhere."
            ),
            gettext_lazy("The password of %(name)s is reset."),
            "passwords.manage",
            frozenset(State.values),
            reset_password,
            mails=True,
        ),
        Act(
            "remove_second_factor",
            gettext_lazy("Remove Second Factor"),
            gettext_lazy(
                "For whoever lost the app and the recovery codes. They sign in with their "
                "password alone next time, and stay signed in where they are."
            ),
            gettext_lazy(
                "%(name)s has no second factor any more, and signs in with the password alone."
            ),
            "passwords.manage",
            frozenset(State.values),
            remove_second_factor,
            fits=has_second_factor,
        ),
    )
}


def acts_on(user: Any, person: User, *, reads_address: bool) -> list[Offer]:
    """Give what `user` finds on the page of `person`, what is locked with its reason.

    What they have no permission for is not there; nor is anything on their own page (D2).
    """
    if user.pk == person.pk:
        return []
    access = policy.access_for(user)
    found = [
        act
        for act in ACTS.values()
        if person.state in act.states and access.can(act.needs) and act.fits(person)
    ]
    link = link_to_come(person, reads_address=reads_address)
    return [
        Offer(
            act,
            f"{act.meaning} {link}" if act.mails else str(act.meaning),
            _why_locked(user, act, person),
        )
        for act in found
    ]


def link_to_come(person: User, *, reads_address: bool) -> str:
    """Say whether a link to a new password would reach them, as far as one may know (R16)."""
    if not reads_address:
        return _("If they have an e-mail address, they are sent a link to choose a new one.")
    if person.email:
        return _("They are sent an e-mail with a link to choose a new one.")
    return _("They have no e-mail address for a link to a new one: enter one first.")


def link_sent(person: User, *, reads_address: bool) -> str:
    """Say afterwards whether a link is on its way, and what to do where it is not."""
    if not reads_address:
        return _("If they have an e-mail address, a link to choose a password is on its way.")
    if person.email:
        return _("An e-mail with a link to choose a password is on its way to them.")
    return _(
        "They have no e-mail address, so no link was sent. Enter one, then press “Reset Password”."
    )


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
