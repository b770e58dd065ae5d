"""Make people, change who they are, shut them out and let them in again (D2, D3, D7)."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import policy
from roles.core import clock
from roles.core.errors import Blocked, Invalid, Refused
from roles.services.assignment import require_another_owner
from roles.services.delegation import require, require_within
from roles.services.records import require_fields

from .. import mail, second_factor
from ..addresses import normal_address
from ..models import User
from ..models.user import State
from .acting import administering, changed, in_words, read
from .mailing import mail_once_done, mail_to
from .newcomers import log_person

PERSONAL = ("username", "first_name", "last_name", "email")
"""What says who somebody is; where they stand and what they may is moved, given and approved."""

_ADDRESS_HAD = gettext_lazy(
    "Somebody has their e-mail address by now. That account needs another one before they can "
    "come back."
)


def create_person(*, acting_user: Any, values: Mapping[str, Any], origin: str) -> User:
    """Make a person without roles and without a password, who chooses one by e-mail (D1, R17).

    `origin` is the site's address, with which the link in the mail begins.
    """
    _require_personal(values)
    with administering(acting_user, "users.create") as actor:
        require_fields(policy.check_values(actor, policy.governing(User), values))
        values = _with_normal_address(values, "")
        person = User(**values)
        person.set_unusable_password()
        _store(person, None)
        _follow_address(person)
        rows = [changed(name, None, value) for name, value in values.items() if value]
        log_person(acting_user, "user.created", person, rows, is_field_change=True)
        _mail_link(mail.send_new_account, acting_user, person, origin)
    return person


def edit_person(*, acting_user: Any, person: User, values: Mapping[str, Any]) -> User:
    """Change a name or the e-mail address, each of which the actor may write (D3, R17)."""
    _require_personal(values)
    with administering(acting_user, "users.edit") as actor:
        person = read(person, actor, "users.edit")
        address = person.email
        require_fields(policy.check_changes(actor, person, values))
        values = _with_normal_address(values, address)
        rows = [
            changed(name, getattr(person, name), value)
            for name, value in values.items()
            if getattr(person, name) != value
        ]
        for name, value in values.items():
            setattr(person, name, value)
        if rows:
            _store(person, [row["field"] for row in rows])
            _follow_address(person)
            log_person(acting_user, "user.changed", person, rows, is_field_change=True)
            _tell_address_before(acting_user, person, address)
    return person


def _require_personal(values: Mapping[str, Any]) -> None:
    """Refuse by name what does not say who somebody is: no state, no place (threat 3)."""
    for name in values:
        if name not in PERSONAL:
            raise Refused(policy.no_such_field(name))


def _with_normal_address(values: Mapping[str, Any], stored: str) -> Mapping[str, Any]:
    """Write a new address in the form in which addresses are compared (threat 15)."""
    address = values.get("email")
    if not address or address == stored:
        return values
    return {**values, "email": normal_address(address)}


def _store(person: User, fields: list[str] | None) -> None:
    with in_words():
        person.full_clean(exclude=["password"])
        person.save(update_fields=fields)


def _follow_address(person: User) -> None:
    """Let sign-in know the address that stands, and no other one; it is proven by a mail again."""
    kept = "" if person.deleted_at else person.email
    EmailAddress.objects.filter(user=person).exclude(email__iexact=kept).delete()
    if kept and not EmailAddress.objects.filter(user=person).exists():
        EmailAddress.objects.create(user=person, email=kept, primary=True, verified=False)


def _tell_address_before(acting_user: Any, person: User, address: str) -> None:
    """Mail to the address that was theirs that it is not any more, whoever changed it."""
    if address and address.lower() != person.email.lower():
        mail_once_done(address, lambda: mail.send_address_changed(person, address, acting_user))


# In and out


def suspend_person(*, acting_user: Any, person: User) -> User:
    """Shut somebody out until they are restored; their roles stay (R1, D2, D7)."""
    words = _("Nobody suspends themselves (D2). Ask another Owner.")
    with administering(acting_user, "users.edit") as actor:
        person = read(person, actor, "users.edit", not_oneself=words)
        _require_state(person, State.ACTIVE, _("Only somebody who is active can be suspended."))
        require_owner_beside(person)
        return _move_to(acting_user, person, State.SUSPENDED, "suspended")


def restore_person(*, acting_user: Any, person: User) -> User:
    """Let somebody in again who was suspended (D2)."""
    words = _("Nobody restores themselves (D2). Ask another Owner.")
    with administering(acting_user, "users.edit") as actor:
        person = read(person, actor, "users.edit", not_oneself=words)
        _require_state(person, State.SUSPENDED, _("Only somebody who is suspended is restored."))
        return _move_to(acting_user, person, State.ACTIVE, "restored")


def _require_state(person: User, state: State, words: str) -> None:
    if person.state != state:
        raise Blocked(words)


def require_owner_beside(person: User) -> None:
    """Keep a lasting Owner where this one is shut out (D7)."""
    if policy.lasting_owners().filter(pk=person.pk).exists():
        require_another_owner(person)


def _move_to(acting_user: Any, person: User, state: State, action: str) -> User:
    old, person.state = person.state, state.value
    person.save(update_fields=["state"])
    log_person(acting_user, f"user.{action}", person, [changed("state", old, state.value)])
    return person


def delete_person(*, acting_user: Any, person: User) -> User:
    """Move somebody to the trash of those who may delete them (R26, D2, D7)."""
    words = _("Nobody deletes themselves (D2). Ask another Owner.")
    with administering(acting_user, "users.delete") as actor:
        person = read(person, actor, "users.delete", not_oneself=words)
        require_owner_beside(person)
        person.deleted_at = clock.now()
        person.save(update_fields=["deleted_at"])
        _follow_address(person)
        log_person(acting_user, "user.deleted", person, [])
    return person


def undelete_person(*, acting_user: Any, person: User) -> User:
    """Take somebody out of the trash, in the state in which they were deleted (R26, D3)."""
    with administering(acting_user, "users.delete") as actor:
        person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        require_within(policy.excess_of_person(actor, person))
        if not policy.check_restore(actor, person):
            raise Refused(_("%s is not in your trash (R26).") % person)
        if person.email and _is_had(person.email):
            raise Invalid({"email": [_ADDRESS_HAD]})
        person.deleted_at = None
        _store(person, ["deleted_at"])
        _follow_address(person)
        log_person(acting_user, "user.undeleted", person, [])
    return person


def _is_had(address: str) -> bool:
    return User.objects.filter(email__iexact=address, deleted_at=None).exists()


# What they sign in with


def reset_password(*, acting_user: Any, person: User, origin: str) -> User:
    """Make somebody's password and sessions worth nothing; they choose a new one by e-mail (D3).

    Who has no address is sent nothing: they need one before they can choose.
    """
    with administering(acting_user, "passwords.manage") as actor:
        person = read(person, actor, "passwords.manage")
        require(actor, "users.view")
        person.set_unusable_password()
        person.save(update_fields=["password"])
        log_person(acting_user, "user.password_reset", person, [])
        _mail_link(mail.send_password_reset, acting_user, person, origin)
    return person


def remove_second_factor(*, acting_user: Any, person: User) -> User:
    """Take off somebody's second factor, whose app and codes are lost (D3).

    They stay signed in where they are, and need the password alone from the next time on. Nobody
    does it to themselves this way: an open session would be enough for what else takes a code.
    """
    words = _("This is not for your own second factor: “Second Factor” on your profile is (D2).")
    with administering(acting_user, "passwords.manage") as actor:
        person = read(person, actor, "passwords.manage", not_oneself=words)
        require(actor, "users.view")
        if not second_factor.remove_second_factor(user=person, acting_user=acting_user):
            raise Blocked(_("%s has no second factor.") % person)
    return person


def _mail_link(send: Any, acting_user: Any, person: User, origin: str) -> None:
    pk = person.pk
    mail_to(person, lambda: send(pk, acting_user, origin))
