"""Roles as their reader may know them: what describes a role to somebody is made of these (R16).

No role is out of reach of who views one (R9), so the same fields are open of every role. What is
drawn from the policy as it is read, as what a role inherits or how people gain by a change, tells
nothing of what is hidden (R23). Decisions are never made of it.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import snapshots
from ..core.access import Access
from ..core.fields import fields_at
from ..core.role_masks import GIVING, masked
from ..core.specs import RoleSpec
from ..core.vocabulary import FieldLevel
from ..models import Role
from ..registry import registry
from ..snapshots import Snapshot
from .asking import access_for
from .fields import creatable_fields, readable_fields
from .reach import governing, roles_for


def readable_of_roles(user: Any) -> frozenset[str]:
    """Give the fields of roles that `user` may read; none where they may view none (R16)."""
    return readable_fields(user, governing(Role))


def writable_of_roles(user: Any, *, new: bool = False) -> frozenset[str]:
    """Give the fields of roles that `user` may write, or set on a `new` one (R17).

    Which role may be written at all is another question (D3).
    """
    module = governing(Role)
    if new:
        return creatable_fields(user, module)
    editing = [role for _scopes, role in roles_for(access_for(user), module, "edit")]
    return readable_of_roles(user) & fields_at(
        FieldLevel.EDITABLE, editing, module.code, registry.fields_of(module)
    )


def order_of_roles(user: Any, prefix: str = "", *, upwards: bool = False) -> tuple[str, ...]:
    """Give the order of a list of roles, the highest first: by no field that is hidden (R23)."""
    order = [f"{'' if upwards else '-'}{prefix}level"] if reads_levels(user) else []
    order += [f"{prefix}name"] if reads_role_names(user) else []
    return (*order, f"{prefix}pk")


def reads_what_roles_give(user: Any) -> bool:
    """Tell whether `user` may know what roles give: each part of it is open to them."""
    return readable_of_roles(user) >= GIVING


def access_as_read(user: Any, person: Any) -> Access | None:
    """Give what another person has, with roles named as `user` may know them (R16).

    `None` where some of what roles give is hidden from them: it would tell of it.
    """
    access = access_for(person)
    if user.pk == person.pk:
        return access
    if not reads_what_roles_give(user):
        return None
    now = policy_as_read(user)
    if now.version is not None:
        return access
    asleep = {role.code for role in access.resting}
    held = [now.role(role.code) for role in (*access.roles, *access.resting)]
    awake = [role for role in held if role.code not in asleep]
    resting = [role for role in held if role.code in asleep]
    return Access(awake, registry.catalogue.aliases, resting=resting)


def policy_as_read(user: Any, known: Snapshot | None = None) -> Snapshot:
    """Give the policy as if all that is hidden from `user` were not there."""
    now = known or snapshots.load_policy()
    readable = readable_of_roles(user)
    if readable >= registry.fields_of(governing(Role)).keys():
        return now
    keys = {code: pk for pk, code in now.codes_by_id.items()}
    roles = {
        code: masked(spec, readable, unnamed(Role, keys.get(code, code)))
        for code, spec in now.roles.items()
    }
    named = frozenset(name for spec in roles.values() for name in spec.privileges)
    rules = replace(now.rules, named_privileges=named)
    return replace(now, version=None, roles=roles, rules=rules, compiled={}, joined={})


def role_as_read(user: Any, role: Role, spec: RoleSpec) -> RoleSpec:
    """Give what the role itself stores, less what is hidden from `user`."""
    return masked(spec, readable_of_roles(user), unnamed(Role, role.pk))


def role_name(user: Any, role: Role) -> str:
    """Name a role as `user` may know it: by its key where names are hidden from them.

    Whoever may view no role is still told the names of those that they may give (D5).
    """
    return role.name if reads_role_names(user) else unnamed(Role, role.pk)


def reads_role_names(user: Any) -> bool:
    """Tell whether roles go by their names for `user`; whoever views none is told of some (D5)."""
    return "name" in readable_of_roles(user) or not _views(user)


def reads_levels(user: Any) -> bool:
    """Tell whether levels, and people's ranks, which are made of them, are shown to `user`.

    They are to whoever may view no role too: there is none to which they could put a rank, but
    those that they may give.
    """
    return "level" in readable_of_roles(user) or not _views(user)


def named_with_level(user: Any, role: Role) -> str:
    """Name a role in a choice, with the level by which it is compared where that may be read."""
    name = role_name(user, role)
    return f"{name} ({role.level})" if reads_levels(user) else name


def role_names(user: Any) -> dict[str, str]:
    """Give what `role_name` says of every role, by code."""
    return {role.code: role_name(user, role) for role in Role.objects.only("code", "name")}


def _views(user: Any) -> bool:
    module = governing(Role)
    return access_for(user).can(f"{module.code}.view")


class RoleAsRead:
    """A role for a page or an answer: what of it is hidden from its reader is `None` (R16).

    It is shown and never stored; services and conditions take the role itself.
    """

    def __init__(self, user: Any, role: Any) -> None:
        self._user, self._role = user, role
        self._hidden = registry.fields_of(governing(Role)).keys() - readable_of_roles(user)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.removesuffix("_id") in self._hidden:
            return None
        return getattr(self._role, attribute)

    @property
    def name(self) -> str:
        """What its reader calls it."""
        return role_name(self._user, self._role)

    @property
    def base(self) -> "RoleAsRead | None":
        """Its base, as they may read that."""
        base = self._role.base if "base" not in self._hidden else None
        return RoleAsRead(self._user, base) if base else None

    def __str__(self) -> str:
        return self.name


def unnamed(model: type[Model], key: Any) -> str:
    """Name something by its kind and key, to whom its name is hidden (R16)."""
    words = {"kind": capfirst(model._meta.verbose_name), "number": key}
    return _("%(kind)s %(number)s") % words
