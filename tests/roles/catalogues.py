"""Another release of the product: its declarations with something more or something less."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from roles.registry import Registry, new_registry, registry
from roles.snapshots import cache


def another_release(
    *,
    modules: Any = (),
    features: Any = (),
    roles: Any = (),
    shares: Any = (),
    without: Any = (),
) -> Registry:
    """Declare what the product declares, with more of it, and without the codes `without`.

    A module among `modules` takes the place of one with its code.
    """
    made, catalogue = new_registry(), registry.catalogue
    kept = {m.code: m for m in catalogue.modules.values()} | {m.code: m for m in modules}
    made.register(*(m for code, m in kept.items() if code not in without))
    named = [*catalogue.features.values(), *features]
    made.register_features(*(f for f in named if f.code not in without and f.module not in without))
    made.register_scopes(*(s for c, s in registry.scopes.items() if c not in ("own", "all")))
    builtins = [r for code, r in registry.builtin_roles.items() if code != "owner"]
    made.register_roles(*(replace(r, permissions=set(r.permissions)) for r in builtins), *roles)
    for share in shares:
        made.share(*share)
    made.seal()
    return made


@contextmanager
def installed(release: Registry) -> Iterator[None]:
    """Run the block as a process of that release."""
    cache.clear()
    with registry.replaced(release):
        yield
    cache.clear()
