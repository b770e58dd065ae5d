"""How every door names permissions, and what a role may ask for."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy

from ..core.specs import Feature
from ..registry import registry

ACTION_LABELS = {
    "view": (gettext_lazy("View"), gettext_lazy("see records in lists and pages")),
    "create": (gettext_lazy("Create"), gettext_lazy("make new ones")),
    "edit": (gettext_lazy("Edit"), gettext_lazy("change existing ones")),
    "delete": (gettext_lazy("Delete"), gettext_lazy("move to the trash")),
    "export": (gettext_lazy("Export"), gettext_lazy("take them out as CSV or Excel")),
    "import": (gettext_lazy("Import"), gettext_lazy("bring them in in bulk")),
    "invite": (gettext_lazy("Invite"), gettext_lazy("send invitations (users only)")),
}

SECOND_FACTOR = [("no", gettext_lazy("Not asked for")), ("yes", gettext_lazy("Asked for"))]
"""Whether a role asks for a second factor: what a page's choice is called and says."""


def choice_of(second_factor: bool) -> str:
    """Give the choice that stands for what a role stores."""
    return "yes" if second_factor else "no"


def asked_for(second_factor: bool) -> str:
    """Say within a sentence whether a role asks for a second factor."""
    return str(dict(SECOND_FACTOR)[choice_of(second_factor)]).lower()


def label_of(code: str) -> str:
    """Give a system permission's name as the page writes it: “Contacts: View”."""
    catalogue = registry.catalogue
    if code in catalogue.features:
        return feature_label(catalogue.features[code])
    module, _dot, action = code.partition(".")
    if module in catalogue.modules and action in ACTION_LABELS:
        return f"{catalogue.modules[module].label}: {ACTION_LABELS[action][0]}"
    return code


def by_module(names: Collection[str]) -> list[str]:
    """Join the actions of a module: “Contacts: View, Create”; features and privileges follow."""
    catalogue = registry.catalogue
    lines = []
    for module in catalogue.modules.values():
        labels = [
            str(label)
            for action, (label, _help) in ACTION_LABELS.items()
            if f"{module.code}.{action}" in names
            and f"{module.code}.{action}" in module.permissions
        ]
        if labels:
            lines.append(f"{module.label}: {', '.join(labels)}")
    cells = {code for module in catalogue.modules.values() for code in module.permissions}
    return lines + [label_of(name) for name in names if name not in cells]


def feature_label(feature: Feature) -> str:
    """Give a feature's name as the page writes it: “Comment on tasks”."""
    text = str(feature.label)
    return text[:1].upper() + text[1:]
