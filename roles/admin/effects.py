"""What somebody gains and loses, in the words of the grid."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..core.impact import Mark
from ..registry import registry
from ..services.labels import by_module

ASKS = {
    "yes": gettext_lazy("Asks for a second factor: without one it gives nothing."),
    "no": gettext_lazy("Asks for a second factor no more."),
}


@dataclass(frozen=True, slots=True)
class EffectWords:
    """The marks of one comparison, each list in the grid's order."""

    gained: list[str]
    lost: list[str]
    counts: str
    records: str
    fields: str
    asks: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing differs."""
        return not (self.counts or self.records or self.fields or self.asks)


def effect_in_words(marks: Iterable[Mark]) -> EffectWords:
    """Name what is gained and lost, and the modules whose records or fields differ."""
    names: dict[str, list[str]] = defaultdict(list)
    for kind, name in sorted(marks):
        names[kind].append(name)
    return EffectWords(
        gained=by_module(names["gained"]),
        lost=by_module(names["lost"]),
        counts=_counts(len(names["gained"]), len(names["lost"])),
        records=_modules(names["records"]),
        fields=_modules(names["fields"]),
        asks=" ".join(str(ASKS[name]) for name in names["asks"]),
    )


def _counts(gained: int, lost: int) -> str:
    parts = []
    if gained:
        parts.append(
            ngettext("gains %d permission", "gains %d permissions", gained) % gained,
        )
    if lost:
        parts.append(ngettext("loses %d permission", "loses %d permissions", lost) % lost)
    return _(" and ").join(parts)


def _modules(codes: list[str]) -> str:
    modules = registry.catalogue.modules
    return ", ".join(str(module.label) for code, module in modules.items() if code in codes)
