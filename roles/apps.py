from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RolesConfig(AppConfig):
    """Read what apps declare, connect what invalidates, mirror the catalogue after `migrate`."""

    name = "roles"
    verbose_name = _("Roles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401
        from .registry import registry

        registry.discover()
        post_migrate.connect(
            receivers.mirror_after_migrate, sender=self, dispatch_uid="roles.mirror"
        )
