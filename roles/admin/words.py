"""What happened to a role, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..core.changes import VALUES, RoleChanges, difference
from ..core.specs import RoleSpec
from .labels import label_of

_VALUES = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "level": gettext_lazy("Level"),
    "base": gettext_lazy("Based on"),
}


def changes_in_words(changes: RoleChanges) -> list[str]:
    """Give one sentence for each thing that changed."""
    lines = [
        _("%(what)s: %(old)s → %(new)s")
        % {"what": _VALUES[name], "old": old or "–", "new": new or "–"}
        for name, (old, new) in changes.values.items()
    ]
    for sentence, names in (
        (_("Added: %s"), [label_of(code) for code in sorted(changes.granted)]),
        (_("Removed: %s"), [label_of(code) for code in sorted(changes.revoked)]),
        (_("Privileges added: %s"), sorted(changes.privileges_added)),
        (_("Privileges removed: %s"), sorted(changes.privileges_removed)),
        (_("Record access changed: %s"), sorted({module for module, _a in changes.records})),
        (_("Fields changed: %s"), sorted({module for module, _f in changes.fields})),
    ):
        if names:
            lines.append(sentence % ", ".join(names))
    return lines


def counts_of(changes: RoleChanges) -> dict[str, int]:
    """Count what is added, removed and changed, as the save bar and the message count it."""
    return {
        "added": len(changes.granted) + len(changes.privileges_added),
        "removed": len(changes.revoked) + len(changes.privileges_removed),
        "changed": len(changes.values) + len(changes.records) + len(changes.fields),
    }


def summary(changes: RoleChanges) -> str:
    """Say how much a save changes, before it and after it in the same words."""
    words = {"added": _("%d added"), "removed": _("%d removed"), "changed": _("%d changed")}
    counts = counts_of(changes)
    return ", ".join(words[name] % count for name, count in counts.items() if count)


def given(new: RoleSpec) -> RoleChanges:
    """Give what a new role brings into the world; what it is called is no change."""
    called = {name: getattr(new, name) for name in VALUES}
    return difference(RoleSpec(code=new.code, **called), new)


def grid_words() -> dict[str, str]:
    """Give the words of the page's scripts, `{name}` and `{count}` still to be filled in.

    A sentence that counts has a second one, `…_one`, for one.
    """
    return {
        "filter": _("Filter modules"),
        "has": _("Only what this role has"),
        "changes": _("Only changes"),
        "none": _("No module fits what you filter by."),
        "clear": _("Show All Modules"),
        "added": _("{count} added"),
        "removed": _("{count} removed"),
        "changed": _("{count} changed"),
        "nothing": _("No changes yet"),
        "tick": _("{name}: tick {count} cells"),
        "tick_one": _("{name}: tick 1 cell"),
        "untick": _("{name}: untick {count} cells"),
        "untick_one": _("{name}: untick 1 cell"),
        "no_cells": _("{name}: no cells to tick"),
        "advice": _("{count} pieces of advice"),
        "advice_one": _("1 piece of advice"),
        "take_out": _("Take out {name}"),
    }
