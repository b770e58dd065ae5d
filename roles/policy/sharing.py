"""Who may open a record to others by hand (R19)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet

from ..core.decisions import Decision, deny
from ..core.specs import Module
from ..core.vocabulary import SHARED_ACTIONS
from ..directory import get_directory
from ..registry import registry
from .checks import check
from .fields import readable_fields
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


def offered_teams(user: Any, module: Module) -> QuerySet[Any] | None:
    """Give the teams that a page may offer: all to who may view people, else their own.

    `None` where records of the module are shared with people only.
    """
    teams = registry.share_model_of(module).teams()
    if teams is None or _sees_people(user):
        return None if teams is None else teams.all()
    mine = get_directory().teams_of(user.pk)
    found: QuerySet[Any] = teams.none() if mine is None else teams.filter(pk__in=mine)
    return found


def names_people(user: Any) -> bool:
    """Tell whether a page may offer people to `user`: who views them and reads their user names.

    To others they are found by their exact names alone (R16, R24).
    """
    model = get_user_model()
    module = registry.module_of(model)
    if module is None or model.USERNAME_FIELD not in registry.fields_of(module):
        return _sees_people(user)
    return model.USERNAME_FIELD in readable_fields(user, module)


def _sees_people(user: Any) -> bool:
    module = registry.module_of(get_user_model())
    return module is None or bool(check(user, f"{module.code}.view"))
