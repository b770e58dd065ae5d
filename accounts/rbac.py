"""What accounts tells the access system: people, the administration area, and Guest."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roles.core.specs import Feature, Module
from roles.registry import BuiltinRole, Scope, Thing, registry

from .organisation import below_the_department, report_to, share_a_team

ADMINISTRATION, ACCOUNT = _("Administration"), _("Account")
EVERYTHING = ("view", "create", "edit", "delete", "export", "import", "invite")


def _at(name: str) -> Callable[[Any], str]:
    """Give the page of one of them, by its code."""
    return lambda record: reverse(name, args=[record.code])


def _in(name: str) -> Callable[[Any], str]:
    """Give the page on which all of them stand."""
    return lambda record: reverse(name)


registry.register(
    Module(
        code="users",
        label=_("Users"),
        group=ADMINISTRATION,
        actions=EVERYTHING,
        description=_("people who sign in, their roles, teams, departments and managers"),
        order=150,
        model="accounts.User",
        deleted_field="deleted_at",
        ungoverned=(
            "password",
            "last_login",
            "date_joined",
            "is_superuser",
            "is_staff",
            "is_active",
            "state",
            "groups",
            "user_permissions",
        ),
        can_disable=False,
    ),
    Module(
        code="settings",
        label=_("Settings"),
        group=ADMINISTRATION,
        actions=("view", "edit"),
        description=_("account-wide settings"),
        order=170,
        can_disable=False,
    ),
    Module(
        code="admin",
        label=_("Admin"),
        group=ADMINISTRATION,
        actions=("view",),
        description=_("the administration area"),
        order=180,
        can_disable=False,
        implies={"view": ("activities.view", "users.view", "roles.view", "settings.view")},
    ),
)

registry.register_features(
    Feature("profile.view", _("own profile"), _("Personal"), order=10),
    Feature(
        "activities.undo", _("undo an activity"), ADMINISTRATION, module="activities", order=100
    ),
    Feature(
        "users.approve",
        _("approve or reject people who registered"),
        ADMINISTRATION,
        module="users",
        order=110,
    ),
    Feature("groups.manage", _("teams and departments"), ADMINISTRATION, module="users", order=120),
    Feature(
        "passwords.manage",
        _("reset another user's password"),
        ADMINISTRATION,
        module="users",
        order=130,
    ),
    Feature(
        "domains.manage",
        _("e-mail domains from which people may register"),
        ACCOUNT,
        module="settings",
        order=200,
    ),
    Feature(
        "billing.view", _("seats by role and their cost"), ACCOUNT, module="settings", order=210
    ),
    Feature(
        "api_tokens.manage",
        _("API tokens, own ones and revoking others'"),
        ACCOUNT,
        module="settings",
        order=220,
    ),
    Feature(
        "webhooks.manage",
        _("signed webhooks on access and record events"),
        ACCOUNT,
        module="settings",
        order=230,
    ),
    Feature(
        "webchat.manage",
        _("web-chat widgets on other sites"),
        ACCOUNT,
        module="settings",
        order=240,
    ),
)


registry.register_scopes(
    Scope("team", _("Team"), order=10, owners=share_a_team, by_key=True),
    Scope("department", _("Department"), order=20, owners=below_the_department, by_key=True),
    Scope("reporting_line", _("Reporting line"), order=30, owners=report_to, by_key=True),
)

registry.register_things(
    Thing("accounts.Team", "users.view", page=_at("team"), opened_with="groups.manage"),
    Thing("accounts.Department", "users.view", page=_at("department"), opened_with="groups.manage"),
    Thing("accounts.Invitation", "users.invite", page=_in("invitations")),
    Thing("accounts.RegistrationDomain", "domains.manage", page=_in("domains")),
    Thing("roles.ApiToken", "api_tokens.manage", is_personal=True, page=_in("tokens")),
)

registry.register_roles(
    BuiltinRole(
        "administrator",
        _("Administrator"),
        100,
        _("Every action of every module, and all records."),
        order=10,
    ),
    BuiltinRole(
        "manager",
        _("Manager"),
        50,
        _("Works on the records of their teams and department, and sees reports and targets."),
        order=20,
    ),
    BuiltinRole("user", _("User"), 10, _("Works on their own records."), order=30),
    BuiltinRole("guest", _("Guest"), 0, _("Sees their own profile and nothing else."), order=40),
)

registry.share(
    "administrator",
    [
        "activities.view",
        "activities.export",
        *(f"users.{action}" for action in EVERYTHING),
        *(f"roles.{a}" for a in ("view", "create", "edit", "delete", "export", "import")),
        "settings.view",
        "settings.edit",
        "admin.view",
        "profile.view",
        "activities.undo",
        "users.approve",
        "groups.manage",
        "privileges.define",
        "domains.manage",
        "billing.view",
        "api_tokens.manage",
        "webhooks.manage",
    ],
)
registry.share("manager", ["users.view", "activities.view", "profile.view"])
registry.share("user", ["activities.view", "profile.view"])
registry.share("guest", ["profile.view"])
