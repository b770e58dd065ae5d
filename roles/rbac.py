"""What the engine itself puts under control: the roles, and the log of what happened."""

from django.utils.translation import gettext_lazy as _

from .core.specs import Feature, Module
from .registry import registry

registry.register(
    Module(
        code="roles",
        label=_("Roles"),
        group=_("Administration"),
        actions=("view", "create", "edit", "delete", "export", "import"),
        description=_("what each role lets people do"),
        order=160,
        model="roles.Role",
        can_disable=False,
        app_label="roles",
    ),
    Module(
        code="activities",
        label=_("Activities"),
        group=_("Administration"),
        actions=("view", "export"),
        description=_("the log of what happened, with undo"),
        order=140,
        model="roles.AuditEntry",
        app_label="roles",
    ),
)
registry.register_features(
    Feature(
        "privileges.define",
        _("give custom privileges that one does not hold"),
        _("Administration"),
        module="roles",
        order=160,
    )
)
