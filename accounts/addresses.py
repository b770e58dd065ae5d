"""E-mail addresses and domains, each in the one form in which they are stored and compared."""

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator, validate_email
from django.utils.translation import gettext as _

from roles.core.errors import Invalid

DOMAIN_MAX = 253


def normal_address(text: str) -> str:
    """Give an address with its domain as the network knows it; refuse what is none.

    Otherwise "ann@ｅxample.com" would be another person than "ann@example.com", to whom its mail
    is delivered (threat 15). Before the @ no letter but those of ASCII stands: a few others pass
    for them where case is of no account.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        local.encode("ascii")
        found = f"{local}{at}{_network_name(domain)}"
        validate_email(found)
    except (UnicodeError, ValidationError):
        raise Invalid({"email": [_("Enter an e-mail address, such as ann@example.com.")]}) from None
    if len(found) > 254:
        raise Invalid({"email": [_("An e-mail address has at most 254 characters.")]})
    return found


def mailbox_of(address: str) -> str:
    """Give addresses whose mail comes to one mailbox in one form: a tag after a + leads there too.

    What is no address stays as it is.
    """
    try:
        found = normal_address(address)
    except Invalid:
        found = address
    local, at, domain = found.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def normal_domain(text: str) -> str:
    """Give a domain as the network knows it, typed with an @ before it or without."""
    try:
        found = _network_name(text.strip().removeprefix("@"))
        DomainNameValidator(accept_idna=False)(found)
        if len(found) > DOMAIN_MAX:
            raise ValidationError("")
    except (UnicodeError, ValidationError):
        raise Invalid({"name": [_("Enter a domain, such as example.com.")]}) from None
    return found


def domain_of(address: str) -> str:
    """Give the domain of an address in its normal form."""
    return address.rpartition("@")[2]


def _network_name(domain: str) -> str:
    return domain.encode("idna").decode("ascii").lower()
