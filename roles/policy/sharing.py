"""Who may open a record to others by hand (R19)."""

from typing import Any

from django.db.models import Model

from ..core.decisions import Decision, deny
from ..core.vocabulary import SHARED_ACTIONS
from ..registry import registry
from .checks import check
from .reach import governing


def check_share(user: Any, record: Model, give: str = "view") -> Decision:
    """Decide whether `user` may share the record for `give`, or take such a share back (R19).

    Whoever may edit a record may share it, at most with what they may do themselves.
    """
    module = governing(type(record))
    if registry.share_model_of(module) is None:
        return deny(f"Records of {module.code} cannot be shared.")
    if give not in SHARED_ACTIONS:
        return deny(f"A share gives {' or '.join(SHARED_ACTIONS)}, not {give!r} (R19).")
    asked = dict.fromkeys((*SHARED_ACTIONS[give], "edit"))
    decisions = [check(user, f"{module.code}.{action}", record) for action in asked]
    return next((decision for decision in decisions if not decision), decisions[-1])
