"""Entries of the log as the API writes them, and the history of a record (D13, R16, R23, R24)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import policy
from ..models import AuditEntry
from .references import NO_ACCESS, hides_names, is_person, key_of, shown


class RecordHistory:
    """The address `{id}/history/`, part of every view of records: for whoever may view it."""

    paginator: Any
    get_object: Any

    @action(detail=True, methods=["get"], filter_backends=[])
    def history(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what happened to the record, the newest first, as far as the asker may read it."""
        about = AuditEntry.objects.about(self.get_object())
        entries = about.filter(policy.visible_entries(request.user))
        page = self.paginator.paginate_queryset(entries, request, self)
        return self.paginator.get_paginated_response(written(request.user, page))


def written(user: Any, entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Write entries that `user` may see, with a number of queries that does not grow with them."""
    seen = policy.seen_entries(user, entries)
    names = _references(user, seen)
    hides = hides_names(user, get_user_model())

    def id_of(record: Any) -> Any:
        """Give that of its address, but no user name that is hidden from the asker (R16)."""
        if hides and is_person(record._meta.model) and record.pk != user.pk:
            return None
        return getattr(record, key_of(record._meta.model))

    return [_written(one, names, id_of) for one in seen]


def _written(
    seen: policy.Seen, names: Mapping[Any, Mapping[str, Any]], id_of: Callable[[Any], Any]
) -> dict[str, Any]:
    entry = seen.entry
    return {
        "id": entry.pk,
        "moment": entry.moment.isoformat().replace("+00:00", "Z"),
        "actor": _actor(seen.actor, id_of),
        "actor_name": entry.actor_name if seen.actor is None else seen.actor.name or None,
        "action": entry.action,
        "module": seen.module.code if seen.module else None,
        "subject": _thing(entry.subject_type, seen.subject, id_of),
        "beside": _thing(entry.beside_type, seen.beside, id_of) if seen.beside else None,
        "changes": [_row(seen, row, names) for row in seen.changes],
        "undoes": entry.undoes_id,
    }


def _actor(actor: policy.Glimpse | None, id_of: Callable[[Any], Any]) -> str | None:
    """Give the user name, “no access”, or `None` for the system and for who is gone."""
    if actor is None:
        return None
    if not actor.in_view:
        return NO_ACCESS
    return None if actor.record is None else id_of(actor.record) or NO_ACCESS


def _thing(kind: str, glimpse: policy.Glimpse, id_of: Callable[[Any], Any]) -> dict[str, Any]:
    """Write what an entry is about; `id` is that of its address, `None` where it has none now."""
    if not glimpse.in_view:
        return {"kind": kind, "id": None, "name": NO_ACCESS}
    field = key_of(glimpse.model) if glimpse.model else "pk"
    if field == "pk":
        key: Any = int(glimpse.key) if glimpse.key.isdecimal() else glimpse.key
    else:
        key = id_of(glimpse.record) if glimpse.record is not None else None
    return {"kind": kind, "id": key, "name": glimpse.name or None}


def _row(
    seen: policy.Seen, row: Mapping[str, Any], names: Mapping[Any, Mapping[str, Any]]
) -> dict[str, Any]:
    related = policy.reference_of(seen.subject.model, row["field"])
    made = {name: NO_ACCESS if value is None else value for name, value in row.items()}
    for side in ("old", "new"):
        made[side] = row[side] if related is None else _named(row[side], names[related])
    return made


def _named(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [names.get(str(key), NO_ACCESS) for key in value]
    return None if value is None else names.get(str(value), NO_ACCESS)


def _references(user: Any, page: Iterable[policy.Seen]) -> dict[Any, dict[str, Any]]:
    """Give how what the changes refer to is written, each kind with one query at most (R24)."""
    wanted: dict[Any, set[Any]] = {}
    for seen in page:
        for row in seen.changes:
            related = policy.reference_of(seen.subject.model, row["field"])
            if related is not None:
                keys = wanted.setdefault(related, set())
                for side in ("old", "new"):
                    keys.update(policy.keys_in(related, row[side]))
    return {
        related: {str(pk): name for pk, name in shown(user, related, keys).items()}
        for related, keys in wanted.items()
    }
