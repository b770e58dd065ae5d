"""Rows to effective access, read in one statement and kept under the version it read (R28).

A process keeps two things: the newest policy (all roles, compiled when first asked for) under
the policy version, and each person's assignments under their access stamp. Every reading goes
to the database that is written to, so a lagging replica cannot answer with grants that are gone.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, Model, QuerySet
from django.db.models.expressions import RawSQL

from ..core import clock
from ..core.compile import Rules
from ..models import AccessStamp, PolicyVersion
from ..models.versions import ONLY_ROW, STAMP_ATTRIBUTE, VERSION_ATTRIBUTE
from ..registry import registry
from .memory import NOBODY, Held, Person, Snapshot, Term, cache
from .statement import Rows, read_rows

__all__ = [
    "Held",
    "Snapshot",
    "annotated",
    "cache",
    "load_held",
    "load_policy",
    "policy_of",
    "read_policy",
]


def annotated(queryset: QuerySet) -> QuerySet:
    """Let a query for people bring the policy version and their stamps along, at no extra query."""
    return queryset.annotate(**_tokens(queryset.model))


@lru_cache(maxsize=8)
def _tokens(people: type[Model]) -> dict[str, RawSQL]:
    """Write both scalar subqueries once: every request makes this query.

    They name the people's own table, which stands under its name in a query that begins there.
    """
    options = people._meta
    policy, stamps = PolicyVersion._meta.db_table, AccessStamp._meta.db_table
    version = f'SELECT token FROM "{policy}" WHERE id = {ONLY_ROW}'
    key = f'"{options.db_table}"."{options.pk.column}"'
    stamp = f'SELECT s.token FROM "{stamps}" s WHERE s.user_id = {key}'
    number = BigIntegerField()
    # Constants of this package and names of tables: nothing here comes from a person.
    return {
        VERSION_ATTRIBUTE: RawSQL(version, [], output_field=number),  # noqa: S611
        STAMP_ATTRIBUTE: RawSQL(stamp, [], output_field=number),  # noqa: S611
    }


def versions_of(user: Any) -> tuple[int | None, int | None]:
    """Give the version and stamp that the person was fetched with, or read them now.

    A person who was fetched without `annotated` is asked about anew at each check: slower, and
    never stale.
    """
    if hasattr(user, VERSION_ATTRIBUTE):
        return getattr(user, VERSION_ATTRIBUTE), getattr(user, STAMP_ATTRIBUTE)
    people = get_user_model()._base_manager.filter(pk=user.pk)
    row = annotated(people).values_list(VERSION_ATTRIBUTE, STAMP_ATTRIBUTE).first()
    return row or (None, None)


def load_held(user: Any) -> Held:
    """Give a person's access by their roles, with at most one statement."""
    version, stamp = versions_of(user)
    snapshot, person = cache.policy(version), cache.person(stamp, user.pk)
    if snapshot is None or person is None:
        snapshot, person = _fill(user.pk, snapshot)
    return _held(snapshot, person, clock.now())


def load_policy() -> Snapshot:
    """Give the policy as it is now; one light query if the process knows it already."""
    version = PolicyVersion.objects.filter(pk=ONLY_ROW).values_list("token", flat=True).first()
    return cache.policy(version) or _snapshot(read_rows(user_id=None, with_policy=True))


def policy_of(user: Any) -> Snapshot:
    """Give the policy that the person's request goes by, as their access does; else the newest."""
    return cache.policy(getattr(user, VERSION_ATTRIBUTE, None)) or load_policy()


def read_policy() -> Snapshot:
    """Give the policy as the open transaction sees it, its own unsaved version included.

    It is remembered nowhere: while a change of many rows is under way they stand under the old
    version still.
    """
    return _made(read_rows(user_id=None, with_policy=True))


def _fill(user_id: Any, known: Snapshot | None) -> tuple[Snapshot, Person]:
    rows = read_rows(user_id=user_id, with_policy=known is None)
    person = _person(rows)
    cache.keep_person(rows.stamp, user_id, person)
    if known is not None and known.version == rows.version:
        return known, person
    if known is not None:
        # The policy changed between the two readings: read all of it together.
        return _fill(user_id, None)
    return _snapshot(rows), person


def _person(rows: Rows) -> Person:
    """Give what was read of a person.

    Assignments that nothing stamped would linger unseen by warm processes: nobody believes them.
    """
    if rows.stamp is None:
        return NOBODY
    return Person(tuple(Term(*row) for row in rows.assignments), rows.second_factor)


def _snapshot(rows: Rows) -> Snapshot:
    snapshot = _made(rows)
    cache.keep_policy(snapshot)
    return snapshot


def _made(rows: Rows) -> Snapshot:
    catalogue = registry.catalogue
    return Snapshot(
        version=rows.version,
        roles=rows.roles,
        codes_by_id=rows.codes_by_id,
        rules=Rules(
            catalogue=catalogue,
            shadows=catalogue.shadows(rows.django_names),
            disabled=rows.disabled,
            named_privileges=rows.named_privileges,
        ),
    )


def _held(snapshot: Snapshot, person: Person, now: datetime) -> Held:
    """Join the roles that count now, and note the next and the last moment that changes them."""
    terms = person.terms
    moments = [m for term in terms for m in (term.valid_from, term.valid_until) if m is not None]
    role_ids = frozenset(term.role_id for term in terms if term.counts_at(now))
    return Held(
        access=snapshot.access_of(role_ids, second_factor=person.second_factor),
        since=max((m for m in moments if m <= now), default=None),
        until=min((m for m in moments if m > now), default=None),
    )
