"""The pages of work: tasks and projects."""

from django.contrib import admin

from crm.models import Project, Task

from .base import RecordAdmin
from .filters import AheadFilter, OwnerFilter
from .related import RelatedList


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    """To-dos."""

    list_display = ["title", "due_date", "priority", "status", "project", "owner"]
    search_fields = ["title"]
    list_filter = ["status", "priority", ("due_date", AheadFilter), ("owner", OwnerFilter)]
    fields = [
        "title",
        "description",
        "due_date",
        "priority",
        "status",
        "project",
        "related_to",
        "owner",
    ]


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    """Work of several people.

    `members` has no place here yet: the kit neither logs a reference to many nor makes those out
    of reach opaque (D13, R24).
    """

    list_display = ["name", "status", "start_date", "end_date", "owner"]
    search_fields = ["name"]
    list_filter = ["status", ("owner", OwnerFilter)]
    fields = ["name", "description", "start_date", "end_date", "status", "owner"]
    related_lists = (RelatedList(Task, "project"),)
