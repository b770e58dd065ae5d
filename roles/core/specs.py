"""What apps declare and what a role stores, as frozen values without a database."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from .names import Shadows
from .vocabulary import (
    ACTIONS,
    KIND_FEATURE,
    FieldLevel,
    kind_of_action,
)

Records = Mapping[str, Mapping[str, frozenset[str]]]
"""Module -> action, or `*` for the rest -> scopes (R8)."""

Fields = Mapping[str, Mapping[str, FieldLevel]]
"""Module -> field, or `*` for every field not named -> level (R10)."""

NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Module:
    """An area of the product with its own row in the grid.

    `model` is the label of the model whose rows are its records (`crm.Contact`), `also` those
    of further models that it governs. `owner_field` names the field that holds a record's
    owner; without one, every record is in reach of every role that gives the action (R9).
    `ungoverned` names fields of the model that no role can name, because no door shows them.
    `share_model` is the label of the model that holds shares of its records (R19).
    `implies` maps one of its actions to the permissions that come with it (R5).
    Labels may be lazy translations.
    """

    code: str
    label: Any
    group: Any
    actions: tuple[str, ...]
    description: Any = ""
    order: int = 1000
    model: str | None = None
    also: tuple[str, ...] = ()
    owner_field: str | None = None
    deleted_field: str | None = None
    share_model: str | None = None
    ungoverned: tuple[str, ...] = ()
    has_record_access: bool = False
    can_disable: bool = True
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    app_label: str = ""

    def __post_init__(self) -> None:
        unknown = [action for action in self.actions if action not in ACTIONS]
        if unknown:
            raise ValueError(
                f"Module {self.code!r} declares unknown actions {unknown!r}; "
                f"the actions are {', '.join(ACTIONS)}."
            )

    @property
    def permissions(self) -> tuple[str, ...]:
        """The codes of its cells that apply, in the grid's order."""
        return tuple(f"{self.code}.{action}" for action in ACTIONS if action in self.actions)


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature permission with a code of its own; with its module off it is off too (R7)."""

    code: str
    label: Any
    group: Any
    module: str | None = None
    description: Any = ""
    order: int = 1000


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """What one role stores itself: one layer of a chain, in the shape of a policy file.

    With `second_factor` the role, and each that is based on it, gives its holders nothing until
    they have set up a second factor.
    """

    code: str
    name: str
    level: int = 0
    description: str = ""
    base: str | None = None
    second_factor: bool = False
    permissions: frozenset[str] = frozenset()
    privileges: frozenset[str] = frozenset()
    records: Records = field(default_factory=lambda: NOTHING)
    fields: Fields = field(default_factory=lambda: NOTHING)
    is_system: bool = False

    def with_changes(self, **values: Any) -> "RoleSpec":
        """Give a copy with some of its values replaced."""
        return replace(self, **values)


@dataclass(frozen=True, slots=True)
class Permission:
    """A system permission of the catalogue, a grid cell or a feature."""

    code: str
    kind: str
    module: str | None
    action: str | None


class Catalogue:
    """Everything that may be granted, as the installed apps declare it. Immutable.

    `permissions` maps each code to its `Permission`; `aliases` maps a Django permission's name
    to the system permission that answers for it, `None` where nothing does (the answer is no).
    """

    def __init__(
        self,
        modules: Iterable[Module] = (),
        features: Iterable[Feature] = (),
        *,
        scopes: Iterable[str] = (),
        aliases: Mapping[str, str | None] = NOTHING,
    ) -> None:
        self.modules: Mapping[str, Module] = MappingProxyType({m.code: m for m in modules})
        self.features: Mapping[str, Feature] = MappingProxyType({f.code: f for f in features})
        self.scopes = frozenset(scopes)
        self.aliases = MappingProxyType(dict(aliases))
        self.permissions: Mapping[str, Permission] = MappingProxyType(
            {permission.code: permission for permission in self._permissions()}
        )
        self.implied = MappingProxyType(self._implied())
        self.system_names = frozenset(
            {f"{code}.{action}" for code in self.modules for action in ACTIONS}
        ) | frozenset(self.features)

    def _permissions(self) -> Iterator[Permission]:
        for module in self.modules.values():
            for code in module.permissions:
                action = code.rpartition(".")[2]
                yield Permission(code, kind_of_action(action), module.code, action)
        for feature in self.features.values():
            yield Permission(feature.code, KIND_FEATURE, feature.module, None)

    def _implied(self) -> dict[str, tuple[str, ...]]:
        return {
            f"{module.code}.{action}": codes
            for module in self.modules.values()
            for action, codes in module.implies.items()
        }

    def shadows(self, django_names: Iterable[str] = ()) -> Shadows:
        """Give the names no privilege can take, with the Django permissions that exist (R11)."""
        return Shadows(self.system_names, frozenset(django_names) | frozenset(self.aliases))

    def enabled_permissions(self, disabled: frozenset[str]) -> frozenset[str]:
        """Give the codes that may be given at all while the modules `disabled` are off (R7)."""
        return frozenset(c for c, p in self.permissions.items() if p.module not in disabled)
