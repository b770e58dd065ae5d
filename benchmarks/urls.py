"""The sign-in page of the site, and two pages that do nothing but the check, or nothing."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from .listed import VIEWS


def checked(request: HttpRequest, name: str) -> HttpResponse:
    """Ask one question as any view would."""
    return HttpResponse("yes" if request.user.has_perm(name) else "no")


def unchecked(request: HttpRequest, name: str) -> HttpResponse:
    """Fetch the person and ask nothing: the floor."""
    return HttpResponse("yes" if request.user.is_authenticated else "no")


urlpatterns = [
    path("auth/", include("allauth.urls")),
    path("checked/<str:name>/", checked),
    path("unchecked/<str:name>/", unchecked),
    *(path(f"listed/{name}/", view.as_view({"get": "list"})) for name, view in VIEWS.items()),
    # After signing in, a person is sent to the site's first page.
    path("", admin.site.urls),
]
