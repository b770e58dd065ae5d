"""The kit's list: columns, filters, search and order know only what may be read (R16, R22-R24)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .. import policy
from ..paging import PlannedPaginator
from ..registry import registry
from .governed_parts import GovernedPart, first_step, kept
from .naming import name_of
from .rows import GovernedChangeList, masked_column, name_column

SEARCH_MAX = 200
_LOOKUPS = frozenset({"", "exact", "in", "isnull"})


class GovernedLists(GovernedPart):
    """The list of a governed model.

    A column that is no field says in `column_reads` of which fields it is made; one that does
    not is taken to read them all. Filters and orders of a field that some rows hide treat those
    rows as empty; a filter of one's own keeps in `asked` what `asked_name` gives, and asks that.
    `date_hierarchy` would count what is hidden: there is none.
    """

    paginator = PlannedPaginator
    show_full_result_count = False
    date_hierarchy = None
    list_select_related: Any = False
    column_reads: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Any]:
        """Use the list that knows what each row may show."""
        return GovernedChangeList

    def get_action_choices(
        self, request: HttpRequest, default_choices: Any = None
    ) -> list[tuple[str, str]]:
        """Say in words what stands there before one is chosen."""
        nothing = [("", _("Choose an action"))]
        return super().get_action_choices(request, nothing)  # type: ignore[misc,no-any-return]

    # What may be read, on all rows or on some

    def partly_readable(self, request: HttpRequest) -> frozenset[str]:
        """Give the fields that some rows may show and others not."""
        everywhere = policy.everywhere_readable_fields(request.user, self.module)
        return (self._readable(request) - everywhere) & self.governed_fields

    def asked_name(self, request: HttpRequest, field: str) -> str:
        """Give the name by which a filter asks for a field: of a partly readable one, as masked."""
        return policy.readable_name(field) if field in self.partly_readable(request) else field

    def _readable(self, request: HttpRequest) -> frozenset[str]:
        def work_out() -> frozenset[str]:
            return policy.readable_fields(request.user, self.module)

        return kept(request, self, "readable", work_out)

    def _reads(self, column: Any) -> frozenset[str]:
        """Give the fields that a column is made of."""
        name = column if isinstance(column, str) else getattr(column, "__name__", "")
        if name == "__str__":
            return registry.naming_fields(self.model)
        if name in self.column_reads:
            return frozenset(self.column_reads[name])
        stored = {field.name for field in self.opts.get_fields()}
        if name in stored:
            return frozenset({name}) & self.governed_fields
        return self.governed_fields

    def _known(self, request: HttpRequest, names: Any) -> list[Any]:
        """Leave out what begins at a field that is hidden on every record (R16)."""
        hidden = self.governed_fields - self._readable(request)
        return [name for name in names if first_step(name) not in hidden]

    # Columns

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out what is hidden everywhere; mask row by row what is hidden on some."""
        columns = super().get_list_display(request)
        return kept(request, self, "columns", lambda: self._columns(request, columns))

    def _columns(self, request: HttpRequest, columns: Any) -> list[Any]:
        readable = self._readable(request)
        shown = [column for column in columns if self._reads(column) <= readable]
        found = [self._column(request, column) for column in shown]
        return found or [name_column(self)]

    def _column(self, request: HttpRequest, column: Any) -> Any:
        reads, references = self._reads(column), {f.name for f in self._references()}
        certain = not reads & self.partly_readable(request)
        if certain and column not in references:
            return column
        if column == "__str__":
            return name_column(self)
        return masked_column(self, request, column, reads)

    def _references(self) -> list[Any]:
        """Give the fields that refer to one record of a governed model, a person among them."""
        fields = [f for f in self.opts.concrete_fields if f.is_relation and f.many_to_one]
        return [f for f in fields if registry.module_of(f.related_model)]

    def listed_references(self, request: HttpRequest) -> list[Any]:
        """Give those of the references that the list has a column for."""
        listed = {getattr(c, "__name__", c) for c in self.get_list_display(request)}
        return [field for field in self._references() if field.name in listed]

    def action_checkbox(self, obj: Any) -> Any:
        """Name the row beside its box as its reader may know it."""
        if not hasattr(obj, "_mask"):
            return super().action_checkbox(obj)
        named = _Row(obj, name_of(obj, obj._mask))
        return super().action_checkbox(named)

    # Filters, search and order

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Leave out filters on fields that are hidden everywhere."""
        return self._known(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> list[Any]:
        """Search in no hidden field; in one that some rows hide, only where it may be read."""
        partial = self.partly_readable(request)
        known = self._known(request, super().get_search_fields(request))
        return [_as_readable(name) if first_step(name) in partial else name for name in known]

    def searched_fields(self, request: HttpRequest) -> list[str]:
        """Name the fields that a search looks in, wherever they may be read."""
        return [first_step(n) for n in self._known(request, super().get_search_fields(request))]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Answer only what the list's own filters ask, which are on readable fields (R23, R24)."""
        first, _sep, kind = lookup.partition("__")
        declared = {first_step(item) for item in self.get_list_filter(request)}
        return first in declared and kind in _LOOKUPS

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search for what a person would type; a longer text is refused (threat 21)."""
        if len(search_term) > SEARCH_MAX:
            raise SuspiciousOperation(f"A search has at most {SEARCH_MAX} characters.")
        partial = self.partly_readable(request)
        searched = policy.with_readable(queryset, request.user, partial)
        return super().get_search_results(request, searched, search_term)

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Sort by the columns that are shown; each orders by what may be read."""
        sortable = super().get_sortable_by(request)
        return self.get_list_display(request) if self.sortable_by is None else list(sortable)


class _Row:
    """A row under the name that its reader may know, for Django's checkbox."""

    def __init__(self, record: Any, name: str) -> None:
        self.pk, self._name = record.pk, name

    def __str__(self) -> str:
        return self._name


def _as_readable(name: str) -> str:
    mark = name[: len(name) - len(name.lstrip("^=@"))]
    return mark + policy.readable_name(name.lstrip("^=@"))
