"""What the log says of roles and of who holds them, in the words of the grid."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from .. import policy
from ..services.role_words import ChangeWords, plain
from .moments import exact


class RoleWords(ChangeWords):
    """What entries about roles say; the names of roles are read once, if at all."""

    labels: ClassVar[Mapping[str, Any]] = {
        **ChangeWords.labels,
        "cloned_from": gettext_lazy("Cloned from"),
        "valid_from": gettext_lazy("From"),
        "valid_until": gettext_lazy("Until"),
        "reason": gettext_lazy("Reason"),
    }

    def __init__(self, reader: Any) -> None:
        super().__init__(SimpleLazyObject(lambda: policy.role_names(reader)))

    def changes(self, seen: policy.Seen) -> list[str]:
        """Write each change; the role itself is in the entry's sentence."""
        return list(self.sentences(row for row in seen.changes if row["field"] != "role"))

    def value_of(self, name: str) -> Callable[[Any], str]:
        """Give what writes a value of the field `name`, those of an assignment too."""
        if name == "cloned_from":
            return self.role_named
        return _moment if name in ("valid_from", "valid_until") else super().value_of(name)


def _moment(text: Any) -> str:
    moment = parse_datetime(text) if text else None
    return exact(moment) if moment else plain(text)
