"""Links that let somebody in: signed, so that a made-up one asks no database.

Of an invitation's token only its hash is stored, and the token stands in no address but the link's:
opening it keeps the hash in the session and leads on to an address that says nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.core import signing

INVITATION_LASTS = timedelta(days=7)
REGISTRATION_LASTS = timedelta(hours=24)

_INVITATION, _REGISTRATION = "accounts.invitation", "accounts.registration"


@dataclass(frozen=True, slots=True)
class Opened:
    """What an invitation's link says; `mailed` where whoever opens it can read the address."""

    token_hash: str
    mailed: bool


def make_token() -> str:
    """Make the secret of a new link."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Give what is stored of a token; it is long and random, so nothing slower is needed."""
    return sha256(token.encode()).hexdigest()


def invitation_key(token: str, *, mailed: bool) -> str:
    """Write what stands in a link: the mailed one proves the address, the one shown does not."""
    return signing.Signer(salt=_INVITATION).sign_object([token, mailed])


def read_invitation(key: str) -> Opened | None:
    """Read it again; `None` where we did not sign it."""
    try:
        token, mailed = signing.Signer(salt=_INVITATION).unsign_object(key)
    except (signing.BadSignature, ValueError):
        return None
    return Opened(hash_of(token), bool(mailed))


def registration_key(address: str) -> str:
    """Write what stands in the link that proves a registering person's address."""
    return signing.dumps(address, salt=_REGISTRATION)


def read_registration(key: str) -> str | None:
    """Give the address that the link proves; `None` where it is not ours or too old."""
    try:
        return str(signing.loads(key, salt=_REGISTRATION, max_age=REGISTRATION_LASTS))
    except (signing.BadSignature, ValueError):
        return None
