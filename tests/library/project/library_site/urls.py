from django.apps import apps
from django.contrib import admin
from django.urls import path
from shelf import views

urlpatterns = [
    path("books/", views.book_list),
    path("books/<int:pk>/", views.book_page),
    path("lend/", views.lending_desk),
]
if apps.is_installed("django.contrib.admin"):
    urlpatterns += [path("admin/", admin.site.urls)]
