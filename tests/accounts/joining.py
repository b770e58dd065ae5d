"""What the tests of joining share."""

import re
from typing import Any

from django.core import mail

from accounts.links import Opened, read_invitation
from accounts.models import User
from accounts.services.invitations import Sent, accept_invitation, invite_person
from tests.factories import role_of

ORIGIN = "https://crm.example.org/"
PASSWORD = "a long one, Xy9!"
LINK = re.compile(r"https?://\S+/auth/\S+")


def invite(inviter: User, email: str = "new@x.org", role: str = "user") -> Sent:
    """Invite somebody."""
    return invite_person(acting_user=inviter, email=email, role=role_of(role), origin=ORIGIN)


def opened(sent: Sent) -> Opened:
    """Read the link as the site does when it is opened."""
    found = read_invitation(sent.key)
    assert found is not None
    return found


def accept(sent: Sent, username: str = "newt", **values: Any) -> User:
    """Accept an invitation."""
    return accept_with(opened(sent), username, **values)


def accept_with(link: Opened, username: str = "newt", **values: Any) -> User:
    """Accept with an opened link."""
    given = {"first_name": "New", "last_name": "Comer", "password": PASSWORD} | values
    return accept_invitation(
        token_hash=link.token_hash, proven=link.mailed, username=username, **given
    )


def links_mailed() -> list[str]:
    """Give the links of all mails, as addresses of this site."""
    found = [link for sent in mail.outbox for link in LINK.findall(sent.body)]
    return [link[link.index("/auth/") :] for link in found]
