"""Everything that the CRM tells the access system, in one file."""

from django.utils.translation import gettext_lazy as _

from roles.core.specs import Feature, Module
from roles.registry import registry

SALES, WORK, INSIGHT = _("Sales"), _("Work"), _("Insight")
PERSONAL, ENGAGEMENT, ADMINISTRATION = _("Personal"), _("Engagement"), _("Administration")

CRUD = ("view", "create", "edit", "delete")
WITH_EXPORT = (*CRUD, "export")
WITH_IMPORT = (*WITH_EXPORT, "import")


def _owned(**values) -> Module:
    """A module whose records have an owner, and so record access."""
    return Module(has_record_access=True, owner_field="owner", **values)


registry.register(
    _owned(
        code="contacts",
        label=_("Contacts"),
        group=SALES,
        actions=WITH_IMPORT,
        description=_("people"),
        order=10,
        model="crm.Contact",
        deleted_field="deleted_at",
        share_model="crm.ContactShare",
    ),
    _owned(
        code="accounts",
        label=_("Accounts"),
        group=SALES,
        actions=WITH_IMPORT,
        description=_("companies and organisations"),
        order=20,
        model="crm.Account",
        deleted_field="deleted_at",
        share_model="crm.AccountShare",
    ),
    _owned(
        code="leads",
        label=_("Leads"),
        group=SALES,
        actions=WITH_IMPORT,
        description=_("not yet qualified"),
        order=30,
        model="crm.Lead",
        deleted_field="deleted_at",
        share_model="crm.LeadShare",
    ),
    _owned(
        code="opportunities",
        label=_("Opportunities"),
        group=SALES,
        actions=WITH_IMPORT,
        description=_("the pipeline, with stages, amounts and closing dates"),
        order=40,
        model="crm.Opportunity",
        deleted_field="deleted_at",
        share_model="crm.OpportunityShare",
    ),
    _owned(
        code="deals",
        label=_("Deals"),
        group=SALES,
        actions=WITH_IMPORT,
        description=_("closed business, won or lost"),
        order=50,
        model="crm.Deal",
        deleted_field="deleted_at",
        share_model="crm.DealShare",
    ),
    _owned(
        code="tasks",
        label=_("Tasks"),
        group=WORK,
        actions=WITH_IMPORT,
        description=_("to-dos with due date, assignee and comments"),
        order=60,
        model="crm.Task",
        deleted_field="deleted_at",
        share_model="crm.TaskShare",
    ),
    _owned(
        code="projects",
        label=_("Projects"),
        group=WORK,
        actions=WITH_IMPORT,
        description=_("work with members, dates and tasks"),
        order=70,
        model="crm.Project",
        deleted_field="deleted_at",
        share_model="crm.ProjectShare",
    ),
    _owned(
        code="reports",
        label=_("Reports"),
        group=INSIGHT,
        actions=WITH_EXPORT,
        description=_("saved questions, with a table and a chart"),
        order=80,
    ),
    _owned(
        code="targets",
        label=_("Targets"),
        group=INSIGHT,
        actions=WITH_IMPORT,
        description=_("quotas per person and period"),
        order=90,
    ),
    Module(
        code="gamification",
        label=_("Gamification"),
        group=PERSONAL,
        actions=CRUD,
        description=_("badges and a leaderboard"),
        order=100,
    ),
    Module(
        code="notifications",
        label=_("Notifications"),
        group=PERSONAL,
        actions=("view", "edit"),
        description=_("messages to a person, and their preferences"),
        order=110,
    ),
    _owned(
        code="forms",
        label=_("Forms"),
        group=ENGAGEMENT,
        actions=WITH_EXPORT,
        description=_("form builder; submissions become leads"),
        order=120,
    ),
    _owned(
        code="email",
        label=_("Email"),
        group=ENGAGEMENT,
        actions=WITH_EXPORT,
        description=_("mailboxes, templates and messages"),
        order=130,
    ),
)

registry.register_features(
    Feature("dashboard.view", _("dashboard"), PERSONAL, order=20),
    Feature("tasks.comment", _("comment on tasks"), WORK, module="tasks", order=30),
    Feature(
        "comments.moderate",
        _("hide and restore comments of others"),
        WORK,
        module="tasks",
        order=40,
    ),
    Feature("leave.approve", _("approve leave requests"), WORK, order=50),
    Feature(
        "mailboxes.manage",
        _("shared mailboxes and folders"),
        ENGAGEMENT,
        module="email",
        order=300,
    ),
    Feature(
        "mailboxes.private",
        _("read other users' private mailboxes"),
        ENGAGEMENT,
        module="email",
        order=310,
    ),
)

_UP_TO_PROJECTS = (
    "contacts",
    "accounts",
    "leads",
    "opportunities",
    "deals",
    "tasks",
    "projects",
)
_UP_TO_TARGETS = (*_UP_TO_PROJECTS, "reports", "targets")
_ALL_MODULES = {
    **dict.fromkeys((*_UP_TO_PROJECTS, "targets"), WITH_IMPORT),
    **dict.fromkeys(("reports", "forms", "email"), WITH_EXPORT),
    "gamification": CRUD,
    "notifications": ("view", "edit"),
}
_WORKING = ("view", "create", "edit")


def _cells(modules, actions=_WORKING) -> list[str]:
    return [f"{module}.{action}" for module in modules for action in actions]


registry.share(
    "administrator",
    [
        *(f"{module}.{action}" for module, actions in _ALL_MODULES.items() for action in actions),
        "dashboard.view",
        "tasks.comment",
        "comments.moderate",
        "leave.approve",
        "mailboxes.manage",
    ],
    scopes=["all"],
)
registry.share(
    "manager",
    [
        *_cells((*_UP_TO_TARGETS, "forms", "email")),
        "gamification.view",
        *_cells(["notifications"], ("view", "edit")),
        "dashboard.view",
        "tasks.comment",
    ],
    scopes=["team", "department"],
)
registry.share(
    "user",
    [
        *_cells((*_UP_TO_PROJECTS, "email")),
        *_cells(("gamification", "forms"), ("view",)),
        *_cells(["notifications"], ("view", "edit")),
        "dashboard.view",
        "tasks.comment",
    ],
    scopes=["own"],
)
