"""A check of Django's admin: no page of governed records stands beside the kit."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register

from ..registry import registry

ASKS = "asks_policy"
"""The attribute by which a class of the kit, or one that asks by itself, says that it does."""


@register(Tags.admin)
def check_pages(**kwargs: Any) -> list[CheckMessage]:
    """Refuse admin classes of governed models that ask nobody about records and fields (R22)."""
    return [
        Error(
            f"{page.__module__}.{page.__qualname__} shows records of the module "
            f"{code!r} and does not ask the policy about them.",
            hint="Make it of roles.admin.GovernedAdmin, as `class MyAdmin(GovernedAdmin)`. "
            "An inline cannot be: list the related records read-only instead.",
            obj=page,
            id="roles.E007",
        )
        for page, code in sorted(set(_strangers()), key=lambda pair: pair[0].__qualname__)
    ]


def _strangers() -> Iterator[tuple[Any, str]]:
    if not apps.is_installed("django.contrib.admin"):
        return
    from django.contrib.admin.sites import all_sites

    for site in all_sites:
        for model, page in site._registry.items():
            for shown, kind in ((model, type(page)), *((i.model, i) for i in page.inlines)):
                module = registry.module_of(shown)
                if module is not None and not getattr(kind, ASKS, False):
                    yield kind, module.code
