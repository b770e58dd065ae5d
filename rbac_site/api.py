"""The HTTP API under /api/v1/: every address there is answered here, unknown ones too."""

from typing import Any, NoReturn

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from crm.api import router
from roles.rest_framework.permissions import SignedIn
from roles.rest_framework.views import StrictQuery

# Each describes its part of the API, and is found by being imported.
from . import (  # noqa: F401
    openapi,
    openapi_activities,
    openapi_joining,
    openapi_people,
    openapi_roles,
    openapi_tokens,
)


class Unknown(StrictQuery):
    """An address that means nothing: who is not signed in does not learn that (R23)."""

    permission_classes = [SignedIn]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        """Say that there is nothing, whatever the method and the parameters."""
        self.perform_authentication(request)
        self.check_permissions(request)
        raise NotFound


class Schema(StrictQuery, SpectacularAPIView):
    """The description of the API, for people who are let in."""

    generator_class = openapi.Generator


class Docs(StrictQuery, SpectacularSwaggerSplitView):
    """The description as a page; its script has an address of its own, as the headers ask."""

    url_name = "schema"

    def query_names(self) -> frozenset[str]:
        """Let the page ask for its script."""
        return frozenset({"script"})


urlpatterns = [
    path("", include("roles.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include(router.urls)),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path(r"", Unknown.as_view()),  # `.*` would leave a path with a line break to the pages
]
