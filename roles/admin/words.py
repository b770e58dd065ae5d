"""What happened to a role, in sentences."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..core.changes import VALUES, RoleChanges, difference
from ..core.specs import RoleSpec
from ..services.labels import asked_for, label_of

_VALUES = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "level": gettext_lazy("Level"),
    "base": gettext_lazy("Based on"),
    "second_factor": gettext_lazy("Second factor"),
}


def changes_in_words(changes: RoleChanges) -> list[str]:
    """Give one sentence for each thing that changed."""
    lines = [
        _("%(what)s: %(old)s → %(new)s")
        % {"what": _VALUES[name], "old": _shown(old), "new": _shown(new)}
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


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return asked_for(value)
    return str(value or "–")


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
    """Give the words of the page's script, `{name}` and `{count}` still to be filled in."""
    return {
        "filter": _("Filter modules"),
        "has": _("Only what this role has"),
        "changes": _("Only changes"),
        "none": _("No module matches. What you changed is kept."),
        "clear": _("Show all modules"),
        "added": _("{count} added"),
        "removed": _("{count} removed"),
        "changed": _("{count} changed"),
        "nothing": _("No changes yet"),
        "tick": _("Tick {count} cells: {name}"),
        "tick_one": _("Tick 1 cell: {name}"),
        "untick": _("Untick {count} cells: {name}"),
        "untick_one": _("Untick 1 cell: {name}"),
        "no_impact": _("Nobody gains or loses anything by it."),
        "advice": _("{count} pieces of advice"),
        "advice_one": _("1 piece of advice"),
        "remove": _("Remove {name}"),
        "privileges": _("Privileges entered"),
        "offline": _("The impact could not be worked out just now. Saving still works."),
    }
