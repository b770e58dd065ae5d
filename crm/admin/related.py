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
from roles.admin.naming import names_for

SHOWN = 20


@dataclass(frozen=True, slots=True)
class RelatedList:
    """The records of `model` that refer to the page's record in their field `reference`."""

    model: type[Record]
    reference: str

    def shown_to(self, user: Any) -> bool:
        """Ask whether the person may read the reference from its own side on some records."""
        module = policy.governing(self.model)
        return self.reference in policy.readable_fields(user, module)

    def panel(self, user: Any) -> Any:
        """Give a read-only field that lists what of it is in the person's reach."""

        @admin.display(description=self.model._meta.verbose_name_plural)
        def related(record: Any) -> str:
            referring = self.model._default_manager.filter(**{self.reference: record})
            seen = policy.accessible(referring, user, "view")
            return _listed(user, policy.readable_on(seen, user, self.reference))

        related.__name__ = f"related_{self.model._meta.model_name}"
        return related


def _listed(user: Any, found: QuerySet) -> str | SafeString:
    """Link the newest under the names that may be known, and count the others."""
    records = list(policy.with_masks(found, user)[: SHOWN + 1])
    if not records:
        return gettext("None that you can see.")
    names = names_for(user, records)
    links = ((_url_of(record), names[record.pk]) for record in records[:SHOWN])
    lines = format_html_join("", '<div><a href="{}">{}</a></div>', links)
    if len(records) <= SHOWN:
        return lines
    more = found.count() - SHOWN
    rest = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
    return format_html("{}<div>{}</div>", lines, rest)


def _url_of(record: Record) -> str:
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])
