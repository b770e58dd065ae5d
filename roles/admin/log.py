"""The log in sentences, by day: who did what to what, and each change in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import policy
from ..core import clock
from ..models import Role
from ..services.log_actions import sentence_of
from ..services.undoing import can_be_undone
from .log_rows import RecordWords
from .role_log import RoleWords

SOMEBODY = gettext_lazy("Somebody")
FOLDED_FROM = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, who, what, and each change in words."""

    key: Any
    moment: datetime
    who: str
    what: str
    changes: list[str]
    person: str = ""
    """The user name of who acted, where the reader may view them."""
    can_undo: bool = False
    undoes: Any = None
    """The entry that it undid, if it is an undo."""

    @property
    def is_long(self) -> bool:
        """Whether the changes fold: the page is read for who and when first."""
        return len(self.changes) >= FOLDED_FROM


@dataclass(slots=True)
class Day:
    """The entries of one day, the newest first."""

    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Log:
    """One page of the log: its days, and whether an older page exists."""

    days: list[Day]
    page: int
    has_older: bool


def log_page(
    user: Any,
    entries: QuerySet,
    *,
    page: int = 1,
    size: int = 50,
    about: Model | None = None,
    with_undo: bool = False,
) -> Log:
    """Give one page of the entries, which `user` may see, the newest first.

    On the page of one record, `about`, the record is not named and linked again.
    """
    begin = (page - 1) * size
    found = list(entries.order_by("-moment", "-pk")[begin : begin + size + 1])
    days: list[Day] = []
    for line in log_lines(user, found[:size], about=about, with_undo=with_undo):
        label = _day(timezone.localtime(line.moment).date())
        if not days or days[-1].label != label:
            days.append(Day(label))
        days[-1].lines.append(line)
    return Log(days, page, has_older=len(found) > size)


def log_lines(
    user: Any, entries: Iterable[Any], *, about: Model | None = None, with_undo: bool = False
) -> list[Line]:
    """Say each entry in a sentence, with a constant number of queries for all."""
    seen = policy.seen_entries(user, entries)
    roles, records = RoleWords(user), RecordWords(user, seen)
    return [
        Line(
            key=one.entry.pk,
            moment=one.entry.moment,
            who=who(one),
            what=_what(user, one, about),
            changes=(roles if one.subject.model is Role else records).changes(one),
            person=_person(one),
            can_undo=with_undo and can_be_undone(one.entry),
            undoes=one.entry.undoes_id,
        )
        for one in seen
    ]


def page_asked(query: Mapping[str, str], most: int = 2000) -> int:
    """Read the number of a page; what is none is the first one."""
    asked = query.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    return min(max(page, 1), most)


def who(seen: policy.Seen) -> str:
    """Name who acted as far as the reader may know them (R24)."""
    if seen.actor is None:
        return capfirst(seen.entry.actor_name)
    if not seen.actor.in_view:
        return str(SOMEBODY)
    return name_of_glimpse(seen.actor)


def _person(seen: policy.Seen) -> str:
    record: Any = seen.actor.record if seen.actor else None
    return record.get_username() if record is not None else ""


def name_of_glimpse(glimpse: policy.Glimpse) -> str:
    """Give the name by which the reader may know something: the log's, or its kind and key."""
    if glimpse.name or glimpse.model is None:
        return glimpse.name
    return policy.unnamed(glimpse.model, glimpse.key)


def _what(user: Any, seen: policy.Seen, about: Model | None) -> str:
    known = sentence_of(seen.entry.action)
    if "%(beside)s" not in known and seen.beside is not None:
        known = _("%(sentence)s, with %(name)s") % {"sentence": known, "name": "%(beside)s"}
    sentence = known.replace("%(subject)s", "{subject}").replace("%(beside)s", "{beside}")
    beside = _linked(user, seen.beside, about) if seen.beside else ""
    subject = _with_kind(seen.subject, about, _linked(user, seen.subject, about))
    return format_html(sentence, subject=subject, beside=beside)


def _linked(user: Any, glimpse: policy.Glimpse, about: Model | None) -> str:
    """Write the name, linked where its page can be opened."""
    if not glimpse.in_view:
        return _("somebody")
    name, record = name_of_glimpse(glimpse), glimpse.record
    url = _url(user, record) if record is not None and record != about else ""
    return format_html('<a href="{}">{}</a>', url, name) if url else name


def _with_kind(glimpse: policy.Glimpse, about: Model | None, name: str) -> str:
    """Write “the contact Doe”."""
    if glimpse.model is None:
        return name
    kind = _("the %(kind)s") % {"kind": glimpse.model._meta.verbose_name}
    if about is not None and isinstance(about, glimpse.model) and str(about.pk) == glimpse.key:
        return kind
    return format_html("{} {}", kind, name)


def _url(user: Any, record: Model) -> str:
    options = record._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return policy.page_of_thing(user, record)


def _day(day: date) -> str:
    today = timezone.localtime(clock.now()).date()
    near = {0: _("Today"), 1: _("Yesterday")}
    return near.get((today - day).days) or date_format(day, "DATE_FORMAT")
