"""Search across modules: records in the person's reach, by fields that they may read (R22, R23).

Each module is asked through its own admin page, which knows both; what has no page is not searched.
"""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst, get_text_list, smart_split, unescape_string_literal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from roles import policy
from roles.admin.governed import SEARCH_MAX
from roles.admin.naming import name_of
from roles.registry import registry

SEARCH_MIN = 2
SHOWN = 5
COUNTED = 100
SNIPPET = 120


class SearchForm(forms.Form):
    """What is looked for; one letter is in nearly everything, a book in nothing."""

    q = forms.CharField(
        strip=True,
        min_length=SEARCH_MIN,
        max_length=SEARCH_MAX,
        error_messages={
            "required": gettext_lazy("Type what you look for."),
            "min_length": gettext_lazy("Type at least %(limit_value)d characters."),
            "max_length": gettext_lazy("A search has at most %(limit_value)d characters."),
        },
    )

    def clean_q(self) -> str:
        """Refuse empty quotation marks, which Django's admin finds in every record."""
        text = self.cleaned_data["q"]
        if not all(words_of(text)):
            raise forms.ValidationError(self.fields["q"].error_messages["required"])
        return text


@dataclass(frozen=True, slots=True)
class Row:
    """A record that was found: its name, where it stands, and what of it was searched."""

    name: SafeString | str
    url: str
    details: list[SafeString]


@dataclass(frozen=True, slots=True)
class Found:
    """The first records of a module, and how many there are (“100+” beyond what is counted)."""

    label: Any
    rows: list[Row]
    count: str
    url: str

    @property
    def has_more(self) -> bool:
        """Whether the module's own list shows more than stands here."""
        return self.count != str(len(self.rows))


class Source:
    """A model's admin page as something to search in, for one request."""

    def __init__(self, page: admin.ModelAdmin, request: HttpRequest) -> None:
        self.page, self.request, self.model = page, request, page.model
        self.module = policy.governing(page.model)
        options = page.opts
        is_main = options.label == self.module.model
        self.label = self.module.label if is_main else capfirst(options.verbose_name_plural)
        self.fields = page.searched_fields(request)
        self.url = f"admin:{options.app_label}_{options.model_name}"

    @property
    def field_labels(self) -> str:
        """Name the fields that are searched: “first name, last name and e-mail”."""
        labels = [str(self.model._meta.get_field(f).verbose_name) for f in self.fields]
        return get_text_list(labels, _("and"))

    def find(self, text: str) -> Found | None:
        """Give the first records that match, with at most two queries."""
        matching = self._matching(text)
        records = list(matching[: SHOWN + 1])
        if not records:
            return None
        count = len(records)
        if count > SHOWN:
            count = matching[: COUNTED + 1].count()
        words = words_of(text)
        return Found(
            label=self.label,
            rows=[self._row(record, words) for record in records[:SHOWN]],
            count=str(count) if count <= COUNTED else f"{COUNTED}+",
            url=f"{reverse(f'{self.url}_changelist')}?{urlencode({'q': text})}",
        )

    def _matching(self, text: str) -> QuerySet:
        page, request = self.page, self.request
        found = policy.with_masks(page.get_queryset(request), request.user)
        rows = found.order_by(*page.get_ordering(request) or ("-pk",))
        matching, has_duplicates = page.get_search_results(request, rows, text)
        return matching.distinct() if has_duplicates else matching

    def _row(self, record: Model, words: list[str]) -> Row:
        """Write of a record only what its reader may read (R16)."""
        mask = policy.field_masks(self.request.user, [record])[record.pk]
        naming, readable = registry.naming_fields(type(record)), mask.readable
        is_named = naming <= readable
        name = marked(name_of(record, mask), words)
        own = {field.name for field in self.model._meta.concrete_fields if not field.is_relation}
        others = [f for f in self.fields if f in readable & own and not (is_named and f in naming)]
        texts = [str(getattr(record, field) or "") for field in others]
        return Row(
            name=name,
            url=reverse(f"{self.url}_change", args=[record.pk]),
            details=_details([text for text in texts if text], words),
        )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Look in everything that the person may view."""
    form, is_asked = SearchForm(request.GET), "q" in request.GET
    places = sources(admin.site, request)
    text = form.cleaned_data["q"] if is_asked and form.is_valid() else ""
    context = admin.site.each_context(request) | {
        "title": _("Search"),
        "places": places,
        "text": text,
        "typed": request.GET.get("q", "")[:SEARCH_MAX],
        "problems": form.errors.get("q", []) if is_asked else [],
        "found": [found for place in places if text and (found := place.find(text))],
    }
    return render(request, "site/search.html", context)


def sources(site: admin.AdminSite, request: HttpRequest) -> list[Source]:
    """Give what the person may search, in the catalogue's order.

    A page that searches in no field would answer every text with all of its records.
    """
    order = list(registry.catalogue.modules)
    found = [
        Source(page, request)
        for model, page in site._registry.items()
        if registry.module_of(model) and page.has_module_permission(request)
    ]
    return sorted((s for s in found if s.fields), key=lambda s: order.index(s.module.code))


def words_of(text: str) -> list[str]:
    """Give what Django's admin looks for: the words, and quoted ones together."""
    bits = list(smart_split(text))
    return [
        unescape_string_literal(b) if b[0] == b[-1] in "\"'" and len(b) > 1 else b for b in bits
    ]


def marked(text: str, words: list[str]) -> SafeString:
    """Put the words that were looked for in `<mark>`; everything else is escaped."""
    longest_first = sorted((re.escape(w) for w in words if w), key=len, reverse=True)
    if not longest_first:
        return escape(text)
    pieces = re.split(f"({'|'.join(longest_first)})", text, flags=re.IGNORECASE)
    # Every second piece is what the group of the pattern matched.
    written = [f"<mark>{escape(p)}</mark>" if n % 2 else escape(p) for n, p in enumerate(pieces)]
    return mark_safe("".join(written))  # noqa: S308 - each piece was escaped


def _details(texts: list[str], words: list[str]) -> list[SafeString]:
    """Show the texts that have a word in them, or else the first, to tell namesakes apart."""
    written = [marked(_snippet(text, words), words) for text in texts]
    return [text for text in written if "<mark>" in text] or written[:1]


def _snippet(text: str, words: list[str]) -> str:
    """Cut a long text around the first word that was looked for."""
    text = " ".join(text.split())
    if len(text) <= SNIPPET:
        return text
    at = min((p for p in (text.lower().find(w.lower()) for w in words) if p >= 0), default=0)
    start = max(0, min(at - SNIPPET // 3, len(text) - SNIPPET))
    end = start + SNIPPET
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
