"""Marks of what somebody was shown, so that nobody overwrites what they have not seen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2s
from typing import Any, TypeVar

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ..services.holding import held_still

Found = TypeVar("Found")


class PreconditionFailed(exceptions.APIException):
    """The record is no longer as the asker last saw it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("The record was changed since you read it. Read it again.")
    default_code = "precondition_failed"


def etag_of(shown: Mapping[str, Any]) -> str:
    """Mark a record as one person sees it: a change of a hidden field does not show (R23)."""
    return f'"{blake2s(JSONRenderer().render(shown), digest_size=12).hexdigest()}"'


def require_match(header: str, shown: Mapping[str, Any]) -> None:
    """Raise `PreconditionFailed` unless the header names the record as it is now."""
    marks = parse_etags(header)
    if marks != ["*"] and etag_of(shown) not in marks:
        raise PreconditionFailed


class Marked:
    """A view of what is administered: people, roles, and what they are parts of."""

    request: Request

    def marked(self, body: Mapping[str, Any], code: int = status.HTTP_200_OK) -> Response:
        """Answer with the mark of what is shown."""
        return Response(body, status=code, headers={"ETag": etag_of(body)})

    @contextmanager
    def unchanged(
        self, find: Callable[[], Found], show: Callable[[Found], Mapping[str, Any]]
    ) -> Iterator[Found]:
        """Give what is found, if it is as the asker last saw it; it stays so to the end (412)."""
        seen = self.request.headers.get("If-Match")
        if seen is None:
            yield find()
            return
        with held_still():
            found = find()
            require_match(seen, show(found))
            yield found
