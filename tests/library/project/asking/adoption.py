"""Ask what surrounds the decisions: checks, migrations, commands, and what was imported."""

import io
import json
import sys
import tempfile
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import override_settings
from shelf.models import Book

import roles
from roles.core.specs import Module
from roles.models import CustomPrivilege, Role
from roles.models import Module as ModuleRow
from roles.registry import new_registry, registry

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
BACKWARDS = "asking.gaps.Backwards"
POLICY_TEST = {
    "version": 1,
    "world": {
        "users": {"ann": {"roles": ["librarian"]}, "bob": {"state": "suspended"}},
        "records": {
            "a": {"module": "books", "owner": "ann"},
            "b": {"module": "books", "owner": "bob"},
        },
    },
    "checks": [
        {"user": "ann", "permission": "books.view", "expect": True},
        {"user": "bob", "permission": "books.view", "expect": False},
        {"user": "ann", "permission": "books.edit", "record": "a", "expect": True},
        {"user": "ann", "list": "books", "expect": ["a"]},
    ],
}


def ask(world):
    """Give the system checks as they stand, and those that a mistake brings."""
    return {
        "checks": _checks(),
        "mistakes": {
            "roles.E001": _checks(AUTHENTICATION_BACKENDS=[MODEL_BACKEND]),
            "roles.W001": _checks(
                AUTHENTICATION_BACKENDS=["roles.backends.RoleBackend", MODEL_BACKEND]
            ),
            "roles.E002": _checks(ROLES_DIRECTORY="nowhere.Directory"),
            "roles.E003": _checks(ROLES_CACHE_SIZE=0),
            "roles.E004": _checks(USE_TZ=False),
            "roles.E005": _checks(AUTHENTICATION_BACKENDS=[BACKWARDS]),
            "roles.E006": _checks(
                AUTHENTICATION_BACKENDS=[MODEL_BACKEND, "roles.backends.RoleBackend"]
            ),
            "roles.E008": _checks(ROLES_PEOPLE_SEARCH="/nowhere/"),
            **_checks_of_pages(),
            "roles.E010": _checks(ROOT_URLCONF="asking.unguarded"),
            "roles.W002": _checks_with(
                Module("page", "Page", "Library", ("view",), implies={"view": ("attic.view",)})
            ),
            "roles.W003": _checks_beside(ModuleRow(code="attic")),
            "roles.W004": _checks_beside(CustomPrivilege(name="shelf.view_note")),
            "roles.W005": _checks_without_indexes(),
        },
        "backend first": _with_model_backend_first(world),
        "tables": _tables_are_as_the_models_say(),
        "built-in": sorted(Role.objects.filter(is_system=True).values_list("code", flat=True)),
    }


def _checks(**settings):
    with override_settings(**settings):
        return sorted({message.id for message in run_checks(databases=["default"])})


def _checks_of_pages():
    """Register a governed model without the kit, where there is an admin at all."""
    if not apps.is_installed("django.contrib.admin"):
        return {}
    from django.contrib.admin import ModelAdmin, site

    own = site._registry[Book]
    site._registry[Book] = ModelAdmin(Book, site)
    try:
        return {"roles.E007": _checks()}
    finally:
        site._registry[Book] = own


def _checks_beside(row):
    row.save(force_insert=True)
    try:
        return _checks()
    finally:
        row.delete()


def _checks_without_indexes():
    kept, Book._meta.indexes = Book._meta.indexes, []
    try:
        return _checks()
    finally:
        Book._meta.indexes = kept


def _checks_with(module):
    made = new_registry()
    made.register(module)
    made.seal()
    with registry.replaced(made):
        return sorted({message.id for message in run_checks()})


def _with_model_backend_first(world):
    """Ask what a no of roles is worth where Django's own backend is asked before it."""
    both = [MODEL_BACKEND, "roles.backends.RoleBackend"]
    with override_settings(AUTHENTICATION_BACKENDS=both):
        return world.person("gus").has_perm("shelf.change_book")


def _tables_are_as_the_models_say():
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        return said.getvalue()
    return "as the models say"


def ask_commands():
    """Run the commands that the wheel brings, with JSON, as there is no YAML here."""
    with tempfile.TemporaryDirectory() as folder:
        exported, test = Path(folder, "roles.json"), Path(folder, "test.json")
        test.write_text(json.dumps(POLICY_TEST))
        return {
            "export": _try(["policy", "export", "--role", "owner", "--output", str(exported)])
            or json.loads(exported.read_text())["roles"][0]["code"],
            "test": _try(["policy", "test", str(test)]),
            "people after the test": get_user_model()._default_manager.count(),
        }


def _try(words):
    said = io.StringIO()
    try:
        call_command(*words, stdout=said)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return said.getvalue().strip()


def imported():
    """Give where roles came from, and every package from outside the standard library."""
    tops = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
    return {
        "roles": str(Path(roles.__file__).parent),
        "packages": sorted(top for top in tops if not top.startswith("_")),
    }


def ask_going_back():
    """Take the tables of roles away again, and bring them back with their built-in roles."""
    call_command("migrate", "roles", "zero", verbosity=0)
    call_command("migrate", verbosity=0)
    return sorted(apps.get_model("roles.Role").objects.values_list("code", flat=True))
