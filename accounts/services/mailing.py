"""How many mails one mailbox is sent, whoever asks for them and for whatever reason (threat 21).

Counted by the hour in the cache, which is what all processes share where there is more than one.
"""

from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import ngettext

from roles.core import clock
from roles.core.errors import Paused

from ..addresses import mailbox_of
from ..models import User

HOUR = 3600
IN_AN_HOUR = 10
"""So many mails one mailbox is sent within an hour: beyond it is no help, but a flood."""
FOR_ANYBODY = 5
"""So many of them who is not signed in can ask for: nobody uses up what an Owner may need."""


def mail_to(person: User, send: Callable[[], object]) -> None:
    """Mail a person once the change stands, if they have an address.

    Who has none is counted too: otherwise a pause would tell that there is one (R23).
    """
    address = person.email
    mail_once_done(address or f"#{person.pk}", lambda: address and send())


def mail_once_done(mailbox: str, send: Callable[[], object]) -> None:
    """Mail once the change stands; refuse the change where that is one mail too many.

    A mail that fails takes nothing back, and a change that is taken back counts for nothing.
    """
    if cache.get(_key(mailbox), 0) >= IN_AN_HOUR:
        raise Paused(_too_many(), wait=_until_next_hour())

    def deliver() -> None:
        _count(mailbox)
        send()

    transaction.on_commit(deliver, robust=True)


def mail_for_anybody(mailbox: str, send: Callable[[], object]) -> None:
    """Mail what somebody asks for who is not signed in, or nothing: no answer tells (threat 12)."""
    if _count(mailbox) <= FOR_ANYBODY:
        send()
    else:
        _count(mailbox, -1)


def _count(mailbox: str, number: int = 1) -> int:
    """Count mails in one step, however many are asked for at once, and give their number."""
    key = _key(mailbox)
    cache.add(key, 0, 2 * HOUR)
    try:
        return int(cache.incr(key, number))
    except ValueError:  # a cache that keeps nothing, or nothing for so long
        return 0


def _key(mailbox: str) -> str:
    """Name the count of this hour: no address stands in the cache, however it is written."""
    hour = int(clock.now().timestamp()) // HOUR
    return f"accounts.mails:{hour}:{sha256(mailbox_of(mailbox).encode()).hexdigest()}"


def _until_next_hour() -> int:
    return HOUR - int(clock.now().timestamp()) % HOUR


def _too_many() -> str:
    minutes = -(-_until_next_hour() // 60)
    words = ngettext(
        "Nothing was changed: one person is sent at most %(most)d mails within an hour, and this "
        "would be one more. Try again in %(minutes)d minute.",
        "Nothing was changed: one person is sent at most %(most)d mails within an hour, and this "
        "would be one more. Try again in %(minutes)d minutes.",
        minutes,
    )
    return words % {"most": IN_AN_HOUR, "minutes": minutes}
