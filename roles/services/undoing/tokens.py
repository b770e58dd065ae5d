"""Why what happened to tokens stays (R20a)."""

from django.utils.translation import gettext_lazy as _

from .undo import keeps

keeps(
    "token.created",
    because=_(
        "A token that was made cannot be unmade: somebody may know its secret. Revoke it on the "
        "page of API tokens."
    ),
)
keeps(
    "token.revoked",
    because=_(
        "A token that was revoked cannot be brought back: its secret is kept nowhere. Make a new "
        "one."
    ),
)
