"""To-dos."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .contact import Contact
from .project import Project
from .record import Record


class TaskPriority(models.TextChoices):
    """How much a task matters."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")


class TaskStatus(models.TextChoices):
    """How far a task has come."""

    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")


class Task(Record):
    """Something that its owner, the assignee, is to do.

    `related_to` is the contact whom it concerns, and no record of any other kind: a reference of
    two columns (which model, which row) could not be governed as one field (R10, R24).
    """

    named_by = ("title",)

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    due_date = models.DateField(_("due"), null=True, blank=True)
    priority = models.CharField(
        _("priority"), max_length=10, choices=TaskPriority, default=TaskPriority.NORMAL
    )
    status = models.CharField(
        _("status"), max_length=20, choices=TaskStatus, default=TaskStatus.OPEN
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("project"),
    )
    related_to = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("related to"),
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="crm_task_owner_newest"),
            models.Index(fields=["-created_at", "-id"], name="crm_task_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(priority__in=TaskPriority.values),
                name="crm_task_priority",
                violation_error_message=_("There is no such priority."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=TaskStatus.values),
                name="crm_task_status",
                violation_error_message=_("There is no such status."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
