from django.contrib import admin

from roles.admin import GovernedAdmin

from .models import Book, Branch


@admin.register(Book)
class BookAdmin(GovernedAdmin):
    list_display = ["title", "owner"]
    fields = ["title", "owner"]


@admin.register(Branch)
class BranchAdmin(GovernedAdmin):
    fields = ["name"]
