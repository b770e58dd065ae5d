from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    """The CRM: the first adopter of roles."""

    name = "crm"
    verbose_name = _("Sales")
    default_auto_field = "django.db.models.BigAutoField"
