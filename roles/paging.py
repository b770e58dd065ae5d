"""Pages of lists in reach, for Django's admin and for list views of one's own.

class ContactList(ListView):
    paginator_class = PlannedPaginator
    paginate_by = 50
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from . import policy


class PlannedPaginator(Paginator):
    """Django's paginator; a page of a list in reach is read by the plan that suits it."""

    def _get_page(self, object_list: Any, *args: Any, **kwargs: Any) -> Any:
        is_query = isinstance(object_list, QuerySet)
        rows = policy.planned(object_list) if is_query else object_list
        return super()._get_page(rows, *args, **kwargs)
