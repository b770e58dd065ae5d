"""Let the same actor do the same by every door, each from the same state, and see what comes.

Service, API, pages and policy files each run in a savepoint of their own that is rolled back.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.management import CommandError
from django.db import transaction

from accounts.models import Department, Team, User
from roles.models import AuditEntry

from .administration import refusal_of
from .api_door import NOT_IN_API, Api
from .browser import Pages, is_done
from .bulk_door import BULK as IN_BULK
from .file_door import NOT_IN_FILES, apply_as, wanted_by
from .forms import NotOffered
from .page_door import NOT_ON_PAGES, PRESS
from .picture import picture

SERVICE, API, PAGE, FORGED, BULK = "service", "api", "page", "forged", "bulk"
FILE = "file"


@dataclass
class Outcome:
    """What a door did: whether it was done, what stands afterwards, and what was answered."""

    door: str
    done: bool
    after: dict
    entries: list
    refusal: Any = None
    answer: Any = None
    seen: list = field(default_factory=list)
    moved: int = 0

    @property
    def status(self):
        return getattr(self.answer, "status_code", None)

    @property
    def is_offered(self):
        return not isinstance(self.refusal, NotOffered)


def through_every_door(step, *, but=None):
    """Give the outcome of a step by door; one that has no such command, and `but`, is left out."""
    what = step[1][0]
    found = {SERVICE: _in_between(lambda: _by_service(step))}
    if what not in NOT_IN_API:
        found[API] = _in_between(lambda: _by_api(step))
    if what not in NOT_ON_PAGES:
        opened = {}
        if but != PAGE:
            found[PAGE] = _in_between(lambda: _by_page(step, PAGE, opened))
        found[FORGED] = _in_between(lambda: _by_page(step, FORGED, opened))
    if what in IN_BULK and but != BULK:
        found[BULK] = _in_between(lambda: _by_page(step, BULK, {}))
    if what not in NOT_IN_FILES:
        found[FILE] = _in_between(lambda: _by_file(step))
    return {door: outcome for door, outcome in found.items() if outcome is not None}


def _in_between(do):
    with transaction.atomic():
        outcome = do()
        transaction.set_rollback(True)
    return outcome


def _outcome(door, done, last, **more):
    return Outcome(door, done, state(), entries(last), **more)


def _by_service(step):
    last = _last_entry()
    refusal = refusal_of(step)
    return _outcome(SERVICE, refusal is None, last, refusal=refusal)


def _by_api(step):
    actor, command = step
    api, last = Api(actor), _last_entry()
    answer = api.do(*command)
    if answer is None:
        return None
    return _outcome(API, 200 <= answer.status_code < 300, last, answer=answer, seen=[answer])


def _by_file(step):
    actor, command = step
    roles, last = wanted_by(*command), _last_entry()
    if actor is None or roles is None:
        return None
    refusal = None
    try:
        apply_as(actor, roles, prune=command[0] == "delete role")
    except CommandError as refused:
        refusal = refused
    return _outcome(FILE, refusal is None, last, refusal=refusal)


def _by_page(step, door, opened):
    actor, command = step
    pages, last = Pages(actor, forging=door == FORGED, opened=opened), _last_entry()
    press = (IN_BULK if door == BULK else PRESS)[command[0]]
    answer, missing = None, None
    try:
        answer = press(pages, *command[1:])
    except NotOffered as found:
        missing = found
    done = answer is not None and is_done(answer)
    told = {"answer": answer, "seen": pages.answers, "moved": pages.moved}
    return _outcome(door, done, last, refusal=missing, **told)


# What stands, and what was written down


def state():
    """Give the picture with the organisation; of a password only whether it can be used."""
    found = picture()
    names = dict(User.objects.values_list("pk", "username"))
    codes = dict(Department.objects.values_list("pk", "code"))
    for row in found["world"]["users"].values():
        username, email, password, deleted = row["who"]
        row["who"] = (username, email, password[:1], deleted)
        manager, department, *teams = row["place"]
        row["place"] = (names.get(manager), codes.get(department), *teams)
    found["teams"] = list(Team.objects.order_by("code").values_list("code", "name"))
    found["departments"] = list(
        Department.objects.order_by("code").values_list("code", "name", "parent__code")
    )
    return found


def _last_entry():
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def entries(last):
    """Give what the log says of a change, whichever door it came through (D13)."""
    rows = AuditEntry.objects.filter(pk__gt=last)
    told = [(row.action, row.actor_name, row.subject_name, row.changes) for row in rows]
    return sorted(told, key=str)  # several at once have no order of their own
