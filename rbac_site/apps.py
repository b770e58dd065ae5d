from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class RbacAdminConfig(AdminConfig):
    """Django's admin with the site of this product as its default site."""

    default_site = "rbac_site.site.Site"


class SiteConfig(AppConfig):
    """What belongs to the site as a whole: checks of its settings."""

    name = "rbac_site"

    def ready(self) -> None:
        from . import checks  # noqa: F401
