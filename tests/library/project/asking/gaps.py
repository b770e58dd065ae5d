"""Try what a stranger may well do and what the engine does not take well yet.

Each answer is what happened in a few words; `test_library.GAPS` says how it begins until then.
"""

import io
from unittest.mock import patch

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError
from django.test import override_settings
from shelf.models import Book

from roles.backends import RoleBackend
from roles.core.errors import RolesError
from roles.core.specs import Module
from roles.registry import BuiltinRole, Scope, new_registry, registry

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Backwards(ModelBackend, RoleBackend):
    """The composed backend with its parts in the wrong order."""


def ask(world):
    """Give what happened, by what was tried."""
    everyone = get_user_model()._default_manager.order_by("pk").values("pk")
    return {
        "owner field alone": _declare(_books(has_record_access=False)),
        "record access alone": _declare(_books(owner_field=None)),
        "owner field mistyped": _declare(_books(owner_field="onwer")),
        "shares of another model": _declare(_books(share_model="shelf.Note")),
        "shares of several models": _declare(
            _books(share_model="shelf.BookShare", also=("shelf.Note",))
        ),
        "share mistyped": _declare(_books(), share=["bokks.view"]),
        "scope mistyped": _declare(_books(), share=["books.view"], scopes=["teritory"]),
        "two ordered scopes": _list_with(world, lambda user: everyone, lambda user: everyone),
        "two scopes, one without anyone": _list_with(
            world, lambda user: None, lambda user: everyone.order_by()
        ),
        "backend composed backwards": _checks(AUTHENTICATION_BACKENDS=["asking.gaps.Backwards"]),
        "backend after another": _checks(
            AUTHENTICATION_BACKENDS=[MODEL_BACKEND, "roles.backends.RoleBackend"]
        ),
        "no time zones": _checks(USE_TZ=False),
        "export as YAML": _name_of_error(["policy", "export", "--role", "lender"]),
    }


def _books(**values):
    usual = {"owner_field": "owner", "has_record_access": True, "actions": ("view",)}
    return Module("books", "Books", "Library", model="shelf.Book", **(usual | values))


def _declare(module, share=(), scopes=()):
    """Declare in a registry of its own, and give the error, the checks, or that all is well."""
    made = new_registry()
    try:
        made.register(module)
        made.register_roles(BuiltinRole("page", "Page", 1))
        made.share("page", share, scopes)
        made.seal()
    except (RolesError, ValueError) as error:
        return type(error).__name__
    with registry.replaced(made):
        found = sorted(m.id for m in run_checks() if m.id not in ("roles.W001", "roles.W002"))
    return ", ".join(found) or "accepted"


def _list_with(world, territory, house):
    """List for uma, whose one role has both scopes, with these two answering for them."""
    instead = {
        "territory": Scope("territory", "Territory", owners=territory),
        "house": Scope("house", "House", owners=house),
    }
    with patch.dict(registry._scopes, instead):
        try:
            return f"{Book.objects.accessible_by(world.person('uma')).count()} books"
        except (AttributeError, DatabaseError, TypeError) as error:
            return f"{type(error).__name__}: {error}"


def _checks(**settings):
    with override_settings(**settings):
        return ", ".join(sorted({message.id for message in run_checks()})) or "accepted"


def _name_of_error(words):
    try:
        call_command(*words, stdout=io.StringIO())
    except Exception as error:
        return type(error).__name__
    return "none"
