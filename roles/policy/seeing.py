"""What somebody sees of the entries of the log that they may see: fields, names, links (R16, R24).

Read for a whole page, with one query for each kind of thing that the page is about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model

from ..core.changes import field_of
from ..core.compile import CompiledRole
from ..core.specs import Module
from ..core.vocabulary import FieldLevel
from ..models import AuditEntry, Role
from ..models.audit import key_of
from ..registry import registry
from .activities import model_of, sees_all_of
from .asking import access_for
from .reach import Question, roles_for
from .trash import trashed, undeleted


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Something that an entry names, as its reader may know it.

    `record` is there where its page can be opened: stored, alive and in view. `name` is what the
    log calls it, "" where that is made of fields that the reader may not read there (R16).
    """

    model: type[Model] | None
    key: str
    name: str = ""
    record: Model | None = None
    in_view: bool = True


RECEIVERS = ("user", "team")
"""Where a row about shares names the receiver; `None` is one that the reader may not view."""

NOT_IN_VIEW = Glimpse(None, "", in_view=False)
"""Stands for somebody, or something, that the reader may not view (R24)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as its reader may know it; `changes` are the rows whose fields they may read.

    `actor` is `None` where nobody acted but the system.
    """

    entry: AuditEntry
    module: Module | None
    actor: Glimpse | None
    subject: Glimpse
    beside: Glimpse | None
    changes: tuple[Mapping[str, Any], ...]


def seen_entries(user: Any, entries: Iterable[AuditEntry]) -> list[Seen]:
    """Give what `user` sees of entries that `visible_entries` gave, in their order."""
    page = list(entries)
    people = get_user_model()._meta.label_lower
    keys: dict[str, set[str]] = {people: {str(e.actor_id) for e in page if e.actor_id is not None}}
    for entry in page:
        keys.setdefault(entry.subject_type, set()).add(entry.subject_id)
        if entry.beside_type:
            keys.setdefault(entry.beside_type, set()).add(entry.beside_id)
    kinds = {kind: _Kind.read(user, kind, wanted) for kind, wanted in keys.items()}
    return [_seen(user, entry, kinds, people) for entry in page]


def reference_of(model: type[Model] | None, field: str) -> type[Model] | None:
    """Give the model to which the values of a change lead, `None` for plain values.

    What is no field of its model may still lead somewhere, as the model says in `logged_as`.
    Changes of roles hold no keys: they are written in the words of policy files.
    """
    if model is None or model is Role:
        return None
    options = model._meta
    fields = {one.name: one for one in (*options.concrete_fields, *options.many_to_many)}
    if field not in fields:
        named = getattr(model, "logged_as", {}).get(field)
        return apps.get_model(named) if named else None
    related = fields[field].related_model
    return related if isinstance(related, type) else None


def keys_in(model: type[Model], value: Any) -> list[Any]:
    """Give the keys of `model` that a value of a change holds; what is none leads nowhere."""
    values = value if isinstance(value, list) else [value]
    found = (_pk(model, one) for one in values if one is not None)
    return [key for key in found if key is not None]


def _seen(user: Any, entry: AuditEntry, kinds: Mapping[str, "_Kind"], people: str) -> Seen:
    kind = kinds[entry.subject_type]
    rows = kind.readable(entry.subject_id, entry.changes)
    return Seen(
        entry=entry,
        module=kind.module,
        actor=_actor(user, entry, kinds[people]),
        subject=kind.glimpse(entry.subject_id, entry.subject_name),
        beside=_beside(user, entry, kinds),
        changes=tuple(_with_receiver(user, row, kinds[people]) for row in rows),
    )


def _with_receiver(user: Any, row: Mapping[str, Any], people: "_Kind") -> Mapping[str, Any]:
    """Name with whom something was shared to who may view people, and to themselves (R24).

    The receiver's key is there for an undo, and for no reader.
    """
    row = {name: value for name, value in row.items() if name != "receiver"}
    named = [kind for kind in RECEIVERS if row.get(kind) not in (None, user.get_username())]
    if not named or people.is_whole:
        return row
    return {**row, **dict.fromkeys(named)}


def _actor(user: Any, entry: AuditEntry, people: "_Kind") -> Glimpse | None:
    """Name who acted to whoever may view them; everyone may know of themselves (R24)."""
    if entry.actor_id is None:
        return None
    if entry.actor_id == user.pk:
        return Glimpse(type(user), key_of(user.pk), entry.actor_name, user)
    return people.glimpse(key_of(entry.actor_id), entry.actor_name)


def _beside(user: Any, entry: AuditEntry, kinds: Mapping[str, "_Kind"]) -> Glimpse | None:
    """Name what stands beside the subject; oneself too where one may not view people (R24)."""
    if not entry.beside_type:
        return None
    found = kinds[entry.beside_type].glimpse(entry.beside_id, entry.beside_name)
    if found.in_view or not isinstance(user, model_of(entry.beside_type) or ()):
        return found
    itself = entry.beside_id == key_of(user.pk)
    return Glimpse(type(user), entry.beside_id, entry.beside_name) if itself else found


@dataclass(frozen=True, slots=True)
class _Kind:
    """What entries about one kind of thing may say; `reaching` are the roles that view each."""

    model: type[Model] | None
    module: Module | None
    rows: Mapping[str, Model]
    reaching: Mapping[str, tuple[CompiledRole, ...]]
    of_the_gone: tuple[CompiledRole, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything of this kind is in view, whatever it is."""
        return self.module is None or bool(self.of_the_gone)

    @classmethod
    def read(cls, user: Any, kind: str, wanted: Iterable[str]) -> "_Kind":
        """Fetch what is still stored, with the roles of `user` that view it, in one query."""
        model = model_of(kind)
        module = registry.module_of(model) if model else None
        if model is None or module is None:
            return cls(model, None, _stored(model, wanted, None), {}, ())
        alive_or_not = undeleted(module)
        viewing = roles_for(access_for(user), module, "view")
        question = Question.of(user, alive_or_not, viewing, ("view",) if viewing else ())
        rows = _stored(model, wanted, question)
        answers = question.answers(rows.values())
        lost = _lost(user, module, rows.values())
        reaching = {
            key: answers[row.pk].of(viewing, "view")
            for key, row in rows.items()
            if row.pk in answers and row.pk not in lost
        }
        everywhere = tuple(pair[1] for pair in viewing if sees_all_of((pair,), module))
        return cls(model, module, rows, reaching, everywhere)

    def glimpse(self, key: str, name: str) -> Glimpse:
        """Name one of them as far as its name may be known, and say whether it can be opened."""
        if self.model is None or self.module is None:
            return Glimpse(self.model, key, name, self.rows.get(key))
        roles = self._roles(key)
        if not roles:
            return NOT_IN_VIEW
        naming = registry.naming_fields(self.model)
        known = all(self._shows(roles, field) for field in naming)
        row = self.rows.get(key)
        deleted = self.module.deleted_field
        can_open = row is not None and not (deleted and getattr(row, deleted) is not None)
        return Glimpse(self.model, key, name if known else "", row if can_open else None)

    def readable(self, key: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
        """Keep the changes of fields that may be read there (R16)."""
        if self.module is None:
            return rows
        roles = self._roles(key)
        return [row for row in rows if self._shows(roles, field_of(row["field"]))]

    def _roles(self, key: str) -> tuple[CompiledRole, ...]:
        return self.reaching.get(key, ()) if key in self.rows else self.of_the_gone

    def _shows(self, roles: Iterable[CompiledRole], field: str) -> bool:
        module = self.module.code if self.module else ""
        return any(role.level_of_field(module, field) >= FieldLevel.READ_ONLY for role in roles)


def _lost(user: Any, module: Module, rows: Iterable[Model]) -> set[Any]:
    """Give the keys of what was deleted and is not in the trash of `user` (R13, R26)."""
    field = module.deleted_field
    deleted = [row for row in rows if field and getattr(row, field) is not None]
    if not deleted:
        return set()
    keys = {row.pk for row in deleted}
    theirs = trashed(type(deleted[0])._base_manager.filter(pk__in=keys), user)
    return keys - set(theirs.values_list("pk", flat=True))


def _stored(
    model: type[Model] | None, wanted: Iterable[str], question: Question | None
) -> dict[str, Model]:
    keys = [pk for key in wanted if (pk := _pk(model, key)) is not None] if model else []
    if not keys or model is None:
        return {}
    rows = model._base_manager.filter(pk__in=keys)
    return {key_of(row.pk): row for row in (question.beside(rows) if question else rows)}


def _pk(model: type[Model], key: Any) -> Any:
    try:
        return model._meta.pk.to_python(key)
    except (ValidationError, ValueError, TypeError):
        return None
