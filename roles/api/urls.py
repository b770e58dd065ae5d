"""The addresses about the access system, to be included under a version: `api/v1/`."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import views
from .activities import ActivityViewSet
from .roles import RoleViewSet
from .tokens import Tokens

router = SimpleRouter()
router.register("activities", ActivityViewSet, basename="activity")
router.register("roles", RoleViewSet, basename="role")
router.register("tokens", Tokens, basename="token")

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("modules/", views.Modules.as_view(), name="modules"),
    path("permissions/", views.Permissions.as_view(), name="permissions"),
    path("", include(router.urls)),
]
