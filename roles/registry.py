"""Where apps declare their modules, features, scopes and shares in the built-in roles.

Each app does so in its `rbac.py`, which is found as `admin.py` is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from .core.errors import RegistrationError, UnknownName
from .core.specs import Catalogue, Feature, Module
from .core.vocabulary import ALL, LEVEL_MAX, OWN, OWNER_CODE
from .models.sharing import Share

DJANGO_ACTIONS = {"view": "view", "add": "create", "change": "edit", "delete": "delete"}
"""Django's default permissions and the actions that answer for them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A named rule from a user to the owners whose records they reach (R9).

    `owners(user)` gives a queryset of the owners' primary keys; `None` reaches no one beyond
    the user themselves. `own` and `all` are the engine's and need none. With `by_key` it is given
    the user's key alone, or an expression that stands for it, and only filters by it: then its
    query is written once and not built anew for every list.
    """

    code: str
    label: Any
    order: int = 50
    owners: Any = None
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """What no module governs and the log tells of all the same: a team, an invitation.

    Entries about it are for whoever has the permission `seen_with`, as its list is; where it
    `is_personal`, only for the person beside it and for whoever manages them (D3). Its page, at
    the address that `page` gives, opens with `opened_with`.
    """

    model: str
    seen_with: str
    is_personal: bool = False
    page: Callable[[Any], str] | None = None
    opened_with: str = ""


@dataclass(slots=True)
class BuiltinRole:
    """A role that every installation has from its first `migrate` on."""

    code: str
    name: Any
    level: int
    description: Any = ""
    order: int = 50
    permissions: set[str] = field(default_factory=set)
    records: dict[str, frozenset[str]] = field(default_factory=dict)


class Registry:
    """Everything declared; sealed once all apps had their turn."""

    def __init__(self) -> None:
        self._modules: dict[str, Module] = {}
        self._features: dict[str, Feature] = {}
        self._scopes: dict[str, Scope] = {}
        self._roles: dict[str, BuiltinRole] = {}
        self._things: dict[str, Thing] = {}
        self._shares: list[tuple[str, frozenset[str], frozenset[str]]] = []
        self._declaring: str = ""
        self.governed: frozenset[str] = frozenset()
        """Every name whose answer is final: system codes, Django's names of governed models."""
        self._sealed: tuple[Catalogue, dict[type[Model], Module]] | None = None

    # Declarations

    def register(self, *modules: Module) -> None:
        """Declare modules of the app whose `rbac.py` is being read."""
        for module in modules:
            self._claim(self._modules, module.code, "module")
            self._modules[module.code] = replace(
                module, app_label=module.app_label or self._declaring
            )

    def register_features(self, *features: Feature) -> None:
        """Declare feature permissions, each with a code of its own."""
        for feature in features:
            self._claim(self._features, feature.code, "feature")
            self._features[feature.code] = feature

    def register_scopes(self, *scopes: Scope) -> None:
        """Declare rules from a user to the owners whose records they reach."""
        for scope in scopes:
            self._claim(self._scopes, scope.code, "scope")
            self._scopes[scope.code] = scope

    def register_roles(self, *roles: BuiltinRole) -> None:
        """Declare built-in roles; an existing installation gets the new ones only."""
        for role in roles:
            self._claim(self._roles, role.code, "built-in role")
            self._roles[role.code] = role

    def register_things(self, *things: Thing) -> None:
        """Declare who sees entries of the log about what no module governs."""
        for thing in things:
            self._claim(self._things, thing.model, "thing")
            self._things[thing.model] = thing

    def share(self, role: str, codes: Iterable[str], scopes: Iterable[str] = ()) -> None:
        """Add an app's share to a built-in role: permissions, and scopes for their modules."""
        self._open(f"the share in {role!r}")
        self._shares.append((role, frozenset(codes), frozenset(scopes)))

    def _claim(self, taken: dict[str, Any], code: str, what: str) -> None:
        self._open(f"{what} {code!r}")
        if code in taken:
            raise RegistrationError(
                f"The {what} {code!r} is declared twice. Declare it in one app's rbac.py only."
            )

    def _open(self, what: str) -> None:
        if self._sealed is not None:
            raise RegistrationError(
                f"Too late to declare {what}: every app was read already. "
                f"Declare it in the rbac.py of an app in INSTALLED_APPS."
            )

    # Reading

    def discover(self) -> None:
        """Read every app's `rbac.py` and seal the registry; called once, from `ready`."""
        for config in apps.get_app_configs():
            self._declaring = config.label
            _import_rbac(config.name)
        self._declaring = ""
        self.seal()

    def seal(self) -> None:
        """Close the registry and work out the catalogue."""
        by_model = self._models()
        modules = sorted(self._modules.values(), key=lambda m: (m.order, m.code))
        features = sorted(self._features.values(), key=lambda f: (f.order, f.code))
        catalogue = Catalogue(
            modules, features, scopes=self.scopes, aliases=_aliases(by_model, self._modules)
        )
        self._check_codes(catalogue)
        for module in self._modules.values():
            _check_module(module)
        for thing in self._things.values():
            _check_thing(thing, catalogue, by_model)
        for role, codes, scopes in self._shares:
            self._give_share(role, codes, scopes, catalogue)
        self._sealed = (catalogue, by_model)
        self.governed = catalogue.system_names | catalogue.aliases.keys()

    def _models(self) -> dict[type[Model], Module]:
        found: dict[type[Model], Module] = {}
        for module in self._modules.values():
            labels = (*([module.model] if module.model else []), *module.also)
            for model in (apps.get_model(label) for label in labels):
                if model in found:
                    raise RegistrationError(
                        f"{model._meta.label} is governed by {found[model].code!r} already; "
                        f"{module.code!r} cannot govern it too."
                    )
                found[model] = module
        return found

    def _check_codes(self, catalogue: Catalogue) -> None:
        clashes = set(self._features) & {c for m in self._modules.values() for c in m.permissions}
        if clashes:
            raise RegistrationError(
                f"The features {sorted(clashes)!r} have the codes of grid cells; rename them."
            )
        for feature in self._features.values():
            if feature.module is not None and feature.module not in catalogue.modules:
                raise RegistrationError(
                    f"Feature {feature.code!r} belongs to {feature.module!r}, "
                    f"which no app declares."
                )

    def _give_share(
        self, code: str, codes: frozenset[str], scopes: frozenset[str], catalogue: Catalogue
    ) -> None:
        role = self._roles.get(code)
        if role is None:
            raise RegistrationError(
                f"There is no built-in role {code!r} to share in; declare it in an rbac.py."
            )
        if unknown := codes - catalogue.permissions.keys() | scopes - catalogue.scopes:
            raise RegistrationError(
                f"The share in {code!r} names {sorted(unknown)!r}, which no app declares (R21)."
            )
        role.permissions |= codes
        for module in {c.partition(".")[0] for c in codes} if scopes else ():
            if module in self._modules and self._modules[module].has_record_access:
                role.records[module] = scopes

    @contextmanager
    def replaced(self, other: "Registry") -> Iterator[None]:
        """Answer from `other` inside the block; for tests of adopters' declarations."""
        kept = {name: getattr(self, name) for name in vars(self)}
        vars(self).update(vars(other))
        try:
            yield
        finally:
            vars(self).update(kept)

    @property
    def catalogue(self) -> Catalogue:
        """Everything that may be granted."""
        return self._ready()[0]

    @property
    def scopes(self) -> dict[str, Scope]:
        """The declared scopes by code, in the order in which people read them."""
        return {s.code: s for s in sorted(self._scopes.values(), key=lambda s: (s.order, s.code))}

    @property
    def builtin_roles(self) -> dict[str, BuiltinRole]:
        """The built-in roles by code, the highest first."""
        return {r.code: r for r in sorted(self._roles.values(), key=lambda r: (r.order, r.code))}

    def module_of(self, model: type[Model]) -> Module | None:
        """Give the module that governs `model`, or `None`."""
        options = getattr(model, "_meta", None)
        return self._ready()[1].get(options.concrete_model or model) if options else None

    def module(self, code: str) -> Module:
        """Give the module `code`; an unknown one is an error (R21)."""
        try:
            return self.catalogue.modules[code]
        except KeyError:
            raise UnknownName(f"No app declares a module {code!r}.") from None

    def fields_of(self, module: Module) -> dict[str, Any]:
        """Give the governable fields of a module with their labels: what its model can edit."""
        if module.model is None:
            return {}
        options = apps.get_model(module.model)._meta
        fields = (*options.concrete_fields, *options.many_to_many)
        named = (f for f in fields if f.name not in module.ungoverned)
        return {f.name: f.verbose_name for f in named if f.editable and not f.primary_key}

    def naming_fields(self, model: type[Model]) -> frozenset[str]:
        """Give the governable fields of which `str(record)` makes a name (R16).

        The model says so in `named_by`; of one that does not, all are taken to be.
        """
        module = self.module_of(model)
        governed = frozenset(self.fields_of(module)) if module else frozenset()
        named_by = getattr(model, "named_by", None)
        return governed if named_by is None else governed & frozenset(named_by)

    def modules_under(self, label: str) -> list[Module]:
        """Give what `has_module_perms(label)` asks about: an app's modules, else the module."""
        if not isinstance(label, str):
            return []
        by_model = self._ready()[1].items()
        codes = {m.code for model, m in by_model if model._meta.app_label == label}
        declared = {m.code for m in self.catalogue.modules.values() if m.app_label == label}
        found = codes | declared or {label} & self.catalogue.modules.keys()
        return [self.catalogue.modules[code] for code in sorted(found)]

    def models_of(self, module: Module) -> list[type[Model]]:
        """Give the models that `module` governs."""
        return [model for model, m in self._ready()[1].items() if m.code == module.code]

    @property
    def things(self) -> dict[type[Model], Thing]:
        """What no module governs and the log tells of, by model."""
        return {apps.get_model(label): thing for label, thing in self._things.items()}

    def share_model_of(self, module: Module) -> Any:
        """Give the model that holds shares of the module's records, `None` where there is none."""
        return apps.get_model(module.share_model) if module.share_model else None

    def _ready(self) -> tuple[Catalogue, dict[type[Model], Module]]:
        if self._sealed is None:
            raise RegistrationError("The catalogue is not read yet; ask after django.setup().")
        return self._sealed


def _import_rbac(app: str) -> None:
    if module_has_submodule(import_module(app), "rbac"):
        import_module(f"{app}.rbac")


def _check_module(module: Module) -> None:
    """Refuse a declaration that would be found out only when somebody asks about a record."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module.code):
        raise RegistrationError(
            f"{module.code!r} is no code for a module: use small letters, digits and _."
        )
    if module.has_record_access != (module.owner_field is not None):
        raise RegistrationError(
            f"Module {module.code!r} sets one of has_record_access and owner_field. Set both, or "
            f"neither if every record is in reach of every role that gives the action (R9)."
        )
    for name in (module.owner_field, module.deleted_field, *module.ungoverned):
        if name and module.model:
            _require_field(module, name)
    if module.share_model:
        _check_share_model(module, apps.get_model(module.share_model))


def _require_field(module: Module, name: str) -> None:
    try:
        apps.get_model(module.model or "")._meta.get_field(name.split("__")[0])
    except FieldDoesNotExist:
        raise RegistrationError(
            f"Module {module.code!r} names the field {name!r}, which {module.model} has not."
        ) from None


def _check_thing(
    thing: Thing, catalogue: Catalogue, by_model: Mapping[type[Model], Module]
) -> None:
    """Refuse what would speak for a model twice, or for nobody."""
    if apps.get_model(thing.model) in by_model:
        raise RegistrationError(
            f"{thing.model} is governed by a module, which says who sees entries about it."
        )
    for code in filter(None, (thing.seen_with, thing.opened_with)):
        if code not in catalogue.permissions:
            raise RegistrationError(
                f"The thing {thing.model} names the permission {code!r}, which no app declares."
            )


def _check_share_model(module: Module, shares: type[Model]) -> None:
    """Refuse shares that would open other records than the module's own (R19)."""
    if module.also or module.model is None:
        raise RegistrationError(
            f"Module {module.code!r} has shares and does not govern exactly one model; a share "
            f"opens a record of `model`. Give the models of `also` a module of their own."
        )
    if not issubclass(shares, Share) or (
        shares._meta.get_field("record").related_model is not apps.get_model(module.model)
    ):
        raise RegistrationError(
            f"{module.share_model} is no roles.models.Share whose `record` refers to "
            f"{module.model}, as the shares of module {module.code!r} must."
        )


def _aliases(
    by_model: dict[type[Model], Module], modules: dict[str, Module]
) -> dict[str, str | None]:
    """Map every Django permission of the governed models to the code that answers for it."""
    found: dict[str, str | None] = {}
    for model, module in by_model.items():
        options = model._meta
        for action in options.default_permissions:
            name = f"{options.app_label}.{action}_{options.model_name}"
            found[name] = _code(modules[module.code], DJANGO_ACTIONS.get(action))
        for codename, _label in options.permissions:
            found[f"{options.app_label}.{codename}"] = None
    return found


def _code(module: Module, action: str | None) -> str | None:
    return f"{module.code}.{action}" if action in module.actions else None


def new_registry() -> Registry:
    """Make a registry that holds what roles itself brings: `own`, `all` and the role Owner."""
    made = Registry()
    made.register_scopes(
        Scope(OWN, _("Own"), order=0),
        Scope(ALL, _("All"), order=100),
    )
    made.register_roles(
        BuiltinRole(
            OWNER_CODE,
            _("Owner"),
            LEVEL_MAX,
            _("Holds everything, always. Cannot be limited."),
            order=0,
        )
    )
    return made


registry = new_registry()
