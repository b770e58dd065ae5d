"""The addresses about the access system, to be included under a version: `api/v1/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("modules/", views.Modules.as_view(), name="modules"),
    path("permissions/", views.Permissions.as_view(), name="permissions"),
]
