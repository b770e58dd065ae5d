"""Let people register alone, from e-mail domains that are on the list (D12)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles.core.errors import Invalid, Refused
from roles.models.versions import lock_policy, one_bump
from roles.services import audit
from roles.services.assignment import give_role

from .. import mail
from ..addresses import domain_of, normal_address, normal_domain
from ..models import RegistrationDomain, User
from ..models.user import State
from .acting import administering, changed
from .mailing import mail_for_anybody
from .newcomers import came_in, first_role, log_person, store_newcomer

MANAGE = "domains.manage"


def check_address(text: str) -> str:
    """Give the address in its normal form, if people with such a one may register."""
    address = normal_address(text)
    _require_domain(address)
    return address


def ask_to_register(*, address: str, origin: str) -> None:
    """Send a link that proves the address, or tell its owner that they have an account.

    An address that gets enough mails as it is is sent none, and whoever asks is not told. Nothing
    is stored before the link is opened, so nobody can take another person's address.
    """
    _require_domain(address)
    if User.objects.filter(email__iexact=address, deleted_at=None).exists():
        mail_for_anybody(address, lambda: mail.send_already_there(address, origin))
    else:
        mail_for_anybody(address, lambda: mail.send_registration(address, origin))


def register_person(*, address: str, **values: str) -> User:
    """Make whoever proved the address a Guest who waits for approval (D12)."""
    with transaction.atomic(), one_bump():
        lock_policy()
        _require_domain(address)
        if User.objects.filter(email__iexact=address, deleted_at=None).exists():
            raise Refused(_("This address has an account already. Sign in instead."))
        person = store_newcomer(email=address, state=State.WAITING, proven=True, **values)
        log_person(person, "user.registered", person, came_in(person))
        give_role(acting_user=None, user=person, role=first_role())
    return person


def is_open() -> bool:
    """Tell whether anybody may register alone."""
    return RegistrationDomain.objects.exists()


def allow_domain(*, acting_user: Any, name: str) -> RegistrationDomain:
    """Let people with an address at this very domain register; one below it is another."""
    with administering(acting_user, MANAGE):
        domain = normal_domain(name)
        made, is_new = RegistrationDomain.objects.get_or_create(name=domain)
        if not is_new:
            words = _("%(domain)s is on the list already.") % {"domain": domain}
            raise Invalid({"name": [words]})
        _log(acting_user, "domain.allowed", made, None, domain)
    return made


def forbid_domain(*, acting_user: Any, domain: RegistrationDomain) -> None:
    """Close registration to the domain; whoever registered stays."""
    with administering(acting_user, MANAGE):
        stored = RegistrationDomain.objects.filter(pk=domain.pk).first()
        if stored is None:
            raise Refused(_("This domain was taken off the list meanwhile. Load the page again."))
        _log(acting_user, "domain.forbidden", stored, stored.name, None)
        stored.delete()


def _require_domain(address: str) -> None:
    if not RegistrationDomain.objects.filter(name=domain_of(address)).exists():
        words = _(
            "People with an address at %(domain)s cannot register alone. "
            "Ask somebody who is in to invite you."
        )
        raise Invalid({"email": [words % {"domain": domain_of(address)}]})


def _log(acting_user: Any, action: str, domain: RegistrationDomain, *values: str | None) -> None:
    rows = [changed("name", *values)]
    audit.record(acting_user=acting_user, action=action, subject=domain, changes=rows)
