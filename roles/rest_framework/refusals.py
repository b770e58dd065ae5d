"""What is said of a value that is not taken; each kind of no has a code (R17, R23)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from .. import policy
from ..core.decisions import Decision

WHOLE = "non_field_errors"
NUL = "\x00"
"""No database keeps it in a text; PostgreSQL answers a question with it by an error."""
UNKNOWN, REFUSED, NO_CHOICE = "unknown_field", "refused", "choice"
NO_TEXT = "null_characters_not_allowed"
NOT_THEIRS = frozenset({UNKNOWN, REFUSED, NO_CHOICE})
"""The codes of a refusal that is about who asks; any other is about the value alone."""


def unknown(name: str) -> ErrorDetail:
    """Refuse a name that does not exist, or that is hidden: in the same words."""
    return ErrorDetail(policy.no_such_field(name), code=UNKNOWN)


def set_by_server() -> ErrorDetail:
    """Refuse what nobody sets."""
    return ErrorDetail(_("This is set by the server."), code=REFUSED)


def no_nul() -> ErrorDetail:
    """Refuse a text that no database keeps."""
    return ErrorDetail(_("Null characters are not allowed."), code=NO_TEXT)


def refusal(name: str, decision: Decision) -> ErrorDetail:
    """Refuse what the policy denies."""
    if decision.concealed:
        return unknown(name)
    return ErrorDetail(
        _("You cannot set this: %(because)s") % {"because": decision.because}, code=REFUSED
    )


def refuse_names(names: Iterable[str]) -> None:
    """Refuse what was sent under these names, if there are any."""
    if errors := {name: [unknown(name)] for name in names}:
        raise ValidationError(errors)
