"""How the pages name permissions."""

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


def label_of(code: str) -> str:
    """Give a system permission's name as the page writes it: “Contacts: View”."""
    catalogue = registry.catalogue
    if code in catalogue.features:
        return feature_label(catalogue.features[code])
    module, _dot, action = code.partition(".")
    if module in catalogue.modules and action in ACTION_LABELS:
        return f"{catalogue.modules[module].label}: {ACTION_LABELS[action][0]}"
    return code


def feature_label(feature: Feature) -> str:
    """Give a feature's name as the page writes it: “Comment on tasks”."""
    text = str(feature.label)
    return text[:1].upper() + text[1:]
