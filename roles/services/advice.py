"""What the advice of section 7 needs to know of this installation, and its words; reads only."""

from collections.abc import Callable, Iterator, Mapping

from django.apps import apps
from django.utils.translation import gettext as _

from .. import policy, snapshots
from ..core.advice import Advice, AdviceCode, Facts, advise
from ..core.compile import CompiledRole, compile_role
from ..core.specs import Module, RoleSpec
from ..registry import registry
from .installation import builtin_spec

NameOf = Callable[[str], str]
"""How a permission is named to the reader: by its label on a page, by its code in a terminal."""


def advice_on(role: CompiledRole, *, is_held: bool | None = None) -> list[Advice]:
    """Give the advice on one role as it is compiled; `is_held` is `None` where nobody could."""
    return advise(role, registry.catalogue, _facts(role.chain[0], is_held=is_held))


def advice_on_all(
    roles: Mapping[str, RoleSpec], *, held: frozenset[str] | None = None
) -> Iterator[tuple[RoleSpec, list[Advice]]]:
    """Give each role of a policy with the advice on it.

    `held` are the codes of the roles that somebody has; without it nothing is said of holders.
    """
    rules = snapshots.load_policy().rules
    compiled = {code: compile_role(code, roles, rules) for code in roles}
    in_use = [compiled[code] for code in held or ()]
    held_with_bases = {layer.code for role in in_use for layer in role.chain}
    privileges = frozenset(name for role in in_use for name in role.privileges)
    for code, role in compiled.items():
        facts = _facts(
            roles[code],
            is_held=None if held is None else code in held_with_bases,
            privileges=None if held is None else privileges,
        )
        yield roles[code], advise(role, registry.catalogue, facts)


def held_roles() -> frozenset[str]:
    """Give the codes of the roles that somebody holds now."""
    held = policy.current_assignments().values_list("role__code", flat=True)
    return frozenset(held.distinct().order_by())


def shipped_roles() -> dict[str, RoleSpec]:
    """Give the built-in roles as they came."""
    return {code: builtin_spec(role) for code, role in registry.builtin_roles.items()}


def _facts(
    spec: RoleSpec, *, is_held: bool | None, privileges: frozenset[str] | None = None
) -> Facts:
    builtin = registry.builtin_roles.get(spec.code)
    return Facts(
        required={m.code: _required(m) for m in registry.catalogue.modules.values()},
        is_held=is_held,
        privileges=privileges,
        shipped=builtin_spec(builtin) if builtin else None,
    )


def _required(module: Module) -> frozenset[str]:
    """Give the fields that a new record cannot do without: neither blank nor with a default."""
    if module.model is None:
        return frozenset()
    options = apps.get_model(module.model)._meta
    fields = (options.get_field(name) for name in registry.fields_of(module))
    return frozenset(f.name for f in fields if not f.blank and not f.has_default())


def advice_in_words(advice: Advice, name_of: NameOf) -> str:
    """Say what is odd, what it means, and what to do if it is not meant."""
    words: dict[AdviceCode, str] = {
        "without_view": _(
            "%(cell)s is given without %(view)s: who has only this role reaches no record to "
            "use it on (R14). Give both or neither."
        ),
        "export_all": _(
            "%(cell)s is given with scope All: every record can leave as a file. "
            "Choose a narrower scope if that is too much."
        ),
        "required_unset": _(
            "%(cell)s is given, but not the required field “%(field)s”: this role alone can "
            "create nothing here (R17). Make the field editable."
        ),
        "low_admin": _(
            "%(cell)s is given to a role below level 50: administration is seldom meant there."
        ),
        "highest_level": _("Level 100 is the highest: only an Owner changes or gives it (D3)."),
        "no_description": _("There is no description. Say in a sentence whom the role is for."),
        "vague_name": _("The name says nothing of the job. Name it after that, as “Sales Rep”."),
        "privilege_unheld": _("Nobody has the privilege “%(name)s”."),
        "role_unheld": _("Nobody holds this role or one that is based on it."),
    }
    module = advice.about.partition(".")[0]
    return words[advice.code] % {
        "name": advice.about,
        "cell": name_of(advice.about),
        "view": name_of(f"{module}.view"),
        "field": _field_label(module, advice.field) if advice.field else "",
    }


def _field_label(module: str, name: str) -> str:
    return str(registry.fields_of(registry.module(module)).get(name, name))
