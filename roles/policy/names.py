"""What a name stands for: a system code, Django's name of one, or a privilege (R11)."""

from typing import Any

from ..core.names import normalise
from ..registry import registry


def resolve(name: Any) -> str | None:
    """Give the code that `name` stands for: system code, Django's name, or privilege (R11).

    System codes and Django's names are compared as they are written. Whatever else it is can
    only be a privilege, and never one whose name turns into theirs: the system wins.
    """
    if not isinstance(name, str):
        return None
    catalogue = registry.catalogue
    if is_governed(name):
        return catalogue.aliases.get(name, name)
    folded = normalise(name)
    return None if is_governed(folded) else folded


def is_governed(name: str) -> bool:
    """Tell whether the catalogue's answer on `name` is final (interfaces, section 2)."""
    return name in registry.governed
