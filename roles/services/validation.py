"""What makes a role unfit to be stored, each message at the field it belongs to."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission as AuthPermission
from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from ..core.changes import RoleChanges
from ..core.errors import Invalid
from ..core.names import (
    DESCRIPTION_MAX,
    NAME_MAX,
    PRIVILEGES_MAX,
    NameProblem,
    Shadows,
    find_problem,
)
from ..core.specs import Module, RoleSpec
from ..core.vocabulary import EVERY_ACTION, EVERY_FIELD, LEVEL_MAX, LEVEL_MIN, OWNER_CODE
from ..directory import get_directory
from ..models import Role
from ..models.role import chain_refusal, stored_key
from ..registry import registry

FIELD_MAX = 100
Errors = dict[str, list[str]]


def validate(wanted: RoleSpec, changes: RoleChanges, *, role: Role | None) -> None:
    """Raise `Invalid` with everything that is wrong with what `changes` brings."""
    taken, based = _taken(wanted.name, role), _base_errors(wanted.base)
    if errors := errors_in(wanted, changes, taken=taken, based=based):
        raise Invalid(errors)


def errors_in(
    wanted: RoleSpec, changes: RoleChanges, *, taken: Iterable[str], based: Iterable[str]
) -> Errors:
    """Say by field what is wrong with it.

    What depends on other roles is brought along: `taken` says that one of them has the name,
    `based` why the base is none.
    """
    found: dict[str, Iterable[str]] = {
        "name": [*_name_errors(wanted.name), *taken],
        "level": _level_errors(wanted.level),
        "base": based,
        "second_factor": _second_factor_errors(changes),
        "permissions": _permission_errors(changes.granted),
        "description": _description_errors(changes),
        "privileges": [
            *privilege_errors(changes.privileges_added),
            *_number_errors(wanted, changes),
        ],
        "records": _record_errors(changes),
        "fields": _field_errors(changes),
    }
    listed = {field: list(messages) for field, messages in found.items()}
    return {field: messages for field, messages in listed.items() if messages}


def current_shadows() -> Shadows:
    """Give the names that no privilege can take, Django's permissions as they are now (R11)."""
    return registry.catalogue.shadows(name.casefold() for name in _django_names())


def _django_names() -> Iterable[str]:
    name = Concat(
        "content_type__app_label", Value("."), "codename", output_field=CharField(max_length=255)
    )
    return AuthPermission.objects.annotate(full=name).values_list("full", flat=True)


def _name_errors(name: str) -> Iterable[str]:
    if not name.strip():
        yield _("Give the role a name.")
    elif len(name) > NAME_MAX:
        yield _("A name has at most 100 characters.")


def _taken(name: str, role: Role | None) -> Iterable[str]:
    same = Role.objects.filter(name_key=stored_key(name))
    if role is not None:
        same = same.exclude(pk=role.pk)
    if other := same.first():
        yield name_is_taken(other.name)


def name_is_taken(name: str) -> str:
    """Say that another role is called so."""
    return _("A role named “%(name)s” exists already. Choose another name.") % {"name": name}


def _level_errors(level: Any) -> Iterable[str]:
    if not isinstance(level, int) or not LEVEL_MIN <= level <= LEVEL_MAX:
        yield _("A level is a whole number from 0 to 100.")


def _base_errors(base: str | None) -> Iterable[str]:
    if base == OWNER_CODE:
        yield chain_refusal("owner", base)
    elif base is not None and not _is_role(base):
        yield no_such_base(base)


def no_such_base(base: str) -> str:
    """Say that there is no role of this code."""
    return _("There is no role “%(base)s” to base this one on.") % {"base": base}


def _is_role(code: str) -> bool:
    return "\x00" not in code and Role.objects.filter(code=code).exists()  # PostgreSQL takes none


def _second_factor_errors(changes: RoleChanges) -> Iterable[str]:
    """Refuse to ask for what nobody here could ever set up: the role would give nothing."""
    asked = changes.values.get("second_factor", (False, False))[1]
    if asked and get_directory().secured_people() is None:
        yield _("Nobody can set up a second factor here: this project's directory knows of none.")


def _permission_errors(granted: frozenset[str]) -> Iterable[str]:
    catalogue = registry.catalogue
    for code in sorted(granted - catalogue.permissions.keys()):
        module = catalogue.modules.get(code.partition(".")[0])
        if code in catalogue.system_names and module is not None:
            yield _("“%(code)s” cannot be granted: it does not apply to %(module)s (R21).") % {
                "code": code,
                "module": module.label,
            }
        else:
            yield _("“%(code)s” cannot be granted: there is no such permission (R21).") % {
                "code": code
            }


def _description_errors(changes: RoleChanges) -> Iterable[str]:
    text = changes.values.get("description", ("", ""))[1]
    if len(text) > DESCRIPTION_MAX:
        yield _("A description has at most %(most)d characters, and this one %(number)d.") % {
            "most": DESCRIPTION_MAX,
            "number": len(text),
        }


def _number_errors(wanted: RoleSpec, changes: RoleChanges) -> Iterable[str]:
    """Refuse to add to what is too much; what stands is no reason against another change."""
    if changes.privileges_added and len(wanted.privileges) > PRIVILEGES_MAX:
        yield _(
            "These are %(number)d privileges; a role names at most %(most)d itself. Put the rest "
            "into a role that this one is based on."
        ) % {"number": len(wanted.privileges), "most": PRIVILEGES_MAX}


def privilege_errors(names: Iterable[str]) -> Iterable[str]:
    """Say of each normalised name what forbids it (R11)."""
    names = sorted(names)
    if not names:
        return []
    shadows = current_shadows()
    problems = (find_problem(name, shadows) for name in names)
    return [problem_in_words(problem) for problem in problems if problem]


def problem_in_words(problem: NameProblem) -> str:
    """Say what is wrong with a privilege's name, and the way out."""
    words = {
        "empty": _("A privilege needs a name."),
        "long": _("“%(name)s” is longer than 100 characters."),
        "character": _("“%(name)s” holds “%(detail)s”. Use letters, digits and . _ - : only."),
        "scripts": _("“%(name)s” mixes letters of %(detail)s. Write it in one script (R11)."),
        "system": _(
            "“%(name)s” is a system permission; a privilege of that name would give nothing. "
            "Tick it in the grid or choose another name (R11)."
        ),
        "django": _(
            "“%(name)s” is a permission of an installed app; a privilege of that name would "
            "give nothing. Choose another name (R11)."
        ),
    }
    return words[problem.code] % {"name": problem.name, "detail": problem.detail}


def _record_errors(changes: RoleChanges) -> Iterable[str]:
    for (module_code, action), (_old, scopes) in changes.records.items():
        module = registry.catalogue.modules.get(module_code)
        if module is None or not module.has_record_access:
            yield _("“%(module)s” has no record access (R8).") % {"module": module_code}
        elif action != EVERY_ACTION and action not in module.actions:
            yield _("“%(action)s” does not apply to %(module)s (R21).") % {
                "action": action,
                "module": module.label,
            }
        for scope in sorted(scopes - registry.catalogue.scopes):
            yield _("There is no scope “%(scope)s” (R21).") % {"scope": scope}


def _field_errors(changes: RoleChanges) -> Iterable[str]:
    for (module_code, name), (_old, new) in changes.fields.items():
        module = registry.catalogue.modules.get(module_code)
        if module is None:
            yield _("There is no module “%(module)s” (R21).") % {"module": module_code}
        elif new is not None and not _is_field(module, name):
            yield _("%(module)s has no field “%(field)s” (R21).") % {
                "module": module.label,
                "field": name,
            }


def _is_field(module: Module, name: str) -> bool:
    """Take any identifier for a module that has no model in this release, and `*` for all."""
    if module.model is None:
        return name == EVERY_FIELD or (name.isidentifier() and len(name) <= FIELD_MAX)
    return name == EVERY_FIELD or name in registry.fields_of(module)
