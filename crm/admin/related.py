"""The lists, on a record's page, of the records that refer to it (R24)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from crm.models.record import Record
from roles import policy
from roles.core.vocabulary import FieldLevel

SHOWN = 20


def may_read(user: Any, model: type[Record], *fields: str) -> bool:
    """Tell whether none of the person's roles that give view hides one of the fields (R16)."""
    module = policy.governing(model)
    readable = policy.certain_fields(user, module, "view", FieldLevel.READ_ONLY)
    return all(field in readable for field in fields)


def may_name(user: Any, model: type[Record]) -> bool:
    """Tell whether the person may read what the records of a model are called."""
    return may_read(user, model, *model.named_by)


@dataclass(frozen=True, slots=True)
class RelatedList:
    """The records of `model` that refer to the page's record in their field `reference`."""

    model: type[Record]
    reference: str

    def shown_to(self, user: Any) -> bool:
        """Ask whether the person may read the reference from its own side, and the names."""
        return may_read(user, self.model, self.reference) and may_name(user, self.model)

    def panel(self, user: Any) -> Any:
        """Give a read-only field that lists what of it is in the person's reach."""

        @admin.display(description=self.model._meta.verbose_name_plural)
        def related(record: Any) -> str:
            referring = self.model._default_manager.filter(**{self.reference: record})
            return _listed(policy.accessible(referring, user, "view"))

        related.__name__ = f"related_{self.model._meta.model_name}"
        return related


def _listed(found: QuerySet) -> str | SafeString:
    """Link the newest, and count the others."""
    records = list(found[: SHOWN + 1])
    if not records:
        return gettext("None that you can see.")
    links = ((_url_of(record), record) for record in records[:SHOWN])
    lines = format_html_join("", '<div><a href="{}">{}</a></div>', links)
    if len(records) <= SHOWN:
        return lines
    more = found.count() - SHOWN
    rest = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return format_html("{}<div>{}</div>", lines, rest)


def _url_of(record: Record) -> str:
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])
