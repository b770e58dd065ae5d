"""Addresses with a view of books as REST framework makes them, and nothing of the kit."""

from django.urls import path
from shelf.models import Book


class Books:
    """What `as_view` of a ModelViewSet names as its `cls`; REST framework is not installed here."""

    queryset = Book.objects.all()
    permission_classes = ()


def view(request):
    """Answer as such a view would."""


view.cls = Books
urlpatterns = [path("books/", view)]
