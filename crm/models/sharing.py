"""Records of the CRM opened by hand to a person or a team (R19)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from roles.models import Share

from .account import Account
from .contact import Contact
from .deal import Deal
from .lead import Lead
from .opportunity import Opportunity
from .project import Project
from .task import Task


class RecordShare(Share):
    """An abstract share with one person or one team."""

    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )

    class Meta(Share.Meta):
        abstract = True
        constraints = [
            *Share.Meta.constraints,
            models.UniqueConstraint(
                fields=["record", "team"], name="%(app_label)s_%(class)s_once_a_team"
            ),
            models.CheckConstraint(
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None),
                name="%(app_label)s_%(class)s_one_receiver",
            ),
        ]


def _opens(model: type[models.Model]) -> Any:
    return models.ForeignKey(model, on_delete=models.CASCADE, related_name="shares")


class AccountShare(RecordShare):
    """An account is shared."""

    record = _opens(Account)


class ContactShare(RecordShare):
    """A contact is shared."""

    record = _opens(Contact)


class DealShare(RecordShare):
    """A deal is shared."""

    record = _opens(Deal)


class LeadShare(RecordShare):
    """A lead is shared."""

    record = _opens(Lead)


class OpportunityShare(RecordShare):
    """An opportunity is shared."""

    record = _opens(Opportunity)


class ProjectShare(RecordShare):
    """A project is shared."""

    record = _opens(Project)


class TaskShare(RecordShare):
    """A task is shared."""

    record = _opens(Task)
