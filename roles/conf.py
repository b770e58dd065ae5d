"""The settings of roles, read late so that an override in a test takes effect."""

from typing import Any

from django.conf import settings as django_settings


class Settings:
    """Typed access to the `ROLES_*` settings, each with its default."""

    @property
    def directory(self) -> str:
        """Dotted path of the class that answers questions about the organisation."""
        return self._get("ROLES_DIRECTORY", "roles.directory.NullDirectory")

    @property
    def cache_size(self) -> int:
        """How many people's access one process keeps compiled (people, not bytes)."""
        return self._get("ROLES_CACHE_SIZE", 20_000)

    @property
    def people_search(self) -> str:
        """Address of the kit's list of people, where fields for a person search; "" for none."""
        return self._get("ROLES_PEOPLE_SEARCH", "")

    def _get(self, name: str, default: Any) -> Any:
        return getattr(django_settings, name, default)


settings = Settings()
