from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from .models import Book


@login_required
def book_list(request):
    books = Book.objects.accessible_by(request.user)
    return render(request, "shelf/book_list.html", {"books": books})


@login_required
def book_page(request, pk):
    book = get_object_or_404(Book.objects.accessible_by(request.user), pk=pk)
    return render(request, "shelf/book.html", {"book": book})


@permission_required("books.lend", raise_exception=True)
def lending_desk(request):
    return HttpResponse("the desk")
