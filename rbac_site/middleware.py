"""What every answer of the site carries."""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from .refusals import bad_request, method_not_allowed

NUL, API = "\x00", "/api/"


class PrivateAnswers:
    """Keep answers out of every cache; static files are served before this is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer unless the view has spoken on caches itself."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class ReadableAddresses:
    """Refuse a NUL in a page's address: nothing bears one, and PostgreSQL cannot look for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the API say it itself, as a problem, to whoever may ask."""
        is_odd = NUL in request.path_info or NUL in unquote(request.META.get("QUERY_STRING", ""))
        if is_odd and not request.path_info.startswith(API):
            return bad_request(request, ValueError("A NUL in the address."))
        return self.get_response(request)


class HelpfulRefusals:
    """Give a page to the one refusal that Django answers without any words (405)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fill an empty 405 for a browser; an API's answer has words of its own."""
        response = self.get_response(request)
        is_bare = response.status_code == 405 and not response.streaming and not response.content
        if is_bare and request.accepts("text/html"):
            allowed = response.headers.get("Allow", "")
            response = method_not_allowed(request)
            response.headers["Allow"] = allowed
        return response
