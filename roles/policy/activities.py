"""Who sees which entries of the log: whoever may view what an entry is about, no one else (R9).

- About a record: who may view it now (R13). In the trash: who may restore it (R26). Gone for
  good: who views every record of the module, because nobody can tell any more whose it was.
- About something beside something else, as a role given to a person: who may view both.
- A change of fields: who may read one of them on that record (R16). To know that something
  changed, when and by whom, would be to learn of the hidden field (R23): so not even that.
- A share given or taken back: who may edit the record, and so sees its shares (R19).
- About what no module governs: who may see the list of it (`things`); where nothing speaks for
  anyone, an Owner (R21).

Asked with one condition, so that counts, pages and filters know of nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q

from ..core.access import Access
from ..core.compile import CompiledRole
from ..core.specs import Module
from ..core.vocabulary import ALL, EVERY_FIELD, FieldLevel
from ..models import AuditEntry, AuditField
from ..registry import registry
from ..scopes import NOBODY
from .asking import access_for
from .reach import FOLLOWED, Roles, condition_of, reached_by, roles_for
from .things import about_personal_things, about_things, among
from .trash import trashed_q, undeleted

SHARING = ("record.shared", "record.unshared")
_SUBJECT, _BESIDE = "subject", "beside"


def visible_entries(user: Any) -> Q:
    """Give the condition on entries of which `user` may view what they are about (R9).

    It does not ask for `activities.view`: the history of one record is seen with the record.
    """
    access = access_for(user)
    kinds = [_Kind(user, access, module, model) for model, module in _governed()]
    about = _any(_SUBJECT, ((kind, kind.subject()) for kind in kinds))
    beside = _any(_BESIDE, ((kind, kind.within(_BESIDE)) for kind in kinds))
    if access.is_owner:
        names = [kind.name for kind in kinds]
        about |= ~Q(subject_type__in=names)
        beside |= ~Q(beside_type__in=names)
        return about & (Q(beside_type="") | beside)
    about |= about_things(access)
    return (about & (Q(beside_type="") | beside)) | about_personal_things(user, access)


FOLLOWED[AuditEntry._meta.label] = visible_entries


def model_of(kind: str) -> type[Model] | None:
    """Give the model of what an entry is about; `None` where there is none of this name now."""
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def sees_all_of(roles: Roles, module: Module) -> bool:
    """Tell whether one of the roles reaches every record, those that are gone among them (R9)."""
    return any(ALL in scopes or not module.has_record_access for scopes, _role in roles)


def _governed() -> Iterator[tuple[type[Model], Module]]:
    """Give the models that entries can be about; the log is not about itself."""
    for module in registry.catalogue.modules.values():
        for model in registry.models_of(module):
            if model is not AuditEntry:
                yield model, module


def _any(prefix: str, conditions: Iterable[tuple["_Kind", Q | None]]) -> Q:
    """Join the kinds; those of which everything is seen make one list of names."""
    whole: list[str] = []
    found = Q()
    for kind, condition in conditions:
        if condition is None:
            continue
        if condition:
            found |= Q(**{f"{prefix}_type": kind.name}) & condition
        else:
            whole.append(kind.name)
    return found | Q(**{f"{prefix}_type__in": whole}) if whole else found or NOBODY


@dataclass(frozen=True, slots=True)
class _Kind:
    """Entries about records of one model, asked about for one person.

    Conditions are `None` for no entry and empty for every one.
    """

    user: Any
    access: Access
    module: Module
    model: type[Model]

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def _viewing(self) -> Roles:
        return roles_for(self.access, self.module, "view")

    def subject(self) -> Q | None:
        """Give the entries whose subject is in view, and of which something may be told."""
        within = self.within(_SUBJECT)
        return None if within is None else within & self._told() & self._shares()

    def within(self, prefix: str) -> Q | None:
        """Give the entries about what is in view: alive, in their trash, or gone (R13, R26)."""
        if not self._viewing:
            return None
        if not sees_all_of(self._viewing, self.module):
            live = condition_of(self.user, self.access, self.module, "view")
            trash = trashed_q(self.user, self.access, self.module)
            return self._among(prefix, live | trash)
        restorable = condition_of(self.user, self.access, undeleted(self.module), "delete")
        if self.module.deleted_field is None or not restorable:
            return Q()
        deleted = Q(**{f"{self.module.deleted_field}__isnull": False})
        return ~self._among(prefix, deleted & ~restorable)

    def _told(self) -> Q:
        """Leave out changes of fields of which none may be read on the record (R16, R23)."""
        sights = by_sight(self._viewing, self.module)
        if all(sight.is_open for sight in sights):
            return Q()
        told = ~Q(is_field_change=True)
        for sight, roles in sights.items():
            condition = self._reached(roles) & sight.told()
            if not condition:
                return Q()
            told |= condition
        return told

    def _shares(self) -> Q:
        """Leave out shares of records that may not be edited (R19)."""
        editing = condition_of(self.user, self.access, undeleted(self.module), "edit")
        return ~Q(action__in=SHARING) | self._among(_SUBJECT, editing) if editing else Q()

    def _reached(self, roles: Roles) -> Q:
        """Give the entries about records that these roles reach; empty for all, gone ones too."""
        if sees_all_of(roles, self.module):
            return Q()
        reach = reached_by(self.user, undeleted(self.module), "view", roles)
        return self._among(_SUBJECT, reach)

    def _among(self, prefix: str, condition: Q) -> Q:
        return among(prefix, self.model._base_manager.filter(condition))


@dataclass(frozen=True, slots=True)
class Sight:
    """The fields that a role shows: all but the named ones, or the named ones only (R10).

    A field that no release knows any more is judged as the role names it, or by `*`.
    """

    named: frozenset[str]
    shows_others: bool

    @classmethod
    def of(cls, role: CompiledRole, module: str) -> "Sight":
        """Sort the fields that the role's layers name by whether they are shown or not."""
        named = {name for layer in role.chain for name in layer.fields.get(module, {})}
        others = _shows(role, module, EVERY_FIELD)
        apart = (name for name in named if _shows(role, module, name) is not others)
        return cls(frozenset(apart), others)

    @property
    def is_open(self) -> bool:
        """Whether nothing is hidden."""
        return self.shows_others and not self.named

    def told(self) -> Q:
        """Give the entries that are about at least one of the fields that are shown."""
        if self.is_open:
            return Q()
        fields = AuditField.objects.filter(entry=OuterRef("pk"))
        if self.shows_others:
            return Q(Exists(fields.exclude(name__in=self.named)))
        return Q(Exists(fields.filter(name__in=self.named)))


def by_sight(roles: Roles, module: Module) -> dict[Sight, Roles]:
    """Put together the roles that show the same fields; an Owner's role shows all (R6)."""
    found: dict[Sight, Roles] = {}
    for pair in roles:
        sight = Sight.of(pair[1], module.code)
        found[sight] = (*found.get(sight, ()), pair)
    return found


def _shows(role: CompiledRole, module: str, field: str) -> bool:
    return role.level_of_field(module, field) >= FieldLevel.READ_ONLY
