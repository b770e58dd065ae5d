"""Errors of the API as RFC 9457 has them: `application/problem+json`."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import VALIDATION_ERROR, ErrorResponse
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class ProblemFormatter(ExceptionFormatter):
    """Give type, title, status and detail, and for input that can be mended `errors` by field."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """Write the members; the type says no more than the status does."""
        status = self.exc.status_code
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        if error_response.type != VALIDATION_ERROR:
            return problem | {"detail": error_response.errors[0].detail}
        errors: dict[str, list[str]] = {}
        for error in error_response.errors:
            errors.setdefault(error.attr or "non_field_errors", []).append(error.detail)
        detail = _("Nothing was done: mend what the errors name, and try again.")
        return problem | {"detail": detail, "errors": errors}


class ProblemHandler(ExceptionHandler):
    """Answer every error of the API as a problem, unforeseen ones without a word of their cause."""

    def get_response(self, exc: APIException, data: Any) -> Response:
        """Write JSON, also where the view would write a page, under RFC 9457's content type."""
        if request := self.context["request"]:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = CONTENT_TYPE
        response = super().get_response(exc, data)
        response.content_type = CONTENT_TYPE
        return response
