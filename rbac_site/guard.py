"""A production server does not start with what belongs to development or a demonstration."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.models import Q

from crm.demo.people import COLLEAGUES, NAMED

from .settings import DEMONSTRATION_PASSWORD, DEVELOPMENT_SECRET

DEMONSTRATION_ACCOUNTS = [person.username for person in (*NAMED, *COLLEAGUES)]
DEMONSTRATION_ADDRESSES = "@example.com"


def refuse_unsafe_start() -> None:
    """Raise `ImproperlyConfigured` with everything that is wrong; called by the servers' doors."""
    if settings.DEMO or settings.DEVELOPMENT:
        return
    problems = [*settings_problems()]
    if has_demonstration_passwords():
        problems.append("The demonstration account is loaded: everybody knows its passwords.")
    if problems:
        raise ImproperlyConfigured(" ".join(problems))


def settings_problems() -> list[str]:
    """Say what is wrong with the settings."""
    found = []
    if settings.SECRET_KEY == DEVELOPMENT_SECRET:
        found.append("SECRET_KEY is the one of the repository: set it to a long random text.")
    if settings.DEBUG:
        found.append("DEBUG is on: unset it.")
    if "*" in settings.ALLOWED_HOSTS:
        # The host of a request is where the link to a new password leads (threat 3).
        found.append(
            "ALLOWED_HOSTS takes any host: name the site's own, links in mails lead there."
        )
    return found


def has_demonstration_passwords() -> bool:
    """Tell whether somebody of the demonstration can sign in with its password."""
    people = get_user_model().objects.filter(
        Q(username__in=DEMONSTRATION_ACCOUNTS) | Q(email__endswith=DEMONSTRATION_ADDRESSES)
    )
    try:
        # The demonstration's people share one hash, so this is quick however many there are.
        hashes = set(people.values_list("password", flat=True))
        return any(check_password(DEMONSTRATION_PASSWORD, hashed) for hashed in hashes)
    except DatabaseError:
        # No tables yet: nobody can sign in at all.
        return False
