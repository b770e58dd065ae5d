"""Make API tokens and take them back (R20a)."""

import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from .. import policy
from ..core import clock
from ..core.errors import Invalid, Refused
from ..core.limits import Limit
from ..core.names import normalise
from ..models import ApiToken
from ..models.token import digest_of
from . import audit

PREFIX = "rbac_"
"""Begins every secret, so that people and scanners of source code know what they found."""

LETTERS = string.ascii_letters + string.digits
LENGTH = 40
"""Letters of a secret beyond its prefix: some 238 bits of chance."""

TOKENS_MAX = 50
"""So many tokens one person may have at once (threat 21)."""

LASTS, LASTS_MAX = timedelta(days=90), timedelta(days=366)
NOTED_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is: a write for each request would cost more than the request."""


def create_token(
    *, acting_user: Any, name: str, limit: Limit | None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token for oneself; give it and its secret, which nobody can read again (R20a).

    `limit` names what it may do at most, `None` lets it do all that its user may. It lasts 90
    days unless said otherwise, at most 366.
    """
    if not (decision := policy.check_make_token(acting_user)):
        raise Refused(decision.because)
    with transaction.atomic():
        # Whoever makes two at once waits, so that names and the bound hold.
        get_user_model()._base_manager.select_for_update().get(pk=acting_user.pk)
        token = _wished(acting_user, name, limit, expires_at)
        _validate(token, limit, acting_user)
        secret = PREFIX + "".join(secrets.choice(LETTERS) for _n in range(LENGTH))
        token.digest, token.ending = digest_of(secret), secret[-4:]
        token.save()
        _log(acting_user, "token.created", token, is_there=True)
    return token, secret


def revoke_token(*, acting_user: Any, token: ApiToken) -> None:
    """Take a token back: one's own, or that of somebody whom one manages (D3)."""
    with transaction.atomic():
        found = policy.revocable_tokens(acting_user).filter(pk=token.pk).first()
        if found is None:
            raise Refused(_("This token is not yours to revoke. Ask an Owner."))
        _log(acting_user, "token.revoked", found, is_there=False)
        found.delete()


def note_use(token: ApiToken) -> None:
    """Remember that the token was used just now, to the minute."""
    now = clock.now()
    due = now - NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= due:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=due)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _wished(
    acting_user: Any, name: str, limit: Limit | None, expires_at: datetime | None
) -> ApiToken:
    now = clock.now()
    named = limit or Limit()
    return ApiToken(
        user=acting_user,
        name=name.strip(),
        is_limited=limit is not None,
        permissions=sorted(named.permissions),
        privileges=sorted({normalise(privilege) for privilege in named.privileges}),
        created_at=now,
        expires_at=expires_at or now + LASTS,
    )


# Validation


def _validate(token: ApiToken, limit: Limit | None, acting_user: Any) -> None:
    """Raise `Invalid` with everything that is wrong."""
    access = policy.access_for(acting_user)
    errors = {
        "name": list(_name_errors(token)),
        "expires_at": list(_end_errors(token)),
        "permissions": [
            *_not_theirs(token.permissions, access.codes),
            *(_nothing_named() if limit == Limit() else ()),
        ],
        "privileges": list(_not_theirs(token.privileges, access.privileges)),
        "": list(_number_errors(token)),
    }
    if errors := {field: messages for field, messages in errors.items() if messages}:
        raise Invalid(errors)


def _name_errors(token: ApiToken) -> Iterable[str]:
    if not token.name:
        yield _("Give the token a name that says what will use it.")
    elif len(token.name) > 100:
        yield _("A name has at most 100 characters.")
    elif "\x00" in token.name:
        yield _("A name holds no null character.")
    elif ApiToken.objects.filter(user=token.user, name=token.name).exists():
        yield _("You have a token of this name. Choose another, or revoke that one first.")


def _end_errors(token: ApiToken) -> Iterable[str]:
    lasts = token.expires_at - token.created_at
    if lasts <= timedelta():
        yield _("The end must lie in the future.")
    elif lasts > LASTS_MAX:
        yield _("A token lasts at most %(days)s days.") % {"days": LASTS_MAX.days}


def _not_theirs(names: Iterable[str], theirs: frozenset[str]) -> Iterable[str]:
    for name in names:
        if name not in theirs:
            yield _("“%(name)s” is nothing that you may do, so no token of yours may.") % {
                "name": name
            }


def _nothing_named() -> Iterable[str]:
    yield _("Choose at least one: a token limited to nothing could do nothing.")


def _number_errors(token: ApiToken) -> Iterable[str]:
    if ApiToken.objects.filter(user=token.user).count() >= TOKENS_MAX:
        yield _("You have %(most)s tokens, the most there may be. Revoke one first.") % {
            "most": TOKENS_MAX
        }


def _log(acting_user: Any, action: str, token: ApiToken, *, is_there: bool) -> None:
    """Write the log; of the secret only what the list shows (D13)."""
    limits = {"permissions": token.permissions, "privileges": token.privileges}
    values = {
        "name": token.name,
        "ending": token.ending,
        "expires_at": token.expires_at.isoformat(),
        **({} if not token.is_limited else limits),
    }
    audit.record(
        acting_user=acting_user,
        action=action,
        subject=token,
        beside=token.user,
        changes=[
            {"field": field, "old": None, "new": value}
            if is_there
            else {"field": field, "old": value, "new": None}
            for field, value in values.items()
        ],
    )
