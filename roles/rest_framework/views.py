"""The adopter's views: reach, masks and a second look inside the transaction, in a few lines.

class ContactViewSet(GovernedViewSet):
    queryset = Contact.objects.all()
    search_fields = ("first_name", "last_name")
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import policy
from ..core.errors import Blocked, Invalid, Paused, Refused
from ..core.specs import Module
from ..services import records
from .activities import RecordHistory
from .etags import etag_of, require_match
from .filters import FieldFilter, FieldOrdering, TextSearch
from .metadata import PlainMetadata
from .pagination import BoundedPages
from .permissions import GovernedPermission
from .refusals import NUL, WHOLE, no_nul, refuse_names
from .serializers import serializer_for
from .sharing import SharedRecords
from .trash import Trash


class Standstill(exceptions.APIException):
    """A rule stands against it that no other input could mend."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Pause(exceptions.APIException):
    """Something was asked for too often; `wait` becomes the header `Retry-After`."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "throttled"

    def __init__(self, paused: Paused) -> None:
        super().__init__(str(paused))
        self.wait = paused.wait


class StrictQuery(APIView):
    """A view that refuses parameters which it does not read: none is dropped in silence."""

    metadata_class = PlainMetadata

    def query_names(self) -> frozenset[str]:
        """Name the parameters of the address that this request may have."""
        return frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask who and whether first, then for the address and its parameters (R23)."""
        super().initial(request, *args, **kwargs)
        if any(NUL in part for part in kwargs.values()):
            raise exceptions.NotFound  # an error of PostgreSQL, not a name that it does not know
        if request.GET:
            self._require_parameters(request.GET)

    def _require_parameters(self, given: QueryDict) -> None:
        known = self.query_names()
        errors = {name: [policy.no_such_field(name)] for name in given if name not in known}
        for name in given.keys() & known:
            if len(given.getlist(name)) > 1:
                errors[name] = [_("Give this once.")]
            elif NUL in given[name]:
                errors[name] = [no_nul()]
        if errors:
            raise exceptions.ValidationError(errors)

    def handle_exception(self, exc: Exception) -> Response:
        """Say what a service refused in the words of the API."""
        if isinstance(exc, Paused):
            exc = Pause(exc)
        if isinstance(exc, Refused):
            kind = Standstill if isinstance(exc, Blocked) else exceptions.PermissionDenied
            exc = kind(str(exc))
        if isinstance(exc, Invalid):
            exc = exceptions.ValidationError({n or WHOLE: texts for n, texts in exc.errors.items()})
        return super().handle_exception(exc)


class GovernedView(StrictQuery):
    """What every view of governed records has; `asks` names another action than the method's."""

    roles_kit: ClassVar[str] = "view"
    permission_classes = [GovernedPermission]
    filter_backends = [FieldFilter, TextSearch, FieldOrdering]
    pagination_class = BoundedPages
    search_fields: tuple[str, ...] = ()
    asks: str | Mapping[str, str] | None = None
    paged: tuple[str, ...] = ("list", "trash", "shares", "history")
    lookup_value_regex = "[0-9]{1,18}"

    @property
    def module(self) -> Module:
        """The module that governs the view's records."""
        return policy.governing(self.queryset.model)

    def get_queryset(self) -> QuerySet:
        """Give the records in view reach: all others are not found (R22, R23)."""
        found = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return found.none()
        return policy.accessible(found, self.request.user, "view")

    def get_serializer_class(self) -> Any:
        """Give the view's own serializer, or the one that the model's fields make."""
        return self.serializer_class or serializer_for(self.queryset.model)

    def query_names(self) -> frozenset[str]:
        """Let lists be asked by what the asker may read."""
        if self.action not in self.paged or self.request.method == "POST":
            return frozenset()
        names = set(self.paginator.query_names())
        for backend in self.filter_backends:
            names |= set(backend().query_names(self, self.request.user))
        return frozenset(names)

    def page_query(self, queryset: QuerySet) -> QuerySet:
        """Let the query for a page of records, or for one, bring its masks along."""
        if queryset.model is not self.queryset.model:
            return queryset
        return policy.with_masks(queryset, self.request.user)


class GovernedViewSet(SharedRecords, RecordHistory, Trash, GovernedView, viewsets.ModelViewSet):
    """List, read, create, change, delete, restore and share the records of one module."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_object(self) -> Any:
        """Find the addressed record among those in view reach (R23)."""
        return self._found_in(self.get_queryset())

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give one record."""
        return self._answer(self._found_in(self.page_query(self.get_queryset())))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Create a record and show no more of it than its creator may read (R17)."""
        with transaction.atomic():
            serializer = self.get_serializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            answer = self._answer(_fresh(serializer.save()), status.HTTP_201_CREATED)
        here = request.build_absolute_uri(request.path)
        answer["Location"] = f"{here}{serializer.instance.pk}/"
        return answer

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a record; everything is asked again of the row as it is once it is locked."""
        with transaction.atomic():
            record = self._locked()
            serializer = self.get_serializer(record, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            return self._answer(_fresh(serializer.save()))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move a record to the trash (R26)."""
        with transaction.atomic():
            records.delete_record(acting_user=request.user, record=self._locked())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"], asks="delete")
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a record out of the trash, and show it as far as the asker may view it (R26)."""
        with transaction.atomic():
            record = self._addressed(self.in_trash().select_for_update(of=("self",)))
            refuse_body(request)
            records.restore_record(acting_user=request.user, record=record)
            return self._answer(_fresh(record))

    def _locked(self) -> Any:
        """Find the record in reach, hold it, and ask whether it is as the asker last saw it."""
        record = self._found_in(self.get_queryset().select_for_update(of=("self",)))
        if "If-Match" in self.request.headers:
            require_match(self.request.headers["If-Match"], self._shown(record))
        return record

    def _found_in(self, queryset: QuerySet) -> Any:
        record = self._addressed(queryset)
        self.check_object_permissions(self.request, record)
        return record

    def _addressed(self, queryset: QuerySet) -> Any:
        record = queryset.filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if record is None:
            raise exceptions.NotFound
        return record

    def _shown(self, record: Any) -> dict[str, Any]:
        return self.get_serializer(record).data

    def _answer(self, record: Any, code: int = status.HTTP_200_OK) -> Response:
        body = self._shown(record)
        return Response(body, status=code, headers={"ETag": etag_of(body)})


def _fresh(record: Any) -> Any:
    """Read a record back as the database holds it."""
    return type(record)._base_manager.get(pk=record.pk)


def refuse_body(request: Request) -> None:
    """Take nothing where there is nothing to say: what was sent would be dropped."""
    if request.data:
        refuse_names(request.data if isinstance(request.data, dict) else [WHOLE])
