"""Which records: reach as one condition, and role by role where fields depend on it (R13-R15)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from django.db.models import BooleanField, Case, Model, Q, QuerySet, Value, When

from ..core.access import Access
from ..core.compile import CompiledRole
from ..core.specs import Module
from ..registry import registry
from ..scopes import (
    indexed,
    is_owner_set,
    owned_q,
    owners_beyond,
    reach_q,
    shared_keys,
)
from .asking import access_for
from .pages import Reached, remember
from .ranks import administered_q

NEEDS_VIEW = frozenset({"edit", "delete", "export"})
"""Actions that R14 allows only on records that the user may also view."""

Roles = tuple[tuple[frozenset[str], CompiledRole], ...]
"""Roles that give an action, each with the scopes that it alone has for it (R15)."""

YES_OR_NO = BooleanField()
_ASKED_BY = "_reach_asked_by"


def accessible(queryset: QuerySet[Any], user: Any, action: str = "view") -> QuerySet[Any]:
    """Keep the records on which `check` says yes for `action` (R14, R22)."""
    module, access = governing(queryset.model), access_for(user)
    reached = _reached(user, module, action, roles_for(access, module, action))
    beside = _beside_reach(user, access, module, action)
    found = queryset.filter(indexed(reached.condition & beside))
    return found if beside or queryset.query.where else remember(found, reached)


def governing(model: type[Model]) -> Module:
    """Give the module that governs `model`; asking about another model is an error (R21)."""
    module = registry.module_of(model)
    if module is None:
        raise LookupError(
            f"No module governs {model._meta.label}: name it in a Module's `model` or `also`."
        )
    return module


def condition_of(user: Any, access: Access, module: Module, action: str) -> Q:
    """Give the condition of R14: reach for the action and, where it asks for it, for view.

    For people and roles, what section 6 asks of the record as well.
    """
    reached = reached_by(user, module, action, roles_for(access, module, action))
    return indexed(reached & _beside_reach(user, access, module, action))


def _beside_reach(user: Any, access: Access, module: Module, action: str) -> Q:
    """Give what is asked of a record beside reach for the action; empty where nothing is."""
    beside = Q()
    if action in NEEDS_VIEW:
        beside &= reached_by(user, module, "view", roles_for(access, module, "view"))
    administered = administered_q(user, module, action)
    return beside if administered is None else beside & administered


def roles_for(access: Access, module: Module, action: str) -> Roles:
    """Give the roles that give the action, each with the scopes that it alone has for it."""
    return access.reach_of(module.code, action)


def reached_by(user: Any, module: Module, action: str, roles: Roles) -> Q:
    """Give the records that at least one of `roles` reaches for the action (R13).

    The scopes of several roles make one set of owners: an OR of filters defeats the planner.
    """
    return _reached(user, module, action, roles).condition


def _reached(user: Any, module: Module, action: str, roles: Roles) -> Reached:
    scopes, kept = scopes_of(roles), kept_q(user, module)
    if not is_owner_set(module, scopes):
        return Reached(user, module, reach_q(user, module, scopes), kept)
    others, shared = owners_beyond(user, scopes), shared_keys(user, module, action)
    return Reached(user, module, owned_q(user, module, others), kept, others, shared)


def scopes_of(roles: Roles) -> frozenset[str]:
    """Give the scopes of all `roles`."""
    return frozenset(scope for scopes, _role in roles for scope in scopes)


def kept_q(user: Any, module: Module) -> Q:
    """Give what holds of every record in anybody's reach, whoever owns it."""
    return alive_q(module) & _followed_q(user, module)


def alive_q(module: Module) -> Q:
    """Leave out what lies in the trash: it is in nobody's reach (R13)."""
    return Q(**{module.deleted_field: None}) if module.deleted_field else Q()


FOLLOWED: dict[str, Callable[[Any], Q]] = {}
"""Models whose records are in reach where what they are about is, with the condition (R9)."""


def _followed_q(user: Any, module: Module) -> Q:
    follow = FOLLOWED.get(module.model or "")
    return follow(user) if follow else Q()


@dataclass(frozen=True, slots=True)
class Reach:
    """The answers to a `Question` about one record."""

    answers: Mapping[str, bool]

    def of(self, roles: Roles, action: str) -> tuple[CompiledRole, ...]:
        """Keep those of `roles` that reach the record for the action (R13)."""
        if not self.answers.get(_administered_name(action), True):
            return ()
        shared = self.is_shared(action)
        return tuple(role for scopes, role in roles if shared or self.answers[_name(scopes)])

    def is_shared(self, action: str) -> bool:
        """Tell whether a share opens the record for the action, whatever the scopes (R19)."""
        return self.answers.get(_shared_name(action), False)


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known of a record to tell which of a person's roles reach it.

    `conditions` holds one for each distinct set of scopes among the roles, not one for each
    role, one for each action in which something may be shared, and one for each of which
    section 6 speaks.
    """

    asker: str
    module: Module
    conditions: Mapping[str, Q]

    @classmethod
    def of(cls, user: Any, module: Module, roles: Roles, actions: Iterable[str]) -> "Question":
        """Ask which of `roles` reach a record, by scope or by a share for one of `actions`."""
        kept = kept_q(user, module)
        found = {_name(scopes): reach_q(user, module, scopes) & kept for scopes, _role in roles}
        for action in actions:
            shared = shared_keys(user, module, action)
            if shared is not None:
                found[_shared_name(action)] = Q(pk__in=shared) & kept
            administered = administered_q(user, module, action)
            if administered is not None:
                found[_administered_name(action)] = administered
        return cls(str(user.pk), module, found)

    @property
    def columns(self) -> dict[str, Any]:
        """Write the conditions as columns of a query; an unknown (NULL) is a no."""
        return {
            name: Case(When(condition, then=Value(True)), default=False, output_field=YES_OR_NO)
            if condition
            else Value(True, output_field=YES_OR_NO)
            for name, condition in self.conditions.items()
        }

    def beside(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Let a query for records bring the answers along."""
        columns = self.columns | {_ASKED_BY: Value(self.asker)}
        asking: QuerySet[Any] = queryset.annotate(**columns) if self.conditions else queryset
        return asking

    def answers(self, records: Iterable[Model]) -> dict[Any, Reach]:
        """Give the answers by primary key, with at most one query; rows that are gone have none.

        Records whose own query brought the answers along cost nothing.
        """
        found, missing = {}, []
        for record in records if self.conditions else ():
            brought = self._brought(record)
            if brought is not None:
                found[record.pk] = brought
            elif record.pk is not None:
                missing.append(record)
        return found | self._read(missing) if missing else found

    def stored(self, record: Model) -> Reach | None:
        """Give the answers about one record as it is stored now, whatever the instance holds."""
        if record.pk is None or not self.conditions:
            return None
        return self._read([record]).get(record.pk)

    def _brought(self, record: Model) -> Reach | None:
        row = vars(record)
        if row.get(_ASKED_BY) != self.asker or not self.conditions.keys() <= row.keys():
            return None
        return Reach({name: row[name] for name in self.conditions})

    def _read(self, records: list[Model]) -> dict[Any, Reach]:
        rows = type(records[0])._base_manager.filter(pk__in=[record.pk for record in records])
        values = rows.annotate(**self.columns).values_list("pk", *self.conditions)
        return {pk: Reach(dict(zip(self.conditions, row, strict=True))) for pk, *row in values}


def _name(scopes: frozenset[str]) -> str:
    """Name a column after a set of scopes, however many and long their codes are."""
    code = " ".join(sorted(scopes)).encode()
    return f"_reach_{blake2s(code, digest_size=8).hexdigest()}"


def _shared_name(action: str) -> str:
    return f"_reach_by_share_for_{action}"


def _administered_name(action: str) -> str:
    return f"_reach_by_rank_for_{action}"
