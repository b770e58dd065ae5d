"""What the log tells of people and the organisation, in sentences (D13)."""

from django.utils.translation import gettext_lazy as _

from roles.services.log_actions import (
    CHANGED,
    CREATED,
    DELETED,
    JOINING,
    SIGNING,
    declare_actions,
)

declare_actions(
    {
        "user.created": _("created %(subject)s"),
        "team.created": _("created %(subject)s"),
        "department.created": _("created %(subject)s"),
    },
    group=CREATED,
)

declare_actions(
    {
        "user.changed": _("changed %(subject)s"),
        "user.moved": _("moved %(subject)s"),
        "team.renamed": _("renamed %(subject)s"),
        "department.renamed": _("renamed %(subject)s"),
        "department.moved": _("moved %(subject)s"),
    },
    group=CHANGED,
)

declare_actions(
    {
        "user.deleted": _("deleted %(subject)s"),
        "user.undeleted": _("took %(subject)s out of the trash"),
        "team.deleted": _("deleted %(subject)s"),
        "department.deleted": _("deleted %(subject)s"),
    },
    group=DELETED,
)

declare_actions(
    {
        "invitation.sent": _("sent %(subject)s"),
        "invitation.resent": _("sent %(subject)s again"),
        "invitation.accepted": _("accepted %(subject)s"),
        "invitation.revoked": _("took %(subject)s back"),
        "user.joined": _("came in as %(subject)s"),
        "user.registered": _("registered as %(subject)s"),
        "user.approved": _("approved %(subject)s"),
        "user.rejected": _("rejected %(subject)s"),
        "user.reopened": _("let %(subject)s wait for approval again"),
        "user.suspended": _("suspended %(subject)s"),
        "user.restored": _("restored %(subject)s"),
        "domain.allowed": _("opened registration to %(subject)s"),
        "domain.forbidden": _("closed registration to %(subject)s"),
    },
    group=JOINING,
)

declare_actions(
    {
        "user.password_reset": _("reset the password of %(subject)s"),
        "user.password_changed": _("chose a new password for %(subject)s"),
        "user.second_factor_added": _("added a second factor for %(subject)s"),
        "user.second_factor_removed": _("removed the second factor of %(subject)s"),
        "user.recovery_codes_made": _("made new recovery codes for %(subject)s"),
    },
    group=SIGNING,
)
